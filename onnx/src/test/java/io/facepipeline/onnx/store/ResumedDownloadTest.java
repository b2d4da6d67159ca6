package io.facepipeline.onnx.store;

import static io.facepipeline.onnx.store.ScriptedServer.dropsAfter;
import static io.facepipeline.onnx.store.ScriptedServer.file;
import static io.facepipeline.onnx.store.ScriptedServer.head;
import static io.facepipeline.onnx.store.ScriptedServer.status;
import static io.facepipeline.onnx.store.StoreFailures.assertRefused;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.facepipeline.onnx.store.ModelStoreException.Reason;
import java.time.Duration;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Connections that break, stall, lead elsewhere or go on with something else. */
@Timeout(60)
class ResumedDownloadTest extends DownloadFixture {
  @Test
  void resumesAfterTheConnectionBreaks() throws Exception {
    try (ScriptedServer server =
        new ScriptedServer(dropsAfter(100_000, CONTENT, TAG), file(CONTENT, TAG))) {
      assertComplete(fetch(store().build(), known(server.uri("/weights.pt"))));
      assertEquals(2, server.requests().size());
      assertEquals("bytes=100000-", server.requests().get(1).header("range"));
      assertEquals(TAG, server.requests().get(1).header("if-range"));
    }
  }

  @Test
  void theNextCallResumesWhatThisOneGaveUp() throws Exception {
    try (ScriptedServer server =
        new ScriptedServer(
            dropsAfter(100_000, CONTENT, TAG),
            status("503 Busy"),
            status("500 Broken"),
            file(CONTENT, TAG))) {
      PublishedFile file = known(server.uri("/weights.pt"));
      ModelStoreException e = assertRefused(Reason.DOWNLOAD, () -> fetch(store().build(), file));
      assertTrue(e.getMessage().contains("3 attempts"), e.getMessage());
      assertTrue(e.getMessage().contains("100000"), e.getMessage());
      assertFalse(cached().contains("weights.pt"));
      assertComplete(fetch(store().build(), file));
      assertEquals("bytes=100000-", server.requests().get(3).header("range"));
    }
  }

  @Test
  void aServerThatStallsIsGivenUpAndAskedAgain() throws Exception {
    CountDownLatch done = new CountDownLatch(1);
    try (ScriptedServer server =
        new ScriptedServer(
            (request, out) -> {
              dropsAfter(50_000, CONTENT, TAG).to(request, out);
              assertTrue(done.await(30, TimeUnit.SECONDS));
            },
            (request, out) -> assertTrue(done.await(30, TimeUnit.SECONDS)),
            file(CONTENT, TAG))) {
      assertComplete(fetch(store(Duration.ofSeconds(1)).build(), known(server.uri("/weights.pt"))));
      assertEquals("bytes=50000-", server.requests().get(2).header("range"));
    } finally {
      done.countDown();
    }
  }

  @Test
  void redirectsAreFollowedRangeIncluded() throws Exception {
    try (ScriptedServer target =
            new ScriptedServer(dropsAfter(1000, CONTENT, TAG), file(CONTENT, TAG));
        ScriptedServer origin =
            new ScriptedServer(status("302 Found", "Location: " + target.uri("/else")))) {
      assertComplete(fetch(store().build(), known(origin.uri("/weights.pt"))));
      assertEquals("bytes=1000-", target.requests().get(1).header("range"));
    }
  }

  @Test
  void redirectsInACircleEnd() throws Exception {
    ScriptedServer.Answer circle =
        (request, out) -> head(out, "302 Found", "Location: " + request.path());
    try (ScriptedServer server = new ScriptedServer(circle)) {
      assertRefused(
          Reason.DOWNLOAD, () -> fetch(store().build(), known(server.uri("/weights.pt"))));
      assertTrue(server.requests().size() < 40);
    }
  }

  @Test
  void aServerThatIgnoresRangesIsReadFromTheStart() throws Exception {
    ScriptedServer.Answer whole =
        (request, out) -> {
          head(out, "200 OK", "Content-Length: " + CONTENT.length);
          out.write(CONTENT);
        };
    try (ScriptedServer server = new ScriptedServer(dropsAfter(100_000, CONTENT, TAG), whole)) {
      assertComplete(fetch(store().build(), known(server.uri("/weights.pt"))));
    }
  }

  @Test
  void aFileThatChangedMeanwhileIsReadFromTheStart() throws Exception {
    try (ScriptedServer server =
        new ScriptedServer(dropsAfter(100_000, OTHER, "\"old\""), file(CONTENT, TAG))) {
      assertComplete(fetch(store().build(), known(server.uri("/weights.pt"))));
      assertEquals("\"old\"", server.requests().get(1).header("if-range"));
    }
  }

  @Test
  void aRangeOfAnotherVersionIsNotJoined() throws Exception {
    ScriptedServer.Answer careless =
        (request, out) -> {
          head(
              out,
              "206 Partial Content",
              "Content-Length: 200000",
              "Content-Range: bytes 100000-299999/300000",
              "ETag: \"new\"");
          out.write(CONTENT, 100_000, 200_000);
        };
    try (ScriptedServer server =
        new ScriptedServer(
            dropsAfter(100_000, OTHER, "\"old\""), careless, file(CONTENT, "\"new\""))) {
      assertComplete(fetch(store().build(), known(server.uri("/weights.pt"))));
      assertEquals("", server.requests().get(2).header("range"));
    }
  }

  @Test
  void aRangeOfAnotherVersionThatSaysNothingIsFoundByTheHash() throws Exception {
    ScriptedServer.Answer silent =
        (request, out) -> {
          head(
              out,
              "206 Partial Content",
              "Content-Length: 200000",
              "Content-Range: bytes 100000-299999/300000");
          out.write(CONTENT, 100_000, 200_000);
        };
    try (ScriptedServer server =
        new ScriptedServer(dropsAfter(100_000, OTHER, "\"old\""), silent, file(CONTENT, TAG))) {
      assertComplete(fetch(store().build(), known(server.uri("/weights.pt"))));
      assertEquals("", server.requests().get(2).header("range"));
    }
  }
}
