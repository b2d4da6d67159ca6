package io.facepipeline.evaluation;

import java.beans.Transient;

/**
 * A pair and the similarity of its faces.
 *
 * @param pair the pair
 * @param similarity the cosine similarity, -1 to 1; NaN if a face was not found
 */
public record ScoredPair(FacePair pair, double similarity) {
  /** {@return whether both faces were found} */
  @Transient // told by the other values, so no part of JSON
  public boolean isDecided() {
    return !Double.isNaN(similarity);
  }
}
