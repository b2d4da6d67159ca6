package io.facepipeline;

import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.function.ToDoubleFunction;
import org.jspecify.annotations.Nullable;

/**
 * Selects one face of a photo. The names are those of facenet-pytorch; unlike there, box and
 * landmarks always belong together.
 */
@FunctionalInterface
public interface FaceSelection {
  /**
   * The weight of the squared distance from the center, subtracted from the area, as in facenet's
   * alignment.
   */
  double CENTER_WEIGHT = 2;

  /**
   * A face is far smaller if its size, the square root of its box's area, is less than this share
   * of the largest face's. False faces in lace, hair and patterns of large portraits have up to a
   * sixteenth of that size; faces of people who stand together have a third and more.
   */
  double FAR_SMALLER = 0.25;

  /**
   * Selects a face.
   *
   * @param faces the faces in the image
   * @param width the image's width in pixels
   * @param height the image's height in pixels
   * @return the face, or empty if none is selected
   * @throws FaceCountException if the selection refuses several faces
   */
  Optional<Face> select(List<Face> faces, int width, int height);

  /**
   * {@return the default of a pipeline: the largest face, if all others are {@linkplain
   * #FAR_SMALLER far smaller}; otherwise several faces are refused}
   */
  static FaceSelection dominant() {
    return (faces, width, height) -> only().select(comparable(faces), width, height);
  }

  /** {@return a selection that accepts exactly one face and refuses several, however small} */
  static FaceSelection only() {
    return (faces, width, height) -> {
      if (faces.size() > 1) {
        List<Box> boxes = faces.stream().map(Face::box).toList();
        throw new FaceCountException(
            faces.size()
                + " faces found, but one was expected: "
                + boxes
                + "; crop the photo, or choose a face with a FaceSelection",
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

  /** {@return the selection of the face with the highest score} */
  static FaceSelection mostProbable() {
    return best(Face::score);
  }

  /** {@return the selection of the face with the largest box} */
  static FaceSelection largest() {
    return best(face -> face.box().area());
  }

  /**
   * {@return the selection of the largest face above a score}
   *
   * @param score the lowest score, exclusive, 0 to 1
   */
  static FaceSelection largestOver(float score) {
    FaceSelection largest = largest();
    return (faces, width, height) ->
        largest.select(faces.stream().filter(face -> face.score() > score).toList(), width, height);
  }

  /**
   * {@return the selection of the large central face: area minus twice the squared distance from
   * the center}
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

  /**
   * The selected face of a photo, and how well it can be recognized; the result of {@link
   * FacePipeline#enroll} and {@link FacePipeline#embedOne}. Replace a photo with {@linkplain
   * FaceQuality#warnings warnings} by a better one. Immutable.
   *
   * @param face the face
   * @param quality its quality
   * @param others the other faces of the photo, which the pipeline's {@link FaceSelection} ignored,
   *     largest first
   * @param embedding the face's embedding
   * @param liveness the probability that the face is live, 0 to 1; null if the pipeline does not
   *     {@linkplain FacePipelineBuilder#requireLive require live faces}
   */
  public record Selected(
      Face face,
      FaceQuality quality,
      List<Face> others,
      Embedding embedding,
      @Nullable Float liveness) {
    /** Creates it. */
    public Selected {
      others = List.copyOf(others);
    }

    /** {@return a line that names the selected face and the number of others} */
    @Override
    public String toString() {
      return "the face at "
          + face.box()
          + (others.isEmpty() ? "" : ", not the " + others.size() + " others");
    }
  }
}
