package io.facepipeline.onnx.store;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.facepipeline.onnx.cache.Hashes;
import java.io.BufferedReader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.concurrent.Callable;
import java.util.concurrent.CountDownLatch;
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

  /** A good server that answers when so many have said that they are about to ask. */
  private static ScriptedServer server(CountDownLatch everyoneIsHere) throws Exception {
    return new ScriptedServer(
        (request, out) -> {
          assertTrue(everyoneIsHere.await(60, TimeUnit.SECONDS));
          ScriptedServer.file(CONTENT, "\"one\"").to(request, out);
        });
  }

  @Test
  void twoProcesses(@TempDir Path cache) throws Exception {
    CountDownLatch everyoneIsHere = new CountDownLatch(2);
    try (ScriptedServer server = server(everyoneIsHere)) {
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
      List<BufferedReader> readers =
          processes.stream().map(p -> p.inputReader(StandardCharsets.UTF_8)).toList();
      for (BufferedReader reader : readers) {
        assertEquals(RacingProcess.HERE, reader.readLine());
        everyoneIsHere.countDown();
      }
      for (int i = 0; i < 2; i++) {
        Process process = processes.get(i);
        String printed = readers.get(i).readLine();
        assertTrue(process.waitFor(60, TimeUnit.SECONDS));
        assertEquals(0, process.exitValue());
        assertEquals(DownloadFixture.hash(CONTENT), printed);
      }
      assertEquals(1, server.requests().size());
    }
  }

  @Test
  void manyThreads(@TempDir Path cache) throws Exception {
    ExecutorService threads = Executors.newFixedThreadPool(8);
    CountDownLatch everyoneIsHere = new CountDownLatch(8);
    try (ScriptedServer server = server(everyoneIsHere)) {
      PublishedFile file =
          new PublishedFile(
              "net",
              List.of(PublishedFile.Version.named("weights.pt")),
              "the test",
              PublishedFile.License.MIT,
              server.uri("/weights.pt"));
      Callable<Path> want =
          () -> {
            everyoneIsHere.countDown();
            return ModelStore.builder()
                .cache(cache)
                .offline(false)
                .build()
                .require(List.of(file))
                .get(0);
          };
      List<Future<Path>> got = new ArrayList<>();
      for (int i = 0; i < 8; i++) {
        got.add(threads.submit(want));
      }
      for (Future<Path> path : got) {
        assertEquals(DownloadFixture.hash(CONTENT), Hashes.sha256(path.get(60, TimeUnit.SECONDS)));
      }
      assertEquals(1, server.requests().size());
    } finally {
      threads.shutdownNow();
    }
  }
}
