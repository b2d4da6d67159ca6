package io.facepipeline;

import java.util.List;

/**
 * An enrolled face, and how well it can be recognized. Replace a photo with {@linkplain
 * FaceQuality#warnings warnings} by a better one.
 *
 * @param face the face
 * @param quality its quality
 * @param others the other faces of the photo, which the pipeline's {@link FaceSelection} ignored,
 *     largest first
 */
public record EnrolledFace(Face face, FaceQuality quality, List<Face> others) {
  /** Creates it. */
  public EnrolledFace {
    others = List.copyOf(others);
  }

  /** {@return a line that names the enrolled face and the number of others} */
  @Override
  public String toString() {
    return "the face at "
        + face.box()
        + (others.isEmpty() ? "" : ", not the " + others.size() + " others");
  }
}
