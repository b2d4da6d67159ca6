package io.facepipeline.benchmarks;

import io.facepipeline.AlignedFace;
import io.facepipeline.Box;
import io.facepipeline.Embedding;
import io.facepipeline.Face;
import io.facepipeline.FaceEmbedder;
import io.facepipeline.Landmarks;
import io.facepipeline.embedding.Backbone;
import io.facepipeline.embedding.EmbedderOptions;
import io.facepipeline.onnx.store.ModelStore;
import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

/**
 * How long a checkpoint takes to its first embedding in a fresh Java process, and how much memory
 * at most: a program of its own, since a warm JVM would tell nothing. Arguments: folder of weights,
 * cache folder (empty: cold), catalog id.
 */
public final class FirstEmbedding {
  private FirstEmbedding() {}

  /**
   * Loads, embeds one grey crop, and prints the figures.
   *
   * @param args the folder of weights, the cache folder and perhaps a catalog id
   * @throws IOException if Linux's account of the process cannot be read
   */
  public static void main(String[] args) throws IOException {
    long started = System.nanoTime();
    long beforeMain =
        System.currentTimeMillis() - ManagementFactory.getRuntimeMXBean().getStartTime();
    ModelStore store =
        ModelStore.builder().cache(Path.of(args[1])).offline(true).folder(Path.of(args[0])).build();
    Backbone backbone =
        Backbone.named(args.length > 2 ? args[2] : "facenet-vggface2").orElseThrow();
    try (FaceEmbedder embedder = backbone.load(store, EmbedderOptions.defaults())) {
      Face face = new Face(new Box(0, 0, 9, 9), Landmarks.of(3, 3, 7, 3, 5, 5, 3, 8, 7, 8), 1);
      byte[] grey = new byte[embedder.crop().bytes()];
      Embedding first = embedder.embed(List.of(AlignedFace.of(face, embedder.crop(), grey))).get(0);
      System.out.printf(
          "%s: %d ms in main, %d ms since the process began; %s%n",
          first.fingerprint(),
          (System.nanoTime() - started) / 1_000_000,
          beforeMain + (System.nanoTime() - started) / 1_000_000,
          peak());
    }
  }

  private static String peak() throws IOException {
    Path status = Path.of("/proc/self/status");
    return Files.exists(status)
        ? Files.readAllLines(status).stream()
            .filter(line -> line.startsWith("VmHWM"))
            .findFirst()
            .orElse("no peak known")
            .replaceAll("\\s+", " ")
        : "peak memory is known on Linux only";
  }
}
