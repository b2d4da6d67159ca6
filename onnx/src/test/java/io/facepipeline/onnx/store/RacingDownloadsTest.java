package io.facepipeline.onnx.store;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Several who want the same model at once: one downloads it, all get it. */
@Timeout(120)
class RacingDownloadsTest {
  private static final byte[] CONTENT = new byte[200_000];

  static {
    new Random(3).nextBytes(CONTENT);
  }

  /** A good server, slow enough that everyone has come before it is done. */
  private static ScriptedServer slowServer(long millis) throws Exception {
    return new ScriptedServer(
        (request, out) -> {
          Thread.sleep(millis);
          ScriptedServer.file(CONTENT, "\"one\"").to(request, out);
        });
  }

  @Test
  void twoProcesses(@TempDir Path cache) throws Exception {
    try (ScriptedServer server = slowServer(3000)) {
      List<Process> processes = new ArrayList<>();
      for (int i = 0; i < 2; i++) {
        processes.add(
            new ProcessBuilder(
                    Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                    "-cp",
                    System.getProperty("java.class.path"),
                    RacingProcess.class.getName(),
                    server.uri("/weights.pt").toString(),
                    cache.toString())
                .redirectError(ProcessBuilder.Redirect.INHERIT)
                .start());
      }
      for (Process process : processes) {
        String printed =
            new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8).trim();
        assertTrue(process.waitFor(60, TimeUnit.SECONDS));
        assertEquals(0, process.exitValue());
        assertEquals(ModelStoreDownloadTest.hash(CONTENT), printed);
      }
      assertEquals(1, server.requests().size());
    }
  }

  @Test
  void manyThreads(@TempDir Path cache) throws Exception {
    ExecutorService threads = Executors.newFixedThreadPool(8);
    try (ScriptedServer server = slowServer(200)) {
      PublishedFile file =
          new PublishedFile(
              "net",
              List.of(FileVersion.named("weights.pt")),
              "the test",
              Licence.MIT,
              server.uri("/weights.pt"));
      Callable<Path> want =
          () ->
              ModelStore.builder()
                  .cache(cache)
                  .offline(false)
                  .build()
                  .require(List.of(file))
                  .get(0);
      List<Future<Path>> got = new ArrayList<>();
      for (int i = 0; i < 8; i++) {
        got.add(threads.submit(want));
      }
      for (Future<Path> path : got) {
        assertEquals(
            ModelStoreDownloadTest.hash(CONTENT), Hashes.sha256(path.get(60, TimeUnit.SECONDS)));
      }
      assertEquals(1, server.requests().size());
    } finally {
      threads.shutdownNow();
    }
  }
}
