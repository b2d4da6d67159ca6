package io.facepipeline.benchmarks;

import io.facepipeline.AlignedFace;
import io.facepipeline.FaceDetector;
import io.facepipeline.FaceEmbedder;
import io.facepipeline.FacePipeline;
import io.facepipeline.Identification;
import io.facepipeline.Image;
import io.facepipeline.detection.mtcnn.Mtcnn;
import io.facepipeline.detection.mtcnn.cascade.CascadeStages;
import io.facepipeline.embedding.Backbone;
import io.facepipeline.gallery.Gallery;
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

  /** The catalog id of the embedder. */
  @Param("mobilefacenet-foamliu")
  String embedder;

  private final Image image = Photos.group();
  private FacePipeline pipeline;
  private CascadeStages cascade;
  private FaceEmbedder network;
  private List<AlignedFace> crops;

  /** Loads the models and enrolls the album's people. */
  @Setup
  public void load() {
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
    record();
  }

  /** Prepares the runs of the networks that {@link #identify} takes. */
  private void record() {
    cascade = new CascadeStages(20, Runtime.getRuntime().availableProcessors(), image);
    network = Backbone.named(embedder).orElseThrow().load();
    crops = pipeline.align(image);
  }

  /** {@return who is in the photo} */
  @Benchmark
  public List<Identification> identify() {
    return pipeline.identify(image);
  }

  /**
   * The runs of the networks alone, on as many workers, the embedder's with the writing of its
   * input.
   *
   * @return the number of runs
   */
  @Benchmark
  public int networks() {
    return pipeline.call(() -> cascade.networks() + network.embed(crops).size());
  }

  /** Frees the models. */
  @TearDown
  public void close() {
    cascade.close();
    network.close();
    pipeline.close();
  }
}
