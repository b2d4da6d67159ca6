package io.facepipeline.benchmarks;

import io.facepipeline.CropSpec;
import io.facepipeline.Embedding;
import io.facepipeline.Identification;
import io.facepipeline.ModelCard;
import io.facepipeline.classify.Gallery;
import java.util.List;
import java.util.Random;
import java.util.concurrent.TimeUnit;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;

/** Looking a face up in a large gallery of random embeddings, one a person. */
@State(Scope.Benchmark)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.MICROSECONDS)
@SuppressWarnings("NullAway.Init") // JMH sets the parameters and calls the set-up
public class GalleryBenchmark {
  private static final int CANDIDATES = 5;

  /** The number of enrolled people. */
  @Param("10000")
  int people;

  /** The number of dimensions of an embedding. */
  @Param("512")
  int dimensions;

  private Gallery gallery;
  private Embedding probe;

  /** Enrols the people. */
  @Setup
  public void enroll() {
    ModelCard card =
        ModelCard.builder("random").embeddingSize(dimensions).crop(CropSpec.arcFace(112)).build();
    Random random = new Random(1);
    gallery = Gallery.inMemory(card, 0.5f);
    for (int i = 0; i < people; i++) {
      gallery.enroll("person " + i, List.of(embedding(card, random)));
    }
    probe = embedding(card, random);
  }

  /** {@return whose the probe is} */
  @Benchmark
  public Identification classify() {
    return gallery.classify(probe);
  }

  /** {@return the people most like the probe} */
  @Benchmark
  public Object search() {
    return gallery.search(probe, CANDIDATES);
  }

  private Embedding embedding(ModelCard card, Random random) {
    float[] vector = new float[dimensions];
    for (int i = 0; i < vector.length; i++) {
      vector[i] = (float) random.nextGaussian();
    }
    return Embedding.of(card.fingerprint(), vector);
  }
}
