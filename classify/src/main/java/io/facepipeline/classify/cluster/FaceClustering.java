package io.facepipeline.classify.cluster;

import io.facepipeline.Embedding;
import java.util.ArrayList;
import java.util.Collections;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;

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

  /**
   * The cluster of each face. Clusters are numbered from 0, largest first; clusters of equal size
   * by their first face. A face without a cluster is alone. Immutable.
   *
   * @param clusterOfFace the cluster of each face, or {@link #ALONE}
   * @param members the indices of each cluster's faces, ascending
   */
  public record Clusters(List<Integer> clusterOfFace, List<List<Integer>> members) {
    /** The cluster number of a face without a cluster. */
    public static final int ALONE = -1;

    /** Creates clusters. */
    public Clusters {
      clusterOfFace = List.copyOf(clusterOfFace);
      members = members.stream().map(List::copyOf).toList();
    }

    /** Renumbers by size. Negative marks are faces without a cluster. */
    static Clusters ofMarks(int[] marks) {
      Map<Integer, List<Integer>> byMark = new HashMap<>();
      for (int face = 0; face < marks.length; face++) {
        if (marks[face] >= 0) {
          byMark.computeIfAbsent(marks[face], m -> new ArrayList<>()).add(face);
        }
      }
      List<List<Integer>> members = new ArrayList<>(byMark.values());
      members.sort(
          Comparator.comparing((List<Integer> faces) -> -faces.size())
              .thenComparing(faces -> faces.get(0)));
      List<Integer> numbers = new ArrayList<>(Collections.nCopies(marks.length, ALONE));
      for (int cluster = 0; cluster < members.size(); cluster++) {
        for (int face : members.get(cluster)) {
          numbers.set(face, cluster);
        }
      }
      return new Clusters(numbers, members);
    }

    /** {@return the number of faces} */
    public int faces() {
      return clusterOfFace.size();
    }

    /** {@return the number of clusters} */
    public int count() {
      return members.size();
    }

    /**
     * {@return the cluster of a face, or {@link #ALONE}}
     *
     * @param face the face's index
     */
    public int clusterOf(int face) {
      return clusterOfFace.get(face);
    }

    /**
     * {@return the indices of a cluster's faces, ascending}
     *
     * @param cluster the cluster's number
     */
    public List<Integer> members(int cluster) {
      return members.get(cluster);
    }

    /** {@return the indices of the faces without a cluster, ascending} */
    public List<Integer> alone() {
      List<Integer> alone = new ArrayList<>();
      for (int face = 0; face < clusterOfFace.size(); face++) {
        if (clusterOfFace.get(face) == ALONE) {
          alone.add(face);
        }
      }
      return alone;
    }

    /**
     * Compares the clusters with the truth, pair by pair.
     *
     * @param people the true person of each face
     * @return precision, recall and F1 of the pairs within clusters
     * @throws IllegalArgumentException if the numbers of names and faces differ
     */
    public PairwiseAgreement comparedWith(List<String> people) {
      if (people.size() != clusterOfFace.size()) {
        throw new IllegalArgumentException(
            "there are " + clusterOfFace.size() + " faces but " + people.size() + " names");
      }
      Map<String, Long> ofPerson = new HashMap<>();
      people.forEach(person -> ofPerson.merge(person, 1L, Long::sum));
      long right = 0;
      long together = 0;
      for (List<Integer> faces : members) {
        together += pairs(faces.size());
        Map<String, Long> inCluster = new HashMap<>();
        faces.forEach(face -> inCluster.merge(people.get(face), 1L, Long::sum));
        right += inCluster.values().stream().mapToLong(Clusters::pairs).sum();
      }
      long same = ofPerson.values().stream().mapToLong(Clusters::pairs).sum();
      return new PairwiseAgreement(right, together, same);
    }

    private static long pairs(long n) {
      return n * (n - 1) / 2;
    }

    @Override
    public String toString() {
      return clusterOfFace.size()
          + " faces in "
          + count()
          + " clusters, "
          + alone().size()
          + " alone: "
          + clusterOfFace;
    }

    /**
     * The agreement of clusters with the truth, counted in pairs of faces.
     *
     * @param right pairs of the same person within a cluster
     * @param together pairs within a cluster
     * @param same pairs of the same person
     */
    public record PairwiseAgreement(long right, long together, long same) {
      /**
       * {@return the share of the pairs within clusters that show the same person; 1 if there are
       * none}
       */
      public double precision() {
        return together == 0 ? 1 : (double) right / together;
      }

      /**
       * {@return the share of the pairs of the same person that are within a cluster; 1 if there
       * are none}
       */
      public double recall() {
        return same == 0 ? 1 : (double) right / same;
      }

      /** {@return the harmonic mean of precision and recall} */
      public double f1() {
        double sum = precision() + recall();
        return sum == 0 ? 0 : 2 * precision() * recall() / sum;
      }

      @Override
      public String toString() {
        return String.format(
            Locale.ROOT, "precision %.4f, recall %.4f, F1 %.4f", precision(), recall(), f1());
      }
    }
  }
}
