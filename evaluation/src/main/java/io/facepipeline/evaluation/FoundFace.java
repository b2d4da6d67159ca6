package io.facepipeline.evaluation;

import io.facepipeline.EmbeddedFace;
import io.facepipeline.Embedding;
import io.facepipeline.Face;
import org.jspecify.annotations.Nullable;

/**
 * A face, and its embedding if it was embedded.
 *
 * @param face the face
 * @param embedding its embedding; null if the face was only detected
 */
record FoundFace(Face face, @Nullable Embedding embedding) {
  static FoundFace of(Face face) {
    return new FoundFace(face, null);
  }

  static FoundFace of(EmbeddedFace embedded) {
    return new FoundFace(embedded.face(), embedded.embedding());
  }
}
