package io.facepipeline.benchmarks;

import io.facepipeline.Face;
import io.facepipeline.FaceDetector;
import io.facepipeline.Image;
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

/**
 * Finding the faces in a decoded photo: with this library's MTCNN on all cores and on one, with the
 * same networks as one would run them at first on ONNX Runtime (its own threads) and on OpenCV's
 * dnn, with one-stage detectors (also OpenCV's own), and with the cascades that OpenCV ships.
 */
@State(Scope.Benchmark)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.MILLISECONDS)
@SuppressWarnings("NullAway.Init") // JMH sets the parameters and calls the set-up
public class DetectBenchmark {
  /**
   * The detector; {@code yunet}, {@code yunet-640}, {@code scrfd-500m-640} and {@code
   * opencv-yunet-640} where their weights are at hand.
   */
  @Param({
    "facepipeline",
    "facepipeline-1",
    "plain-onnxruntime",
    "opencv-dnn",
    "haarcascade_frontalface_default",
    "haarcascade_frontalface_alt",
    "haarcascade_frontalface_alt2",
    "haarcascade_frontalface_alt_tree",
    "lbpcascade_frontalface",
    "lbpcascade_frontalface_improved"
  })
  String detector;

  /** The photo: a size in pixels that {@link Photos} knows, or a file. */
  @Param({"250x250", "1280x720", "1920x1080", "4000x3000"})
  String photo;

  /** The side of the smallest face in pixels. */
  @Param("20")
  int minFace;

  private Image image;
  private FaceDetector loaded;

  /** Loads the detector. */
  @Setup
  public void load() {
    image = Photos.ofSize(photo);
    loaded = Detectors.named(detector, minFace);
  }

  /** {@return the faces} */
  @Benchmark
  public List<Face> detect() {
    return loaded.detect(image);
  }

  /** Frees the detector. */
  @TearDown
  public void close() {
    loaded.close();
  }
}
