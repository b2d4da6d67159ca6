package io.facepipeline.classify.cluster;

import io.facepipeline.Embedding;
import java.util.List;

/**
 * Sorts embeddings into people without being told who they are. Implementations are deterministic,
 * stateless and thread-safe.
 */
public interface FaceClustering {
  /**
   * Sorts embeddings into people.
   *
   * @param faces the embeddings, all of one model
   * @return the cluster of each
   * @throws IllegalArgumentException if the embeddings are of different models, or too many for the
   *     method's memory
   */
  Clusters cluster(List<Embedding> faces);
}
