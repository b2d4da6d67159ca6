package io.facepipeline.benchmarks;

import io.facepipeline.CropSpec;
import io.facepipeline.Embedding;
import io.facepipeline.Identification;
import io.facepipeline.ModelCard;
import io.facepipeline.Workers;
import io.facepipeline.classify.Enrollment;
import io.facepipeline.classify.Gallery;
import io.facepipeline.classify.GalleryQuery;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import java.util.concurrent.TimeUnit;
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

  /** The number of enrolled people. */
  @Param("10000")
  int people;

  /** The number of dimensions of an embedding. */
  @Param("512")
  int dimensions;

  /** The number of threads that share a search. */
  @Param({"1", "2"})
  int threads;

  private Gallery gallery;
  private Workers workers;
  private List<Embedding> probes;
  private int[][] memory;

  /** Enrols the people, and takes as much memory again as their embeddings do. */
  @Setup
  public void enroll() {
    ModelCard card =
        ModelCard.builder("random").embeddingSize(dimensions).crop(CropSpec.arcFace(112)).build();
    SplittableRandom random = new SplittableRandom(1);
    gallery = Gallery.inMemory(card, 0.5f);
    for (int done = 0; done < people; done += BATCH) {
      List<Enrollment> batch = new ArrayList<>();
      for (int i = done; i < Math.min(people, done + BATCH); i++) {
        batch.add(Enrollment.of("person " + i, List.of(embedding(card, random))));
      }
      gallery.enrollAll(batch);
    }
    probes = new ArrayList<>();
    for (int i = 0; i < PROBES; i++) {
      probes.add(embedding(card, random));
    }
    long numbers = (long) people * dimensions;
    memory = new int[(int) ((numbers + BLOCK - 1) / BLOCK)][];
    for (int b = 0; b < memory.length; b++) {
      memory[b] = new int[(int) Math.min(BLOCK, numbers - (long) b * BLOCK)];
    }
    workers = new Workers(threads);
  }

  /** Ends the threads. */
  @TearDown
  public void close() {
    workers.close();
    gallery.close();
  }

  /** {@return whose the probe is} */
  @Benchmark
  public Identification classify() {
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
   * Reads as many bytes as a search has to, in blocks as large, and only adds them up: what the
   * memory gives. The share of it that a search reaches is this time divided by the search's.
   *
   * @return the sum
   */
  @Benchmark
  public int readMemory() {
    int[] sums = new int[threads];
    workers.forEach(
        threads,
        t -> {
          for (int b = t; b < memory.length; b += threads) {
            sums[t] += sum(memory[b]);
          }
        });
    int all = 0;
    for (int sum : sums) {
      all += sum;
    }
    return all;
  }

  private static int sum(int[] block) {
    int sum = 0;
    for (int i = 0; i < block.length; i++) {
      sum += block[i];
    }
    return sum;
  }

  private static Embedding embedding(ModelCard card, SplittableRandom random) {
    float[] vector = new float[card.embeddingSize()];
    for (int i = 0; i < vector.length; i++) {
      vector[i] = (float) (random.nextDouble() - 0.5);
    }
    return Embedding.of(card.fingerprint(), vector);
  }
}
