package io.facepipeline.classify.cluster;

import io.facepipeline.Embedding;
import java.util.List;

/**
 * Groups embeddings by person without knowing any person. Implementations are deterministic,
 * stateless and thread-safe.
 */
public interface FaceClustering {
  /**
   * Groups embeddings by person.
   *
   * @param faces the embeddings, all of one model
   * @return the cluster of each face
   * @throws IllegalArgumentException if the embeddings are of different models, or too many for the
   *     method's memory
   */
  Clusters cluster(List<Embedding> faces);
}
