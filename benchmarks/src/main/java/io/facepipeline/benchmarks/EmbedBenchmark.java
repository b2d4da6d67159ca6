package io.facepipeline.benchmarks;

import io.facepipeline.AlignedFace;
import io.facepipeline.Embedding;
import io.facepipeline.FaceAligner;
import io.facepipeline.FaceEmbedder;
import io.facepipeline.embedding.Backbone;
import java.util.Collections;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.TearDown;

/** Turning crops into embeddings; the time is that of the whole batch. */
@State(Scope.Benchmark)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.MILLISECONDS)
@SuppressWarnings("NullAway.Init") // JMH sets the parameters and calls the set-up
public class EmbedBenchmark {
  /** The catalogue id of the embedder. */
  @Param("mobilefacenet-foamliu")
  String embedder;

  /** The number of crops. */
  @Param({"1", "16"})
  int crops;

  private FaceEmbedder loaded;
  private List<AlignedFace> batch;

  /** Loads the embedder and cuts the face. */
  @Setup
  public void load() {
    loaded =
        Backbone.named(embedder)
            .orElseThrow(() -> new IllegalArgumentException("no embedder " + embedder))
            .load();
    AlignedFace face = FaceAligner.standard().align(Photos.group(), Photos.FACE, loaded.crop());
    batch = Collections.nCopies(crops, face);
  }

  /** {@return the embeddings} */
  @Benchmark
  public List<Embedding> embed() {
    return loaded.embed(batch);
  }

  /** Frees the embedder. */
  @TearDown
  public void close() {
    loaded.close();
  }
}
