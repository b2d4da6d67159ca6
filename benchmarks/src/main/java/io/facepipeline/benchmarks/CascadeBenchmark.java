package io.facepipeline.benchmarks;

import io.facepipeline.detection.mtcnn.cascade.CascadeStages;
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

/** The two parts of MTCNN, and its network runs without anything around them. */
@State(Scope.Benchmark)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.MILLISECONDS)
@SuppressWarnings("NullAway.Init") // JMH sets the parameters and calls the set-up
public class CascadeBenchmark {
  /** The photo: a size in pixels that {@link Photos} knows, or a file. */
  @Param({"250x250", "1280x720", "1920x1080", "4000x3000"})
  String photo;

  /** The side of the smallest face in pixels. */
  @Param("20")
  int minFace;

  /** The number of workers; 0 for one a core. */
  @Param({"0", "1"})
  int workers;

  private CascadeStages stages;

  /** Loads the networks. */
  @Setup
  public void load() {
    int parallelism = workers == 0 ? Runtime.getRuntime().availableProcessors() : workers;
    stages = new CascadeStages(minFace, parallelism, Photos.ofSize(photo));
  }

  /** {@return the number of proposals after pyramid and P-Net} */
  @Benchmark
  public int propose() {
    return stages.propose();
  }

  /** {@return the number of faces after R-Net and O-Net} */
  @Benchmark
  public int look() {
    return stages.look();
  }

  /** {@return the number of runs of the networks alone} */
  @Benchmark
  public int networks() {
    return stages.networks();
  }

  /** Frees the networks. */
  @TearDown
  public void close() {
    stages.close();
  }
}
