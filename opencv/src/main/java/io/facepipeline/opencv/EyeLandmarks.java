package io.facepipeline.opencv;

import io.facepipeline.AlignmentException;
import io.facepipeline.Box;
import io.facepipeline.Image;
import io.facepipeline.LandmarkFinder;
import io.facepipeline.Landmarks;
import java.util.List;
import org.bytedeco.javacpp.PointerScope;
import org.bytedeco.opencv.global.opencv_imgproc;
import org.bytedeco.opencv.opencv_core.Mat;
import org.bytedeco.opencv.opencv_core.Rect;
import org.bytedeco.opencv.opencv_core.RectVector;

/**
 * Approximate landmarks: a cascade looks for the eyes in each box, and the other points are those
 * of an average face. Without two eyes all are those of an average face in a cascade's box.
 * Thread-safe.
 */
final class EyeLandmarks implements LandmarkFinder, AutoCloseable {
  private static final String EYES = "haarcascades/haarcascade_eye_tree_eyeglasses.xml";

  /** Where the eyes of an average face are in a cascade's box, as shares of its side. */
  private static final double EYE_ROW = 0.39;

  private static final double EYE_COLUMN = 0.31;

  /** An average face with the middle of the eyes at 0 and the right eye at 0.5. */
  private static final double[][] FROM_EYES = {
    {-0.5, 0}, {0.5, 0}, {0, 0.57}, {-0.41, 1.16}, {0.41, 1.16}
  };

  private final Cascades eyes = new Cascades(EYES);

  @Override
  @SuppressWarnings("try") // the scope frees all that is made in between
  public List<Landmarks> landmarks(Image image, List<Box> boxes) {
    try (PointerScope scope = new PointerScope()) {
      Mat grey = Mats.grey(image);
      opencv_imgproc.equalizeHist(grey, grey);
      return boxes.stream().map(box -> landmarks(grey, box)).toList();
    }
  }

  private Landmarks landmarks(Mat grey, Box box) {
    double leftX = box.x1() + EYE_COLUMN * box.width();
    double rightX = box.x1() + (1 - EYE_COLUMN) * box.width();
    double leftY = box.y1() + EYE_ROW * box.height();
    double rightY = leftY;
    Rect upper = upperPart(grey, box);
    RectVector found = new RectVector();
    eyes.with(
        cascade -> {
          cascade.detectMultiScale(grey.apply(upper), found);
          return found;
        });
    double middle = upper.width() / 2.0;
    double[] left = eye(found, 0, middle);
    double[] right = eye(found, middle, upper.width());
    if (left.length > 0 && right.length > 0) {
      leftX = upper.x() + left[0];
      leftY = upper.y() + left[1];
      rightX = upper.x() + right[0];
      rightY = upper.y() + right[1];
    }
    return fromEyes(leftX, leftY, rightX, rightY);
  }

  /** Eyes are in the upper part of a face; nostrils and mouths look like them. */
  private static Rect upperPart(Mat grey, Box box) {
    int left = Math.max(0, (int) box.x1());
    int top = Math.max(0, (int) box.y1());
    int right = Math.min(grey.cols(), (int) box.x2());
    int bottom = Math.min(grey.rows(), (int) (box.y1() + box.height() * 6 / 10));
    if (left >= right || top >= Math.min(grey.rows(), (int) box.y2())) {
      throw new AlignmentException(
          "the box "
              + box
              + " has no pixel inside the image of "
              + grey.cols()
              + "x"
              + grey.rows()
              + "; give boxes of this image");
    }
    return new Rect(left, top, right - left, Math.max(1, bottom - top));
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
    eyes.close();
  }
}
