package io.facepipeline;

import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.function.ToDoubleFunction;

/**
 * Which face of a photo is meant. The named ones are those of facenet-pytorch; unlike there, box
 * and landmarks always belong together.
 */
@FunctionalInterface
public interface FaceSelection {
  /**
   * How much the squared distance from the centre counts against the area, as in facenet's
   * alignment.
   */
  double CENTER_WEIGHT = 2;

  /**
   * A face whose size, the square root of its box's area, is less than this share of the largest
   * face's is far smaller. The false faces that detectors see in lace, hair and patterns of large
   * portraits have up to a sixteenth; the faces of people who stand together have a third and more.
   */
  double FAR_SMALLER = 0.25;

  /**
   * Selects a face.
   *
   * @param faces the faces in the image
   * @param width the image's width in pixels
   * @param height the image's height in pixels
   * @return the face, or empty if none is meant
   * @throws FaceCountException if the selection insists on one face and there are others
   */
  Optional<Face> select(List<Face> faces, int width, int height);

  /**
   * {@return the selection that a pipeline has by default: the largest face, if all others are
   * {@linkplain #FAR_SMALLER far smaller}; else several faces are refused}
   */
  static FaceSelection dominant() {
    return (faces, width, height) -> only().select(comparable(faces), width, height);
  }

  /** {@return the selection that wants exactly one face and refuses several, however small} */
  static FaceSelection only() {
    return (faces, width, height) -> {
      if (faces.size() > 1) {
        List<Box> boxes = faces.stream().map(Face::box).toList();
        throw new FaceCountException(
            faces.size()
                + " faces found where one was expected: "
                + boxes
                + "; crop the photo, or say which face is meant with a FaceSelection",
            faces);
      }
      return faces.stream().findFirst();
    };
  }

  /**
   * {@return the faces of a photo that are not {@linkplain #FAR_SMALLER far smaller} than its
   * largest, in the order given}
   *
   * @param faces the faces that were found
   */
  static List<Face> comparable(List<Face> faces) {
    double largest = faces.stream().mapToDouble(face -> face.box().area()).max().orElse(0);
    double least = FAR_SMALLER * FAR_SMALLER * largest;
    return faces.stream().filter(face -> face.box().area() >= least).toList();
  }

  /** {@return the selection of the face the detector is surest of} */
  static FaceSelection mostProbable() {
    return best(Face::score);
  }

  /** {@return the selection of the face with the largest box} */
  static FaceSelection largest() {
    return best(face -> face.box().area());
  }

  /**
   * {@return the selection of the largest face among those the detector is sure enough of}
   *
   * @param score the least score, exclusive, 0 to 1
   */
  static FaceSelection largestOver(float score) {
    FaceSelection largest = largest();
    return (faces, width, height) ->
        largest.select(faces.stream().filter(face -> face.score() > score).toList(), width, height);
  }

  /**
   * {@return the selection of a large face near the centre: area minus twice the squared distance
   * from the centre}
   */
  static FaceSelection centerWeighted() {
    return (faces, width, height) ->
        best(face -> {
              Point c = face.box().center();
              double dx = c.x() - width / 2.0;
              double dy = c.y() - height / 2.0;
              return face.box().area() - CENTER_WEIGHT * (dx * dx + dy * dy);
            })
            .select(faces, width, height);
  }

  private static FaceSelection best(ToDoubleFunction<Face> worth) {
    return (faces, width, height) -> faces.stream().max(Comparator.comparingDouble(worth));
  }
}
