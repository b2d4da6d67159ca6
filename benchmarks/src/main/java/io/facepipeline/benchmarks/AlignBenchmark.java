package io.facepipeline.benchmarks;

import io.facepipeline.AlignedFace;
import io.facepipeline.CropSpec;
import io.facepipeline.FaceAligner;
import io.facepipeline.Image;
import java.util.concurrent.TimeUnit;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;

/** Cutting one face out of a decoded photo. */
@State(Scope.Benchmark)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.MICROSECONDS)
@SuppressWarnings("NullAway.Init") // JMH sets the parameters and calls the set-up
public class AlignBenchmark {
  /** How the face is cut, and the side of the crop in pixels. */
  @Param({"arcface-112", "lightcnn-128", "margin-160"})
  String crop;

  private final Image image = Photos.group();
  private CropSpec spec;

  /** Chooses the crop. */
  @Setup
  public void choose() {
    spec =
        switch (crop) {
          case "arcface-112" -> CropSpec.arcFace(112);
          case "lightcnn-128" -> CropSpec.lightCnn();
          case "margin-160" -> CropSpec.margin(160, 14);
          default -> throw new IllegalArgumentException("no crop " + crop);
        };
  }

  /** {@return the crop} */
  @Benchmark
  public AlignedFace align() {
    return FaceAligner.standard().align(image, Photos.FACE, spec);
  }
}
