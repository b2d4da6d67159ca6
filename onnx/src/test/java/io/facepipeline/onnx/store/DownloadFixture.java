package io.facepipeline.onnx.store;

import static io.facepipeline.onnx.store.ScriptedServer.file;
import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;

import com.google.common.hash.Hashing;
import java.io.IOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.io.TempDir;

/** A store that downloads from a server of the test. */
abstract class DownloadFixture {
  /** However busy the machine is, the tests' servers answer by then. */
  private static final Duration PATIENT = Duration.ofSeconds(30);

  static final byte[] CONTENT = random(300_000, 1);
  static final byte[] OTHER = random(300_000, 2);
  static final String TAG = "\"one\"";

  @TempDir Path cache;

  static byte[] random(int size, long seed) {
    byte[] bytes = new byte[size];
    new Random(seed).nextBytes(bytes);
    return bytes;
  }

  static String hash(byte[] bytes) {
    return Hashing.sha256().hashBytes(bytes).toString();
  }

  ModelStoreBuilder store() {
    return store(PATIENT);
  }

  /** A store that gives up on a server that sends nothing for a time. */
  ModelStoreBuilder store(Duration stall) {
    return ModelStore.builder()
        .cache(cache)
        .offline(false)
        .stallTimeout(stall)
        .attempts(3)
        .firstPause(Duration.ofMillis(5));
  }

  /** Everything is known of it. */
  static PublishedFile known(URI from) {
    return published(new PublishedFile.Version("weights.pt", CONTENT.length, hash(CONTENT)), from);
  }

  /** Only the address is known. */
  static PublishedFile unknown(URI from) {
    return published(PublishedFile.Version.named("weights.pt"), from);
  }

  static PublishedFile published(PublishedFile.Version version, URI from) {
    return new PublishedFile("net", List.of(version), "the test", PublishedFile.License.MIT, from);
  }

  static Path fetch(ModelStore store, PublishedFile file) {
    return store.require(List.of(file)).get(0);
  }

  List<String> cached() throws IOException {
    try (var files = Files.walk(cache)) {
      return files
          .filter(Files::isRegularFile)
          .map(p -> String.valueOf(p.getFileName()))
          .filter(name -> !name.endsWith(".lock"))
          .sorted()
          .toList();
    }
  }

  void assertComplete(Path file) throws IOException {
    assertArrayEquals(CONTENT, Files.readAllBytes(file));
    assertEquals(List.of("weights.pt"), cached());
  }
}
