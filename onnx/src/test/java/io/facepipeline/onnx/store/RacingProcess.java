package io.facepipeline.onnx.store;

import io.facepipeline.onnx.cache.Hashes;
import java.net.URI;
import java.nio.file.Path;
import java.util.List;

/**
 * A process that wants a model: the address, the cache. Says that it is here, then the file's hash.
 */
final class RacingProcess {
  static final String HERE = "here";

  private RacingProcess() {}

  public static void main(String[] args) throws Exception {
    PublishedFile file =
        new PublishedFile(
            "net",
            List.of(PublishedFile.Version.named("weights.pt")),
            "the test",
            PublishedFile.License.MIT,
            URI.create(args[0]));
    ModelStore store = ModelStore.builder().cache(Path.of(args[1])).offline(false).build();
    System.out.println(HERE);
    System.out.println(Hashes.sha256(store.require(List.of(file)).get(0)));
  }
}
