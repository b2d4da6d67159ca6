package io.facepipeline.opencv;

import com.google.errorprone.annotations.CanIgnoreReturnValue;
import io.facepipeline.Box;
import io.facepipeline.Face;
import io.facepipeline.FaceDetector;
import io.facepipeline.Image;
import io.facepipeline.LandmarkFinder;
import io.facepipeline.internal.BoxFaces;
import io.facepipeline.internal.FaceSuppression;
import io.facepipeline.internal.SetOnce;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.function.Supplier;
import org.bytedeco.javacpp.DoublePointer;
import org.bytedeco.javacpp.IntPointer;
import org.bytedeco.javacpp.PointerScope;
import org.bytedeco.opencv.global.opencv_imgproc;
import org.bytedeco.opencv.opencv_core.Mat;
import org.bytedeco.opencv.opencv_core.Rect;
import org.bytedeco.opencv.opencv_core.RectVector;
import org.bytedeco.opencv.opencv_core.Size;
import org.jspecify.annotations.Nullable;

/**
 * OpenCV's cascades (Viola and Jones 2001; Lienhart and Maydt 2002): the classical baseline. They
 * find upright, frontal faces. By default a second cascade looks for the eyes of each face. The
 * landmarks follow from the eyes if two are found, else from the box. So they are approximate, and
 * embeddings are worse than with MTCNN; {@link Builder#landmarks} sets a better finder. A score is
 * the last stage's sum, mapped to 0 to 1; it cannot be compared with scores of other detectors.
 * Thread-safe.
 */
public final class HaarCascadeDetector implements FaceDetector {
  private static final double SCORE_SCALE = 4;

  private final Cascades faces;
  private final BoxFaces landmarks;
  private final Settings settings;

  /** What the builder collected. */
  record Settings(
      Cascade cascade,
      double scaleFactor,
      int neighbors,
      int minFaceSize,
      Supplier<? extends LandmarkFinder> landmarks) {}

  HaarCascadeDetector(Settings settings) {
    this.settings = settings;
    faces = new Cascades(settings.cascade().path());
    try {
      landmarks = new BoxFaces(settings.landmarks().get());
    } catch (RuntimeException e) {
      faces.close();
      throw e;
    }
  }

  /**
   * {@return a builder: {@link Cascade#HAARCASCADE_FRONTALFACE_ALT2}, scale factor 1.1, five
   * neighbors, smallest face 40 pixels}
   */
  public static Builder builder() {
    return new Builder();
  }

  @Override
  @SuppressWarnings("try") // the scope frees all that is made in between
  public List<Face> detect(Image image) {
    try (PointerScope scope = new PointerScope()) {
      Mat grey = Mats.grey(image);
      opencv_imgproc.equalizeHist(grey, grey);
      RectVector found = new RectVector();
      IntPointer levels = new IntPointer();
      DoublePointer weights = new DoublePointer();
      int least = settings.minFaceSize();
      faces.with(
          cascade -> {
            cascade.detectMultiScale3(
                grey,
                found,
                levels,
                weights,
                settings.scaleFactor(),
                settings.neighbors(),
                0,
                new Size(least, least),
                new Size(),
                true);
            return found;
          });
      List<Box> boxes = new ArrayList<>();
      List<Float> scores = new ArrayList<>();
      for (long i = 0; i < found.size(); i++) {
        Rect r = found.get(i);
        boxes.add(new Box(r.x(), r.y(), r.x() + r.width(), r.y() + r.height()));
        scores.add((float) (1 / (1 + Math.exp(-weights.get(i) / SCORE_SCALE))));
      }
      return FaceSuppression.withoutRepeats(landmarks.of(image, boxes, scores));
    }
  }

  @Override
  public void close() {
    faces.close();
    landmarks.close();
  }

  @Override
  public String toString() {
    return settings.cascade() + ", smallest face " + settings.minFaceSize();
  }

  /** Builds a {@link HaarCascadeDetector}. Not thread-safe. */
  public static final class Builder {
    private @Nullable Cascade cascade;
    private @Nullable Double scaleFactor;
    private @Nullable Integer neighbors;
    private @Nullable Integer minFaceSize;
    private @Nullable Supplier<? extends LandmarkFinder> landmarks;

    Builder() {}

