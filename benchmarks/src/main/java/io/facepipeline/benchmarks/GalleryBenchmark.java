package io.facepipeline.benchmarks;

import io.facepipeline.CropSpec;
import io.facepipeline.Embedding;
import io.facepipeline.Enrollment;
import io.facepipeline.Match;
import io.facepipeline.ModelCard;
import io.facepipeline.ProgressListener;
import io.facepipeline.gallery.Gallery;
import io.facepipeline.gallery.GalleryQuery;
import io.facepipeline.internal.Workers;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.SplittableRandom;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.TearDown;

/** Looking faces up in a large gallery of random embeddings, one a person. */
@State(Scope.Benchmark)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.MICROSECONDS)
@Fork(jvmArgsAppend = "-Xmx6g")
@SuppressWarnings("NullAway.Init") // JMH sets the parameters and calls the set-up
public class GalleryBenchmark {
  private static final int CANDIDATES = 5;
  private static final int PROBES = 16;
  private static final int BATCH = 10_000;

  /** As large as a gallery's blocks. */
  private static final int BLOCK = 2 << 20;

  private static final int NEAR = 512;

  /** The number of enrolled people. */
  @Param("10000")
  int people;

  /** The number of dimensions of an embedding. */
  @Param("512")
  int dimensions;

  /** The number of threads that share a search. */
  @Param({"1", "2"})
  int threads;

  /** Whether the gallery is one that was kept in a folder, and read from the mapped file. */
  @Param("false")
  boolean kept;

  private @Nullable Path folder;
  private Gallery gallery;
  private Workers workers;
  private List<Embedding> probes;
  private float[][] memory;

  /**
   * Enrolls the people, and takes as much memory again as their embeddings do.
   *
   * @throws IOException if there is no place for a folder
   */
  @Setup
  public void enroll() throws IOException {
    ModelCard card =
        ModelCard.builder("random").embeddingSize(dimensions).crop(CropSpec.arcFace(112)).build();
    SplittableRandom random = new SplittableRandom(1);
    if (kept) {
      folder = Files.createTempDirectory("gallery-benchmark");
      gallery = Gallery.in(folder).model(card).threshold(0.5f).open();
    } else {
      gallery = Gallery.inMemory(card, 0.5f);
    }
    for (int done = 0; done < people; done += BATCH) {
      List<Enrollment> batch = new ArrayList<>();
      for (int i = done; i < Math.min(people, done + BATCH); i++) {
        batch.add(Enrollment.of("person " + i, List.of(embedding(card, random))));
      }
      gallery.enrollAll(batch);
    }
    // From here on the faces are read where they are kept.
    gallery.compact(ProgressListener.NONE);
    probes = new ArrayList<>();
    for (int i = 0; i < PROBES; i++) {
      probes.add(embedding(card, random));
    }
    long numbers = (long) people * dimensions;
    memory = new float[(int) ((numbers + BLOCK - 1) / BLOCK)][];
    for (int b = 0; b < memory.length; b++) {
      memory[b] = new float[(int) Math.min(BLOCK, numbers - (long) b * BLOCK)];
      Arrays.fill(memory[b], b);
    }
    workers = new Workers(threads);
  }

  /**
   * Ends the threads, and deletes what was kept.
   *
   * @throws IOException if that fails
   */
  @TearDown
  public void close() throws IOException {
    workers.close();
    gallery.close();
    if (folder != null) {
      TemporaryFolders.delete(folder);
    }
  }

  /** {@return whose the probe is} */
  @Benchmark
  public Match classify() {
    return workers.call(() -> gallery.classify(probes.get(0)));
  }

  /** {@return the people most like the probe} */
  @Benchmark
  public Object search() {
    return workers.call(() -> gallery.search(probes.get(0), CANDIDATES));
  }

  /** {@return the people most like each of sixteen probes} */
  @Benchmark
  public Object search16() {
    return workers.call(() -> gallery.searchAll(probes, GalleryQuery.top(CANDIDATES)));
  }

  /**
   * Reads as many bytes as a search has to, in blocks as large, with nothing done to them: they are
   * copied, a little at a time, to where the nearest cache has them. The share of what memory gives
   * that a search reaches is this time divided by the search's.
   *
   * @return something of what was read
   */
  @Benchmark
  public float readMemory() {
    float[][] near = new float[threads][NEAR];
    workers.forEach(
        threads,
        t -> {
          for (int b = t; b < memory.length; b += threads) {
            for (int i = 0; i + NEAR <= memory[b].length; i += NEAR) {
              System.arraycopy(memory[b], i, near[t], 0, NEAR);
            }
          }
        });
    return near[0][NEAR / 2];
  }

  private static Embedding embedding(ModelCard card, SplittableRandom random) {
    float[] vector = new float[card.embeddingSize()];
    for (int i = 0; i < vector.length; i++) {
      vector[i] = (float) (random.nextDouble() - 0.5);
    }
    return Embedding.of(card.fingerprint(), vector);
  }
}
