package io.facepipeline.cli.serve;

import io.facepipeline.FacePipeline;
import io.facepipeline.FacePipelineException;
import io.facepipeline.ImageException;
import io.facepipeline.internal.PlainWords;
import io.javalin.Javalin;
import io.javalin.config.JavalinConfig;
import io.javalin.config.RoutesConfig;
import io.javalin.http.ContentType;
import io.javalin.http.Context;
import io.javalin.http.HttpStatus;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.Set;
import org.eclipse.jetty.server.NetworkConnectionLimit;
import org.eclipse.jetty.server.Request;
import org.eclipse.jetty.server.Response;
import org.eclipse.jetty.server.Server;
import org.eclipse.jetty.server.handler.ErrorHandler;
import org.eclipse.jetty.util.Callback;
import org.eclipse.jetty.util.thread.QueuedThreadPool;
import org.jspecify.annotations.Nullable;

/**
 * Serves a page that shows whose faces are in photos, and the calls behind it. Photos are neither
 * kept nor logged. It answers only requests that name it as their host and come from its own page,
 * so that other pages in the same browser can neither ask it nor change anything. Thread-safe.
 */
public final class FaceServer implements AutoCloseable {
  private static final int THREADS = 16;
  private static final int MIN_THREADS = 4;
  private static final int IDLE_MILLIS = 30_000;

  /** Connections beyond these are not taken, and idle ones are then closed soon. */
  private static final int MAX_CONNECTIONS = 1_000;

  private static final int CROWDED_IDLE_MILLIS = 1_000;

  private final Javalin server;
  private final FacePipeline pipeline;

  /**
   * The settings of a server.
   *
   * @param host the address or name to listen on; only this machine reaches {@code 127.0.0.1}
   * @param port the port, or 0 for any free one
   * @param allowedHosts further host names that requests may use
   * @param maxUploadBytes the largest size of a photo
   * @param atOnce how many photos are processed at the same time, at least 1
   */
  public record Options(
      String host, int port, Set<String> allowedHosts, long maxUploadBytes, int atOnce) {
    /** Copies the names. */
    public Options {
      allowedHosts = Set.copyOf(allowedHosts);
    }
  }

  private FaceServer(Javalin server, FacePipeline pipeline) {
    this.server = server;
    this.pipeline = pipeline;
  }

  /**
   * Starts to listen.
   *
   * @param pipeline names faces, with a {@link io.facepipeline.gallery.Gallery} for its classifier;
   *     the server closes it
   * @param options where and how much
   * @return the server, which listens
   * @throws FacePipelineException if it cannot listen there; the pipeline is closed then too
   */
  public static FaceServer start(FacePipeline pipeline, Options options) {
    return start(pipeline, options, UploadReader.Pace.USUAL);
  }

  /** Starts to listen, with another patience for slow photos. */
  static FaceServer start(FacePipeline pipeline, Options options, UploadReader.Pace pace) {
    RequestGuard guard = new RequestGuard(options.host(), options.allowedHosts());
    PhotoTurns turns = new PhotoTurns(options.maxUploadBytes(), options.atOnce());
    FaceCalls calls = new FaceCalls(pipeline, turns);
    GroupCalls groups = new GroupCalls(pipeline, turns);
    UploadReader uploads = new UploadReader(guard, options.maxUploadBytes(), pace);
    Javalin javalin = Javalin.create(config -> configure(config, guard, calls, groups, uploads));
    try {
      javalin.start(options.host(), options.port());
    } catch (RuntimeException e) {
      pipeline.close();
      throw new FacePipelineException(
          "cannot listen at "
              + options.host()
              + ":"
              + options.port()
              + ": "
              + reason(e)
              + "; choose another --port or --host",
          e);
    }
    return new FaceServer(javalin, pipeline);
  }

  private static String reason(Throwable e) {
    for (Throwable cause = e; cause != null; cause = cause.getCause()) {
      if (cause instanceof IOException) {
        return String.valueOf(cause.getMessage());
      }
    }
    return String.valueOf(e.getMessage());
  }

