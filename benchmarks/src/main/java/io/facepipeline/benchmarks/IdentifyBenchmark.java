package io.facepipeline.benchmarks;

import io.facepipeline.FaceDetector;
import io.facepipeline.FaceEmbedder;
import io.facepipeline.FacePipeline;
import io.facepipeline.Identification;
import io.facepipeline.Image;
import io.facepipeline.classify.Gallery;
import io.facepipeline.detection.Mtcnn;
import io.facepipeline.embedding.Backbone;
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

/** The whole pipeline on a decoded group photo: who are the four people, of eight enrolled? */
@State(Scope.Benchmark)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.MILLISECONDS)
@SuppressWarnings("NullAway.Init") // JMH sets the parameters and calls the set-up
public class IdentifyBenchmark {
  private static final int PORTRAITS = 4;

  /** The catalogue id of the embedder. */
  @Param("mobilefacenet-foamliu")
  String embedder;

  private final Image image = Photos.group();
  private FacePipeline pipeline;

  /** Loads the models and enrols the album's people. */
  @Setup
  public void enroll() {
    Backbone backbone =
        Backbone.named(embedder)
            .orElseThrow(() -> new IllegalArgumentException("no embedder " + embedder));
    FaceDetector detector = Mtcnn.builder().build();
    FaceEmbedder loaded = backbone.load();
    pipeline =
        FacePipeline.builder()
            .detector(detector)
            .embedder(loaded)
            .classifier(Gallery.inMemory(loaded.card()))
            .build();
    for (String person : Photos.PEOPLE) {
      for (int i = 1; i <= PORTRAITS; i++) {
        pipeline.enroll(person, Photos.portrait(person, i));
      }
    }
  }

  /** {@return who is in the photo} */
  @Benchmark
  public List<Identification> identify() {
    return pipeline.identify(image);
  }

  /** Frees the models. */
  @TearDown
  public void close() {
    pipeline.close();
  }
}
