package io.facepipeline.stages;

import io.facepipeline.Box;
import io.facepipeline.Face;
import io.facepipeline.FaceDetector;
import io.facepipeline.Image;
import io.facepipeline.Landmarks;
import io.facepipeline.Point;
import io.facepipeline.image.ExifOrientation;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;

/** Looks at quarter turns of an image too, if what is found upright does not convince. */
public final class AnyTurnDetector implements FaceDetector {
  /**
   * The turns as Exif numbers what undoes them, a camera held sideways before one held upside down.
   */
  private static final int[] TURNS = {6, 8, 3};

  /** A turn must tell this much more than upright does. */
  private static final double LEAST_LEAD = 1.3;

  /** No score tells more than one of 0.999. */
  private static final double LEAST_DOUBT = 1e-3;

  private final FaceDetector upright;
  private final float sure;

  public AnyTurnDetector(FaceDetector upright, float sure) {
    if (!(sure > 0 && sure <= 1)) {
      throw new IllegalArgumentException(
          "the score of a sure face must be more than 0 and at most 1, got " + sure);
    }
    this.upright = upright;
    this.sure = sure;
  }

  @Override
  public List<Face> detect(Image image) {
    return best(image, upright.detect(image));
  }

  @Override
  public List<List<Face>> detectAll(List<Image> images) {
    List<List<Face>> asGiven = upright.detectAll(images);
    List<List<Face>> all = new ArrayList<>();
    for (int i = 0; i < images.size(); i++) {
      all.add(best(images.get(i), asGiven.get(i)));
    }
    return all;
  }

  private List<Face> best(Image image, List<Face> asGiven) {
    if (convinces(asGiven)) {
      return asGiven;
    }
    List<Face> best = asGiven;
    double most = LEAST_LEAD * evidence(asGiven);
    for (int turn : TURNS) {
      Image turned = ExifOrientation.apply(image.unsafeRgb(), image.width(), image.height(), turn);
      List<Face> faces = upright.detect(turned);
      // Any texture looks a little like a face from some side: only a sure one tells the turn.
      if (convinces(faces) && evidence(faces) > most) {
        most = evidence(faces);
        best = faces.stream().map(face -> back(face, image, turn)).toList();
      }
    }
    return best.stream()
        .sorted(Comparator.comparingDouble((Face face) -> face.box().area()).reversed())
        .toList();
  }

  private boolean convinces(List<Face> faces) {
    return faces.stream().anyMatch(face -> face.score() >= sure);
  }

  /** How many digits the scores are away from certainty, together. */
  private static double evidence(List<Face> faces) {
    return faces.stream().mapToDouble(face -> -Math.log10(1 - face.score() + LEAST_DOUBT)).sum();
  }

  private static Face back(Face face, Image image, int turn) {
    Box box = face.box();
    Point a = back(new Point(box.x1(), box.y1()), image, turn);
    Point b = back(new Point(box.x2(), box.y2()), image, turn);
    Landmarks l = face.landmarks();
    return new Face(
        new Box(
            Math.min(a.x(), b.x()),
            Math.min(a.y(), b.y()),
            Math.max(a.x(), b.x()),
            Math.max(a.y(), b.y())),
        new Landmarks(
            back(l.leftEye(), image, turn),
            back(l.rightEye(), image, turn),
            back(l.nose(), image, turn),
            back(l.leftMouth(), image, turn),
            back(l.rightMouth(), image, turn)),
        face.score());
  }

  /** Where a point of the turned image is in the given one. */
  private static Point back(Point p, Image image, int turn) {
    return switch (turn) {
      case 6 -> new Point(p.y(), image.height() - p.x());
      case 8 -> new Point(image.width() - p.y(), p.x());
      default -> new Point(image.width() - p.x(), image.height() - p.y());
    };
  }

  @Override
  public void close() {
    upright.close();
  }

  @Override
  public String toString() {
    return upright + " in any quarter turn";
  }
}
