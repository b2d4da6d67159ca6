package io.facepipeline.classify.cluster;

import io.facepipeline.Embedding;
import java.util.List;

/**
 * Groups embeddings by person without knowing any person. Implementations are deterministic,
 * stateless and thread-safe.
 */
public interface FaceClustering {
  /** The largest number of faces that average linkage accepts. */
  int MOST_FACES_OF_AVERAGE_LINKAGE = AverageLinkage.MAX_FACES;

  /**
   * {@return agglomerative clustering with average linkage (UPGMA; Sokal and Michener 1958)}
   *
   * <p>The two clusters with the highest average similarity are merged until none are similar
   * enough. A face that is merged with no other forms its own cluster. Nearest-neighbor chains
   * (Murtagh 1983) give the tree in quadratic time. Memory beside the embeddings: four bytes for
   * each pair of faces, 200 MB for 10,000 faces and 1.8 GB for the limit of {@value
   * #MOST_FACES_OF_AVERAGE_LINKAGE}.
   *
   * @param minSimilarity the lowest average cosine at which two clusters are merged, -1 to 1
   * @throws IllegalArgumentException if the similarity is out of range
   */
  static FaceClustering averageLinkage(float minSimilarity) {
    return new AverageLinkage(minSimilarity);
  }

  /**
   * {@return Chinese whispers (Biemann 2006), the method of dlib's face clustering}
   *
   * <p>Each face takes over, in turn, the cluster that most similar faces speak for, weighted by
   * their similarity. Memory: 16 bytes for each similar pair, at most 50 million pairs.
   *
   * @param minSimilarity the lowest cosine of similar faces, 0 to 1
   * @param seed the seed of the order of the faces
   * @throws IllegalArgumentException if the similarity is out of range
   */
  static FaceClustering chineseWhispers(float minSimilarity, long seed) {
    return new ChineseWhispers(minSimilarity, seed);
  }

  /**
   * {@return DBSCAN (Ester, Kriegel, Sander, Xu 1996)}
   *
   * <p>Faces with enough similar faces are cores; similar cores share a cluster; a face similar to
   * a core belongs to the first such core's cluster; other faces are alone. Each pair is compared
   * twice. Memory beside the embeddings: three numbers per face.
   *
   * @param minSimilarity the lowest cosine of similar faces, -1 to 1
   * @param minFaces how many similar faces, itself included, make a face a core
   * @throws IllegalArgumentException if a number is out of range
   */
  static FaceClustering dbscan(float minSimilarity, int minFaces) {
    return new Dbscan(minSimilarity, minFaces);
  }

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