    /**
     * Sets the cascade; the default is {@link Cascade#HAARCASCADE_FRONTALFACE_ALT2}.
     *
     * @param cascade the cascade
     * @return this
     * @throws IllegalStateException if it was set already
     */
    @CanIgnoreReturnValue
    public Builder cascade(Cascade cascade) {
      this.cascade = SetOnce.set("cascade", this.cascade, cascade);
      return this;
    }

    /**
     * Sets the ratio of one size of the photo to the next smaller one; the default is 1.1.
     *
     * @param scaleFactor more than 1
     * @return this
     * @throws IllegalStateException if it was set already
     * @throws IllegalArgumentException if it is not more than 1
     */
    @CanIgnoreReturnValue
    public Builder scaleFactor(double scaleFactor) {
      if (!(scaleFactor > 1)) {
        throw new IllegalArgumentException(
            "the scale factor must be more than 1, got " + scaleFactor);
      }
      this.scaleFactor = SetOnce.set("scale factor", this.scaleFactor, scaleFactor);
      return this;
    }

    /**
     * Sets how many overlapping detections make a face; the default is 5.
     *
     * @param neighbors at least 0; higher is stricter
     * @return this
     * @throws IllegalStateException if it was set already
     * @throws IllegalArgumentException if it is negative
     */
    @CanIgnoreReturnValue
    public Builder neighbors(int neighbors) {
      if (neighbors < 0) {
        throw new IllegalArgumentException("the neighbors must be at least 0, got " + neighbors);
      }
      this.neighbors = SetOnce.set("neighbours", this.neighbors, neighbors);
      return this;
    }

    /**
     * Sets the side of the smallest face in pixels; the default is 40.
     *
     * @param minFaceSize at least 1
     * @return this
     * @throws IllegalStateException if it was set already
     * @throws IllegalArgumentException if it is not positive
     */
    @CanIgnoreReturnValue
    public Builder minFaceSize(int minFaceSize) {
      if (minFaceSize < 1) {
        throw new IllegalArgumentException(
            "the smallest face must be at least 1 pixel, got " + minFaceSize);
      }
      this.minFaceSize = SetOnce.set("smallest face", this.minFaceSize, minFaceSize);
      return this;
    }

    /**
     * Sets what finds the landmarks; the default is a cascade that looks for the eyes.
     *
     * @param finder makes the finder, such as {@code () -> Mtcnn.builder().build()}; the detector
     *     closes it if it can be closed
     * @return this
     * @throws IllegalStateException if it was set already
     */
    @CanIgnoreReturnValue
    public Builder landmarks(Supplier<? extends LandmarkFinder> finder) {
      landmarks = SetOnce.set("landmark finder", landmarks, finder);
      return this;
    }

    /**
     * {@return the detector; the caller closes it}
     *
     * @throws io.facepipeline.FacePipelineException if the cascades are not on the class path
     */
    public HaarCascadeDetector build() {
      return new HaarCascadeDetector(
          new HaarCascadeDetector.Settings(
              cascade == null ? Cascade.HAARCASCADE_FRONTALFACE_ALT2 : cascade,
              scaleFactor == null ? 1.1 : scaleFactor,
              neighbors == null ? 5 : neighbors,
              minFaceSize == null ? 40 : minFaceSize,
              landmarks == null ? EyeLandmarks::new : landmarks));
    }
  }

  /** The frontal-face cascades inside the OpenCV artifact. */
  public enum Cascade {
    /** Viola and Jones 2001, OpenCV's first cascade. */
    HAARCASCADE_FRONTALFACE_DEFAULT,
    /** Gentle AdaBoost, stumps. */
    HAARCASCADE_FRONTALFACE_ALT,
    /** Gentle AdaBoost, trees of two. */
    HAARCASCADE_FRONTALFACE_ALT2,
    /** A tree of stages: fewer false positives, but also fewer true ones. */
    HAARCASCADE_FRONTALFACE_ALT_TREE,
    /** Local binary patterns: several times faster. */
    LBPCASCADE_FRONTALFACE_IMPROVED;

    /** The path below OpenCV's shared files. */
    String path() {
      String name = name().toLowerCase(Locale.ROOT);
      return (name.startsWith("haar") ? "haarcascades/" : "lbpcascades/") + name + ".xml";
    }
  }
}
