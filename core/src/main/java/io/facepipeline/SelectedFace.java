package io.facepipeline;

import java.util.List;

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
 */
public record SelectedFace(Face face, FaceQuality quality, List<Face> others, Embedding embedding) {
  /** Creates it. */
  public SelectedFace {
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
