package io.facepipeline.benchmarks;

import io.facepipeline.CropSpec;
import io.facepipeline.Embedding;
import io.facepipeline.Enrollment;
import io.facepipeline.ModelCard;
import io.facepipeline.gallery.Gallery;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import java.util.concurrent.TimeUnit;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Level;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OperationsPerInvocation;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.TearDown;

/**
 * Enrolling in a gallery that is kept in a folder (of {@code java.io.tmpdir}): faces of 512
 * dimensions a second, each on the disk before the call returns.
 */
@State(Scope.Benchmark)
@BenchmarkMode(Mode.Throughput)
@OutputTimeUnit(TimeUnit.SECONDS)
@SuppressWarnings("NullAway.Init") // JMH calls the set-up
public class GalleryEnrollBenchmark {
  private static final int DIMENSIONS = 512;
  private static final int BATCH = 1000;

  private Path folder;
  private Gallery gallery;
  private List<Enrollment> batch;
  private int next;

  /**
   * Opens a new gallery.
   *
   * @throws IOException if there is no place for it
   */
  @Setup(Level.Iteration)
  public void open() throws IOException {
    ModelCard card =
        ModelCard.builder("random").embeddingSize(DIMENSIONS).crop(CropSpec.arcFace(112)).build();
    folder = Files.createTempDirectory("gallery-benchmark");
    gallery = Gallery.in(folder).model(card).threshold(0.5f).open();
    SplittableRandom random = new SplittableRandom(1);
    batch = new ArrayList<>();
    for (int i = 0; i < BATCH; i++) {
      float[] vector = new float[DIMENSIONS];
      for (int d = 0; d < DIMENSIONS; d++) {
        vector[d] = (float) (random.nextDouble() - 0.5);
      }
      batch.add(Enrollment.of("person " + i, List.of(Embedding.of(card.fingerprint(), vector))));
    }
  }

  /**
   * Deletes the gallery.
   *
   * @throws IOException if that fails
   */
  @TearDown(Level.Iteration)
  public void delete() throws IOException {
    gallery.close();
    TemporaryFolders.delete(folder);
  }

  /** A face at a time. */
  @Benchmark
  public void single() {
    Enrollment enrollment = batch.get(next++ % BATCH);
    gallery.enroll(enrollment.label(), enrollment.embeddings());
  }

  /** A thousand faces at a time. */
  @Benchmark
  @OperationsPerInvocation(BATCH)
  public void batched() {
    gallery.enrollAll(batch);
  }
}
