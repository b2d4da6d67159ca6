package io.facepipeline.onnx.store;

import com.code_intelligence.jazzer.junit.FuzzTest;
import io.facepipeline.fuzz.Hostile;
import io.facepipeline.onnx.cache.HashLock;
import java.io.IOException;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.params.provider.MethodSource;

/** The cache's {@code models.lock}, which people edit. */
final class HashLockFuzzTest {
  private static final PublishedFile FILE =
      new PublishedFile(
          "tiny",
          List.of(PublishedFile.Version.named("tiny.pt")),
          "somewhere",
          PublishedFile.License.MIT,
          URI.create("http://localhost/tiny.pt"));

  static Stream<byte[]> locks() {
    String text =
        "{\"version\":1,\"files\":{\"tiny/tiny.pt\":{\"size\":5,\"sha256\":\""
            + "0".repeat(64)
            + "\"}}}";
    return Stream.of(text.getBytes(StandardCharsets.UTF_8));
  }

  /** Read as the store reads it, which turns an I/O error into one of its own. */
  @MethodSource("locks")
  @FuzzTest
  void lock(byte[] file) {
    Path cache = Hostile.file("models.lock", file).getParent();
    try {
      new HashLock(cache).find(FILE);
    } catch (IOException e) {
      if (e.getMessage() == null || !e.getMessage().contains("models.lock")) {
        throw new AssertionError("an error that does not name the file: " + e, e);
      }
    }
  }
}
