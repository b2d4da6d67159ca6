package io.facepipeline.benchmarks;

import io.facepipeline.FaceEmbedder;
import io.facepipeline.FacePipeline;
import io.facepipeline.Identification;
import io.facepipeline.ImageSource;
import io.facepipeline.Outcome;
import io.facepipeline.detection.mtcnn.Mtcnn;
import io.facepipeline.embedding.Backbone;
import io.facepipeline.embedding.EmbedderOptions;
import io.facepipeline.gallery.Gallery;
import io.facepipeline.onnx.store.ModelStore;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.Measurement;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.TearDown;
import org.openjdk.jmh.annotations.Warmup;

/** Naming everyone in 200 encoded photos of different sizes in one call. */
@State(Scope.Benchmark)
@BenchmarkMode(Mode.SingleShotTime)
@OutputTimeUnit(TimeUnit.MILLISECONDS)
@Fork(1)
@Warmup(iterations = 1)
@Measurement(iterations = 5)
@SuppressWarnings("NullAway.Init") // JMH sets the parameters and calls the set-up
public class ThroughputBenchmark {
  private static final int PHOTOS = 200;

  /** The catalog id of the embedder. */
  @Param("mobilefacenet-foamliu")
  String embedder;

  /** The number of workers; with one, the embedder too runs on one thread. */
  @Param({"1", "2"})
  int workers;

  private final List<ImageSource> photos = Photos.encoded(PHOTOS);
  private FacePipeline pipeline;

  /** Loads the models and enrolls the album's people. */
  @Setup
  public void enroll() {
    EmbedderOptions options = EmbedderOptions.defaults().withThreads(workers);
    FaceEmbedder loaded =
        Backbone.named(embedder)
            .orElseThrow(() -> new IllegalArgumentException("no embedder " + embedder))
            .load(ModelStore.fromEnvironment(), options);
    pipeline =
        FacePipeline.builder()
            .detector(Mtcnn.builder().build())
            .embedder(loaded)
            .classifier(Gallery.inMemory(loaded.card()))
            .parallelism(workers)
            .build();
    for (String person : Photos.PEOPLE) {
      pipeline.enroll(person, Photos.portrait(person, 1));
    }
  }

  /** {@return who is in the photos} */
  @Benchmark
  public List<Outcome<List<Identification>>> identifyAll() {
    return pipeline.identifyAll(photos);
  }

  /** Frees the models. */
  @TearDown
  public void close() {
    pipeline.close();
  }
}
