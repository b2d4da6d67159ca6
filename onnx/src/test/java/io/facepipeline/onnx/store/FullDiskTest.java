package io.facepipeline.onnx.store;

import static io.facepipeline.onnx.store.StoreFailures.assertRefused;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.facepipeline.onnx.cache.Disk;
import io.facepipeline.onnx.store.ModelStoreException.Reason;
import java.io.IOException;
import java.net.URI;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What happens when a download or a conversion does not fit. */
class FullDiskTest {
  private static final byte[] CONTENT = new byte[3_000_000];

  @TempDir Path cache;

  private static PublishedFile file(long size, URI from) {
    return new PublishedFile(
        "net",
        List.of(new PublishedFile.Version("weights.pt", size, "")),
        "the test",
        PublishedFile.License.MIT,
        from);
  }

  private static ModelStoreBuilder store(Path cache) {
    return ModelStore.builder()
        .cache(cache)
        .offline(false)
        .attempts(2)
        .firstPause(Duration.ofMillis(5));
  }

  private static void assertNothingLeft(Path cache) throws IOException {
    try (var files = Files.walk(cache)) {
      assertEquals(
          List.of(),
          files.filter(Files::isRegularFile).filter(p -> !p.toString().endsWith(".lock")).toList());
    }
  }

  @Test
  void aFileLargerThanTheDiskIsRefusedBeforeItComes() throws Exception {
    long huge = 1L << 50;
    try (ScriptedServer server =
        new ScriptedServer(
            (request, out) -> {
              ScriptedServer.head(out, "200 OK", "Content-Length: " + huge);
              out.write(CONTENT);
            })) {
      ModelStoreException e =
          assertRefused(
              Reason.DISK_FULL,
              () -> store(cache).build().require(List.of(file(huge, server.uri("/w")))));
      assertEquals(huge, needed(e));
      assertTrue(free(e) > 0 && free(e) < huge, e.getMessage());
      assertNothingLeft(cache);
    }
  }

  @Test
  void aDiskThatFillsUpMeanwhileEndsTheDownload() throws Exception {
    Disk filling =
        new Disk() {
          private long room = 1_000_000;

          @Override
          public void write(FileChannel channel, ByteBuffer bytes) throws IOException {
            if (bytes.remaining() > room) {
              throw new IOException("No space left on device");
            }
            room -= bytes.remaining();
            super.write(channel, bytes);
          }
        };
    try (ScriptedServer server = new ScriptedServer(ScriptedServer.file(CONTENT, "\"one\""))) {
      ModelStoreException e =
          assertRefused(
              Reason.DISK_FULL,
              () ->
                  store(cache)
                      .disk(filling)
                      .build()
                      .require(List.of(file(CONTENT.length, server.uri("/w")))));
      assertTrue(needed(e) > 0 && needed(e) <= CONTENT.length, e.getMessage());
      assertEquals(1, server.requests().size());
      assertNothingLeft(cache);
    }
  }

  @Test
  void aRealDiskThatIsFull() throws Exception {
    Path small = Files.createDirectory(cache.resolve("small"));
    boolean mounted = run("mount", "-t", "tmpfs", "-o", "size=2m", "tmpfs", small.toString());
    if (!mounted) {
      System.out.println("SKIPPED: a full disk of its own, since mounting a tmpfs is not allowed");
    }
    Assumptions.assumeTrue(mounted, "mounting a tmpfs is not allowed here");
    try (ScriptedServer server =
        new ScriptedServer(
            // Without a length nobody knows beforehand that it will not fit.
            (request, out) -> {
              ScriptedServer.head(out, "200 OK");
              out.write(CONTENT);
            })) {
      assertRefused(
          Reason.DISK_FULL, () -> store(small).build().require(List.of(file(0, server.uri("/w")))));
      assertNothingLeft(small);
      assertRefused(
          Reason.DISK_FULL,
          () ->
              store(small)
                  .build()
                  .converted()
                  .get("net", List.of("x"), out -> out.write(ByteBuffer.wrap(CONTENT))));
      assertNothingLeft(small);
    } finally {
      assertTrue(run("umount", small.toString()));
    }
  }

  private static boolean run(String... command) throws Exception {
    try {
      Process process =
          new ProcessBuilder(command)
              .redirectErrorStream(true)
              .redirectOutput(ProcessBuilder.Redirect.DISCARD)
              .start();
      return process.waitFor(30, TimeUnit.SECONDS) && process.exitValue() == 0;
    } catch (IOException e) {
      return false; // no such program, as on Windows
    }
  }

  private static long needed(ModelStoreException e) {
    return number(e, " needs (\\d+) more bytes");
  }

  private static long free(ModelStoreException e) {
    return number(e, " (\\d+) are free");
  }

  private static long number(ModelStoreException e, String pattern) {
    Matcher matcher = Pattern.compile(pattern).matcher(e.getMessage());
    assertTrue(matcher.find(), e.getMessage());
    return Long.parseLong(matcher.group(1));
  }
}
