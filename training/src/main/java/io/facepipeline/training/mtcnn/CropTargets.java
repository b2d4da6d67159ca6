package io.facepipeline.training.mtcnn;

import io.facepipeline.Box;
import io.facepipeline.Landmarks;
import io.facepipeline.Point;
import io.facepipeline.training.faces.TrueFaces.TrueFace;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What a network should say of a crop: {@link #NUMBERS} numbers. Weights are 0 where nothing is
 * known and 1 where something is.
 *
 * <ul>
 *   <li>weight and probability of a face,
 *   <li>weight and four moves of the edges, in shares of the window's width and height,
 *   <li>weight and five x, five y of the landmarks, in shares of the window's width and height.
 * </ul>
 */
final class CropTargets {
  static final int CLASS = 0;
  static final int BOX = 2;
  static final int LANDMARKS = 7;
  static final int NUMBERS = 18;

  private CropTargets() {}

  /**
   * {@return the targets of a window}
   *
   * @param window the window, as the cascade regresses it: {@code x2} is the last pixel's edge
   * @param more added to the window's width and height, where both ends belong to it: 0 for P-Net,
   *     1 for the others
   * @param face the nearest face; null without any
   * @param teacher what a teacher says, 0 to 1; NaN without a teacher
   * @param share the teacher's share of the class target where a label has one too
   */
  static float[] of(Box window, float more, @Nullable TrueFace face, float teacher, float share) {
    float[] targets = new float[NUMBERS];
    CropKind kind =
        face == null ? CropKind.NEGATIVE : CropKind.of(face.box().intersectionOverUnion(window));
    boolean labelled = kind == CropKind.POSITIVE || kind == CropKind.NEGATIVE;
    boolean taught = !Float.isNaN(teacher);
    if (labelled || taught) {
      float label = kind == CropKind.POSITIVE ? 1 : 0;
      float weight = !taught ? 0 : labelled ? share : 1;
      targets[CLASS] = 1;
      targets[CLASS + 1] = weight == 0 ? label : weight * teacher + (1 - weight) * label;
    }
    if (face != null && (kind == CropKind.POSITIVE || kind == CropKind.PART)) {
      float width = window.width() + more;
      float height = window.height() + more;
      targets[BOX] = 1;
      targets[BOX + 1] = (face.box().x1() - window.x1()) / width;
      targets[BOX + 2] = (face.box().y1() - window.y1()) / height;
      targets[BOX + 3] = (face.box().x2() - window.x2()) / width;
      targets[BOX + 4] = (face.box().y2() - window.y2()) / height;
      Landmarks landmarks = face.landmarks();
      if (landmarks != null) {
        targets[LANDMARKS] = 1;
        List<Point> points = landmarks.points();
        for (int i = 0; i < points.size(); i++) {
          // The cascade takes one off, as its windows count pixels from one.
          targets[LANDMARKS + 1 + i] = (points.get(i).x() - window.x1() + 1) / width;
          targets[LANDMARKS + 6 + i] = (points.get(i).y() - window.y1() + 1) / height;
        }
      }
    }
    return targets;
  }

  /** Turns targets into those of the mirrored crop. */
  static void mirror(float[] targets) {
    float left = targets[BOX + 1];
    targets[BOX + 1] = -targets[BOX + 3];
    targets[BOX + 3] = -left;
    if (targets[LANDMARKS] > 0) {
      for (int i = 0; i < 5; i++) {
        targets[LANDMARKS + 1 + i] = 1 - targets[LANDMARKS + 1 + i];
      }
      // Left and right are as seen in the image, so the eyes change places, and so do the corners.
      for (int axis = LANDMARKS + 1; axis < NUMBERS; axis += 5) {
        swap(targets, axis, axis + 1);
        swap(targets, axis + 3, axis + 4);
      }
    }
  }

  private static void swap(float[] values, int a, int b) {
    float kept = values[a];
    values[a] = values[b];
    values[b] = kept;
  }
}