  private static void configure(
      JavalinConfig config,
      RequestGuard guard,
      FaceCalls calls,
      GroupCalls groups,
      UploadReader uploads) {
    config.startup.showJavalinBanner = false;
    config.startup.showOldJavalinVersionWarning = false;
    config.jetty.threadPool = new QueuedThreadPool(THREADS, MIN_THREADS, IDLE_MILLIS);
    config.jetty.modifyHttpConfiguration(http -> http.setSendServerVersion(false));
    config.jetty.modifyServer(
        jetty -> {
          // What Jetty itself refuses, before any route: malformed requests.
          jetty.setErrorHandler(new BareErrors());
          // No thread waits for whoever sends or reads slowly: bodies are taken before a request
          // gets its thread, and answers are given away whole.
          jetty.setHandler(new WholeAnswers(uploads));
          NetworkConnectionLimit connections = new NetworkConnectionLimit(MAX_CONNECTIONS, jetty);
          connections.setEndPointIdleTimeout(CROWDED_IDLE_MILLIS);
          jetty.addBean(connections);
        });
    config.http.prefer405over404 = true;
    config.router.javaLangErrorHandler(FaceServer::fail);
    RoutesConfig routes = config.routes;
    routes.before(FaceServer::protect);
    routes.before(guard::check);
    Page.FILES.forEach((path, file) -> routes.get(path, file::answer));
    routes.get("/api/people", calls::people);
    routes.post("/api/people", calls::enroll);
    routes.delete("/api/people", calls::forget);
    routes.post("/api/faces", calls::faces);
    routes.post("/api/hidden", calls::hide);
    routes.post("/api/embeddings", groups::embeddings);
    routes.post("/api/groups", groups::groups);
    routes.exception(
        RefusedException.class, (e, context) -> refuse(context, e.status(), e.getMessage()));
    routes.exception(
        ImageException.class, (e, context) -> refuse(context, status(e), PlainWords.of(e)));
    routes.exception(Exception.class, FaceServer::fail);
    routes.error(
        HttpStatus.NOT_FOUND.getCode(),
        context -> {
          if (!ContentType.JSON.equals(context.res().getContentType())) {
            refuse(context, HttpStatus.NOT_FOUND, "there is nothing at " + context.path());
          }
        });
    routes.error(
        HttpStatus.METHOD_NOT_ALLOWED.getCode(),
        context ->
            refuse(
                context,
                HttpStatus.METHOD_NOT_ALLOWED,
                context.path() + " does not take " + context.method()));
  }

  private static void protect(Context context) {
    Failures.PROTECTION.forEach(context::header);
  }

  private static HttpStatus status(ImageException e) {
    return switch (e.reason()) {
      case TOO_LARGE -> HttpStatus.CONTENT_TOO_LARGE;
      case UNSUPPORTED -> HttpStatus.UNSUPPORTED_MEDIA_TYPE;
      default -> HttpStatus.BAD_REQUEST;
    };
  }

  private static void fail(Exception e, Context context) {
    refuse(
        context,
        HttpStatus.INTERNAL_SERVER_ERROR,
        Failures.log(context.method() + " " + context.path(), e));
  }

  /** An Error ends no more than the request that it came of. */
  private static void fail(HttpServletResponse response, Error e) {
    byte[] body = Failures.body(Failures.log("a request", e)).getBytes(StandardCharsets.UTF_8);
    response.setStatus(HttpStatus.INTERNAL_SERVER_ERROR.getCode());
    response.setContentType(ContentType.JSON);
    try {
      response.getOutputStream().write(body);
    } catch (IOException gone) {
      e.addSuppressed(gone); // whoever asked does not listen any more
    }
  }

  private static void refuse(Context context, HttpStatus status, @Nullable String problem) {
    context.status(status).contentType(ContentType.APPLICATION_JSON).result(Failures.body(problem));
  }

  /** {@return the port it listens at} */
  public int port() {
    return server.port();
  }

  /**
   * Waits until the server has stopped.
   *
   * @throws InterruptedException if the waiting thread is interrupted
   */
  public void join() throws InterruptedException {
    jetty().join();
  }

  /** {@return the server below, to which other connectors than a socket's can be added} */
  Server jetty() {
    return server.jettyServer().server();
  }

  /** Stops listening and closes the pipeline. Further calls do nothing. */
  @Override
  public void close() {
    server.stop();
    pipeline.close();
  }

  /** Says no more of a malformed request than what HTTP calls it. */
  private static final class BareErrors extends ErrorHandler {
    @Override
    public boolean handle(Request request, Response response, Callback callback) {
      HttpStatus status = HttpStatus.forStatus(response.getStatus());
      Failures.answer(status, status.getMessage(), response, callback);
      return true;
    }
  }
}
