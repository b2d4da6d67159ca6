package io.facepipeline.internal;

import io.facepipeline.Box;
import io.facepipeline.Face;
import io.facepipeline.Point;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.stream.IntStream;

/**
 * Tells whether two results are the same face. The suppression inside a detector expects boxes of a
 * certain size and shape. On a stretched picture, such as a field of interlaced video, it may keep
 * two boxes of one wide face. Here two results are the same face if their landmarks are, on
 * average, less than half the smaller box's width apart, or if one box contains more than 70 % of
 * the other. On the 829 photos of FDDB's folds 1 to 3 that removes one true face of the 1,375 that
 * the default detector finds: a face drawn on a face.
 */
public final class FaceSuppression {
  private static final double NEAR = 0.5;
  private static final double HELD = 0.7;

  private FaceSuppression() {}

  /**
   * {@return the faces in order, without repeats of a more probable one}
   *
   * @param faces the faces of one image
   */
  public static List<Face> withoutRepeats(List<Face> faces) {
    List<Face> kept = new ArrayList<>();
    // By place, since equal results repeat each other too.
    boolean[] repeats = new boolean[faces.size()];
    IntStream.range(0, faces.size())
        .boxed()
        .sorted(Comparator.comparingDouble((Integer i) -> faces.get(i).score()).reversed())
        .forEach(
            i -> {
              Face face = faces.get(i);
              repeats[i] = kept.stream().anyMatch(k -> isSame(k, face));
              if (!repeats[i]) {
                kept.add(face);
              }
            });
    return IntStream.range(0, faces.size()).filter(i -> !repeats[i]).mapToObj(faces::get).toList();
  }

  /**
   * {@return whether two results of one image are the same face}
   *
   * @param a a face
   * @param b another
   */
  public static boolean isSame(Face a, Face b) {
    double width = Math.min(a.box().width(), b.box().width());
    double distance = 0;
    for (int k = 0; k < 5; k++) {
      Point p = a.landmarks().points().get(k);
      Point q = b.landmarks().points().get(k);
      distance += Math.hypot(p.x() - q.x(), p.y() - q.y()) / 5;
    }
    return distance < NEAR * width || heldShare(a.box(), b.box()) > HELD;
  }

  /** How much of the smaller box the other one holds, 0 to 1. */
  private static double heldShare(Box a, Box b) {
    double width = Math.min(a.x2(), b.x2()) - Math.max(a.x1(), b.x1());
    double height = Math.min(a.y2(), b.y2()) - Math.max(a.y1(), b.y1());
    double smaller = Math.min(a.area(), b.area());
    return width <= 0 || height <= 0 || smaller <= 0 ? 0 : width * height / smaller;
  }
}
