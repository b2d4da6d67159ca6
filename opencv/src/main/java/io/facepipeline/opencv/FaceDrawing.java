package io.facepipeline.opencv;

import io.facepipeline.Box;
import io.facepipeline.Face;
import io.facepipeline.Image;
import io.facepipeline.Point;
import java.util.List;
import org.bytedeco.javacpp.IntPointer;
import org.bytedeco.javacpp.PointerScope;
import org.bytedeco.opencv.global.opencv_imgproc;
import org.bytedeco.opencv.opencv_core.Mat;
import org.bytedeco.opencv.opencv_core.Scalar;
import org.bytedeco.opencv.opencv_core.Size;

/**
 * Draws faces into a photo with OpenCV: antialiased boxes, landmarks and labels. OpenCV draws only
 * ASCII letters; others appear as question marks. Needs neither a screen nor a font.
 */
public final class FaceDrawing {
  private static final int FONT = opencv_imgproc.FONT_HERSHEY_SIMPLEX;

  private FaceDrawing() {}

  /**
   * {@return the photo with its faces drawn in}
   *
   * @param photo the photo
   * @param faces faces in it
   * @param labels a label each, which may be empty
   * @throws IllegalArgumentException if there are not as many labels as faces
   */
  @SuppressWarnings("try") // the scope frees all that is made in between
  public static Image draw(Image photo, List<Face> faces, List<String> labels) {
    if (faces.size() != labels.size()) {
      throw new IllegalArgumentException(
          "give a label for every face, got " + labels.size() + " for " + faces.size() + " faces");
    }
    try (PointerScope scope = new PointerScope()) {
      Mat mat = Mats.rgb(photo);
      int unit = Math.max(1, Math.min(photo.width(), photo.height()) / 300);
      for (int i = 0; i < faces.size(); i++) {
        draw(mat, faces.get(i), labels.get(i), unit);
      }
      return Mats.ofRgb(mat);
    }
  }

  private static void draw(Mat mat, Face face, String label, int unit) {
    Scalar color = new Scalar(43, 182, 115, 0);
    Box b = face.box();
    opencv_imgproc.rectangle(
        mat, at(b.x1(), b.y1()), at(b.x2(), b.y2()), color, unit, opencv_imgproc.LINE_AA, 0);
    for (Point p : face.landmarks().points()) {
      opencv_imgproc.circle(mat, at(p.x(), p.y()), 2 * unit, color, -1, opencv_imgproc.LINE_AA, 0);
    }
    if (!label.isEmpty()) {
      double scale = 0.5 * unit;
      IntPointer below = new IntPointer(1);
      Size size = opencv_imgproc.getTextSize(label, FONT, scale, unit, below);
      float top = b.y1() >= size.height() + 6 * unit ? b.y1() : b.y1() + size.height() + 6 * unit;
      opencv_imgproc.rectangle(
          mat,
          at(b.x1(), top - size.height() - 6 * unit),
          at(b.x1() + size.width() + 4 * unit, top),
          color,
          -1,
          opencv_imgproc.LINE_AA,
          0);
      opencv_imgproc.putText(
          mat,
          label,
          at(b.x1() + 2 * unit, top - 3 * unit),
          FONT,
          scale,
          new Scalar(255, 255, 255, 0),
          unit,
          opencv_imgproc.LINE_AA,
          false);
    }
  }

  private static org.bytedeco.opencv.opencv_core.Point at(float x, float y) {
    return new org.bytedeco.opencv.opencv_core.Point(Math.round(x), Math.round(y));
  }
}
