package io.facepipeline.detection.onestage;

import io.facepipeline.LandmarkFinder;
import io.facepipeline.onnx.OnnxOptions;
import java.util.function.Consumer;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * How a one-stage detector runs; null is the default of its family. Changed only in {@link #with}.
 */
final class Settings {
  /** Photos keep their size and are cut into parts. */
  static final int FULL_SIZE = 0;

  /** The least score. */
  @Nullable Float scoreThreshold;

  /** The most that two faces share of their union. */
  @Nullable Float suppression;

  /** The longer side of a photo in the network's input, or {@link #FULL_SIZE}. */
  @Nullable Integer inputSize;

  /** The longer side of the smallest face in pixels. */
  int minFaceSize = 1;

  /** Makes what finds the landmarks if the network does not. */
  @Nullable Supplier<? extends LandmarkFinder> landmarks;

  /** Whether it finds them even if the network does. */
  boolean refined;

  OnnxOptions.Provider provider = OnnxOptions.Provider.CPU;
  int parallelism = Runtime.getRuntime().availableProcessors();

  /** {@return a changed copy} */
  Settings with(Consumer<Settings> change) {
    Settings copy = new Settings();
    copy.scoreThreshold = scoreThreshold;
    copy.suppression = suppression;
    copy.inputSize = inputSize;
    copy.minFaceSize = minFaceSize;
    copy.landmarks = landmarks;
    copy.refined = refined;
    copy.provider = provider;
    copy.parallelism = parallelism;
    change.accept(copy);
    return copy;
  }

  /**
   * {@return what finds the landmarks}
   *
   * @param name what messages call the detector
   * @throws IllegalStateException if it was not given
   */
  LandmarkFinder finder(String name) {
    Supplier<? extends LandmarkFinder> given = landmarks;
    if (given == null) {
      throw new IllegalStateException(
          name
              + " finds boxes only, and a face needs landmarks; give a finder, such as"
              + " withLandmarks(() -> Mtcnn.builder().build())");
    }
    return given.get();
  }
}
