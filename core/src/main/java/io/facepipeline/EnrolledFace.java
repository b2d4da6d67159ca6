package io.facepipeline;

import java.util.List;

/**
 * A face that was enrolled, and how well it can be recognised: a photo with {@linkplain
 * FaceQuality#warnings warnings} should be replaced by a better one.
 *
 * @param face the face
 * @param quality what was seen of it
 * @param others the other faces of the photo, which the pipeline's {@link FaceSelection} passed
 *     over, largest first
 */
public record EnrolledFace(Face face, FaceQuality quality, List<Face> others) {
  /** Creates it. */
  public EnrolledFace {
    others = List.copyOf(others);
  }

  /** {@return a line that says which face was taken, and how many others there were} */
  @Override
  public String toString() {
    return "the face at "
        + face.box()
        + (others.isEmpty() ? "" : ", not the " + others.size() + " others");
  }
}
