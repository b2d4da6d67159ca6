package io.facepipeline.benchmarks;

import io.facepipeline.Face;
import io.facepipeline.FaceDetector;
import io.facepipeline.Image;
import io.facepipeline.detection.Mtcnn;
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

/** Finding the faces in a decoded photo with MTCNN. */
@State(Scope.Benchmark)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.MILLISECONDS)
@SuppressWarnings("NullAway.Init") // JMH sets the parameters and calls the set-up
public class DetectBenchmark {
  /** The photo's width and height in pixels. */
  @Param({"250x250", "1280x720", "1920x1080", "4000x3000"})
  String photo;

  /** The side of the smallest face in pixels. */
  @Param("20")
  int minFace;

  private Image image;
  private FaceDetector detector;

  /** Loads the detector. */
  @Setup
  public void load() {
    image = Photos.ofSize(photo);
    detector = Mtcnn.builder().minFaceSize(minFace).build();
  }

  /** {@return the faces} */
  @Benchmark
  public List<Face> detect() {
    return detector.detect(image);
  }

  /** Frees the detector. */
  @TearDown
  public void close() {
    detector.close();
  }
}
