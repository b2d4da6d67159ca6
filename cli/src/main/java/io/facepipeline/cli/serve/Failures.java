package io.facepipeline.cli.serve;

import com.google.gson.JsonObject;
import io.facepipeline.FacePipelineException;
import io.facepipeline.internal.PlainWords;
import io.javalin.http.ContentType;
import io.javalin.http.HttpStatus;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.Map;
import org.eclipse.jetty.http.HttpHeader;
import org.eclipse.jetty.server.Request;
import org.eclipse.jetty.server.Response;
import org.eclipse.jetty.util.Callback;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * How failures are told: each has a status and a JSON body, and what is the server's own fault a
 * line in the log.
 */
final class Failures {
  /** No script, style or picture from elsewhere, and no page of others around this one. */
  private static final String CONTENT_SECURITY_POLICY =
      "default-src 'none'; script-src 'self'; style-src 'self'; connect-src 'self';"
          + " img-src 'self' blob: data:; media-src 'self' blob:; base-uri 'none';"
          + " form-action 'none'; frame-ancestors 'none'";

  /** The headers of every answer, refusals included. */
  static final Map<String, String> PROTECTION =
      Map.of(
          "Content-Security-Policy", CONTENT_SECURITY_POLICY,
          "X-Content-Type-Options", "nosniff",
          "X-Frame-Options", "DENY",
          "Referrer-Policy", "no-referrer",
          "Cross-Origin-Resource-Policy", "same-origin",
          "Permissions-Policy", "camera=(self), microphone=(), geolocation=()",
          "Cache-Control", "no-store");

  private static final Logger LOG = LoggerFactory.getLogger(FaceServer.class);

  private Failures() {}

  /** The body of an answer that tells of a failure. */
  static String body(@Nullable String problem) {
    JsonObject answer = new JsonObject();
    answer.addProperty("error", problem);
    return answer.toString();
  }

  /** Logs what went wrong in the server, and says what whoever asked is told. */
  static String log(String request, Throwable e) {
    LOG.error("{} failed", request, e);
    if (e instanceof OutOfMemoryError) {
      return "the server ran out of memory; try a smaller photo, or give the server more memory";
    }
    return e instanceof FacePipelineException
        ? PlainWords.of(e)
        : "the server failed; its log has the cause";
  }

  /** Answers a request that failed by no fault of whoever asked. */
  static void fail(Request request, Throwable e, Response response, Callback callback) {
    String told = log(request.getMethod() + " " + Request.getPathInContext(request), e);
    answer(HttpStatus.INTERNAL_SERVER_ERROR, told, response, callback);
  }

  /** Answers a request of which no more is read. */
  static void answer(
      HttpStatus status, @Nullable String problem, Response response, Callback callback) {
    if (response.isCommitted()) {
      callback.failed(new IllegalStateException(problem));
      return;
    }
    response.reset();
    response.setStatus(status.getCode());
    PROTECTION.forEach(response.getHeaders()::put);
    response.getHeaders().put(HttpHeader.CONTENT_TYPE, ContentType.JSON);
    response.getHeaders().put(HttpHeader.CONNECTION, "close");
    byte[] body = body(problem).getBytes(StandardCharsets.UTF_8);
    response.write(true, ByteBuffer.wrap(body), callback);
  }
}
