package io.facepipeline.cli.serve;

import static java.net.http.HttpRequest.BodyPublishers.noBody;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.facepipeline.FacePipeline;
import io.facepipeline.FacePipelineException;
import java.io.IOException;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Which requests the server answers: paths, methods, names and origins. */
class FaceServerAccessTest extends FaceServerFixture {
  @Test
  void thePageIsServedAndNothingElse() throws Exception {
    HttpResponse<String> page = get("/");
    assertEquals(200, page.statusCode());
    assertTrue(page.body().contains("<title>FacePipeline</title>"));
    assertEquals("text/html;charset=utf-8", page.headers().firstValue("Content-Type").get());
    String policy = page.headers().firstValue("Content-Security-Policy").get();
    assertTrue(policy.contains("frame-ancestors 'none'"), policy);
    assertEquals("no-store", page.headers().firstValue("Cache-Control").get());
    for (String file : List.of("/app.js", "/app.css")) {
      assertEquals(200, get(file).statusCode(), file);
    }
    for (String path : List.of("/index.html", "/FaceServer.class", "/api", "/api/people/x/y")) {
      assertEquals(404, get(path).statusCode(), path);
      assertTrue(error(get(path)).contains(path), path);
    }
  }

  @Test
  void aMethodThatAPathDoesNotTakeIsNamed() throws Exception {
    for (String path : List.of("/api/people", "/api/faces", "/api/hidden", "/api/groups", "/")) {
      HttpResponse<String> answer = send(request(server, path).method("PUT", noBody()));
      assertEquals(405, answer.statusCode(), path);
      assertTrue(error(answer).contains("PUT"), answer.body());
      assertTrue(answer.headers().firstValue("Allow").isPresent(), answer.headers().toString());
    }
    assertEquals(405, get("/api/faces").statusCode());
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "/../../../../../../etc/passwd",
        "/..%2f..%2f..%2fetc%2fpasswd",
        "/%2e%2e/%2e%2e/etc/passwd",
        "/app.js/../../FaceServer.class",
        "//etc/passwd",
        "/.\\..\\..\\x"
      })
  void noPathLeadsOutOfThePage(String path) throws Exception {
    String answer = raw("GET " + path + " HTTP/1.1\r\nHost: localhost\r\n");
    String status = answer.lines().findFirst().orElse("");
    assertTrue(status.contains(" 400 ") || status.contains(" 404 "), answer);
    assertFalse(answer.contains("root:"), answer);
  }

  @Test
  void onlyRequestsByItsOwnNameAreAnswered() throws Exception {
    for (String host : List.of("localhost", "127.0.0.1:" + server.port(), "[::1]:80")) {
      assertTrue(people("Host: " + host).contains(" 200 "), host);
    }
    for (String host : List.of("evil.example", "localhost.evil.example", "192.168.0.1", "a:b:c:")) {
      String answer = people("Host: " + host);
      assertTrue(answer.contains(" 421 ") || answer.contains(" 400 "), answer);
      assertFalse(answer.contains("threshold"), answer);
    }
  }

  @Test
  void anOldRequestIsToldThatItNamesNoHost() throws Exception {
    assertTrue(raw("GET / HTTP/1.0\r\n").contains("the request names no host"));
  }

  @Test
  void otherPagesInTheSameBrowserAreNotServed() throws Exception {
    String host = "Host: localhost:" + server.port();
    assertTrue(people(host, "Origin: http://localhost:" + server.port()).contains(" 200 "));
    for (String header :
        List.of("Origin: http://evil.example", "Origin: null", "Sec-Fetch-Site: cross-site")) {
      assertTrue(people(host, header).contains(" 403 "), header);
    }
    HttpRequest.Builder foreign =
        request(server, "/api/people?label=mallory&face=0")
            .header("Origin", "http://evil.example")
            .POST(BodyPublishers.ofFile(ADA));
    assertEquals(403, send(foreign).statusCode());
    assertTrue(labels(server).isEmpty());
    String link = raw("GET / HTTP/1.1\r\n" + host + "\r\nSec-Fetch-Site: cross-site\r\n");
    assertTrue(link.contains(" 200 "), link);
  }

  @Test
  void aServerForOtherMachinesTakesAddressesAndTheNamesItIsGiven() {
    RequestGuard guard = new RequestGuard("0.0.0.0", Set.of("Faces.Example"));
    assertTrue(guard.isOwn("192.168.0.7:8080"));
    assertTrue(guard.isOwn("faces.example"));
    assertTrue(guard.isOwn("[2001:db8::1]:80"));
    assertFalse(guard.isOwn("evil.example"));
    assertFalse(guard.isOwn(null));
    assertFalse(guard.isOwn(""));
  }

  private static String people(String... headers) throws IOException {
    return raw("GET /api/people HTTP/1.1\r\n" + String.join("\r\n", headers) + "\r\n");
  }

  @Test
  void aPortThatIsTakenIsNamed() {
    FacePipelineException e =
        assertThrows(
            FacePipelineException.class,
            () -> FaceServer.start(FacePipeline.create(), options(server.port())));
    assertTrue(String.valueOf(e.getMessage()).contains(":" + server.port()), e.getMessage());
    assertTrue(String.valueOf(e.getMessage()).contains("--port"), e.getMessage());
  }
}
