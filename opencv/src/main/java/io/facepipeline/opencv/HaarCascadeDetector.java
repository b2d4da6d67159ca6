package io.facepipeline.opencv;

import com.google.errorprone.annotations.CanIgnoreReturnValue;
import io.facepipeline.Box;
import io.facepipeline.Face;
import io.facepipeline.FaceDetector;
import io.facepipeline.Image;
import io.facepipeline.Landmarks;
import io.facepipeline.internal.FaceSuppression;
import io.facepipeline.internal.SetOnce;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
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
 * find upright, frontal faces. A second cascade looks for the eyes of each face. The landmarks
 * follow from the eyes if two are found, else from the box. So the landmarks are approximate, and
 * embeddings are worse than with MTCNN. A score is the last stage's sum, mapped to 0 to 1; it
 * cannot be compared with scores of other detectors. Thread-safe.
 */
public final class HaarCascadeDetector implements FaceDetector {
  private static final String EYES = "haarcascades/haarcascade_eye_tree_eyeglasses.xml";
  private static final double SCORE_SCALE = 4;

  /** Where the five points of an average face are in a cascade's box, as shares of its side. */
  private static final double EYE_ROW = 0.39;

  private static final double EYE_COLUMN = 0.31;

  /** An average face with the middle of the eyes at 0 and the right eye at 0.5. */
  private static final double[][] FROM_EYES = {
    {-0.5, 0}, {0.5, 0}, {0, 0.57}, {-0.41, 1.16}, {0.41, 1.16}
  };

  private final Cascades faces;
  private final Cascades eyes;
  private final Settings settings;

  /** What the builder collected. */
  record Settings(Cascade cascade, double scaleFactor, int neighbors, int minFaceSize) {}

  HaarCascadeDetector(Settings settings) {
    this.settings = settings;
    faces = new Cascades(settings.cascade().path());
    try {
      eyes = new Cascades(EYES);
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
      List<Face> all = new ArrayList<>();
      for (long i = 0; i < found.size(); i++) {
        all.add(face(grey, found.get(i), weights.get(i)));
      }
      all.sort(Comparator.comparing((Face face) -> face.box().area()).reversed());
      return FaceSuppression.withoutRepeats(all);
    }
  }

  private Face face(Mat grey, Rect r, double weight) {
    Box box = new Box(r.x(), r.y(), r.x() + r.width(), r.y() + r.height());
    float score = (float) (1 / (1 + Math.exp(-weight / SCORE_SCALE)));
    return new Face(box, landmarks(grey, r), score);
  }

  private Landmarks landmarks(Mat grey, Rect face) {
    double leftX = face.x() + EYE_COLUMN * face.width();
    double rightX = face.x() + (1 - EYE_COLUMN) * face.width();
    double leftY = face.y() + EYE_ROW * face.height();
    double rightY = leftY;
    // Eyes are in the upper part; nostrils and mouths look like them.
    Rect upper = new Rect(face.x(), face.y(), face.width(), face.height() * 6 / 10);
    RectVector found = new RectVector();
    eyes.with(
        cascade -> {
          cascade.detectMultiScale(grey.apply(upper), found);
          return found;
        });
    double middle = face.width() / 2.0;
    double[] left = eye(found, 0, middle);
    double[] right = eye(found, middle, face.width());
    if (left.length > 0 && right.length > 0) {
      leftX = face.x() + left[0];
      leftY = face.y() + left[1];
      rightX = face.x() + right[0];
      rightY = face.y() + right[1];
    }
    return fromEyes(leftX, leftY, rightX, rightY);
  }

  /** The middle of the largest eye between two columns of a face; empty if there is none. */
  private static double[] eye(RectVector found, double from, double to) {
    double[] best = {};
    int largest = 0;
    for (long i = 0; i < found.size(); i++) {
      Rect r = found.get(i);
      double x = r.x() + r.width() / 2.0;
      if (x >= from && x < to && r.width() > largest) {
        largest = r.width();
        best = new double[] {x, r.y() + r.height() / 2.0};
      }
    }
    return best;
  }

  private static Landmarks fromEyes(double leftX, double leftY, double rightX, double rightY) {
    double acrossX = rightX - leftX;
    double acrossY = rightY - leftY;
    float[] xy = new float[10];
    for (int i = 0; i < 5; i++) {
      double a = FROM_EYES[i][0];
      double b = FROM_EYES[i][1];
      xy[2 * i] = (float) ((leftX + rightX) / 2 + a * acrossX - b * acrossY);
      xy[2 * i + 1] = (float) ((leftY + rightY) / 2 + a * acrossY + b * acrossX);
    }
    return Landmarks.of(xy);
  }

  @Override
  public void close() {
    faces.close();
    eyes.close();
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
              minFaceSize == null ? 40 : minFaceSize));
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
