package io.facepipeline.classify.cluster;

import io.facepipeline.Embedding;
import io.facepipeline.internal.Cosines;
import java.util.List;

/**
 * Agglomerative clustering with average linkage (UPGMA; Sokal and Michener 1958): the two clusters
 * with the highest average similarity are merged until none are similar enough. A face that is
 * merged with no other forms its own cluster.
 *
 * <p>Uses nearest-neighbor chains (Murtagh 1983), which give the same tree in quadratic time.
 * Memory beside the embeddings: four bytes for each pair of faces, 200 MB for 10,000 faces and 1.8
 * GB for the limit of {@value #MAX_FACES}.
 *
 * @param minSimilarity the lowest average cosine at which two clusters are merged, -1 to 1
 */
record AverageLinkage(float minSimilarity) implements FaceClustering {
  /** The largest number of faces. */
  static final int MAX_FACES = 30_000;

  private static final int NONE = -1;

  /**
   * Creates the method.
   *
   * @throws IllegalArgumentException if the similarity is out of range
   */
  AverageLinkage {
    Cosines.require("least similarity", minSimilarity);
  }

  @Override
  public FaceClustering.Clusters cluster(List<Embedding> embeddings) {
    if (embeddings.size() > MAX_FACES) {
      throw new IllegalArgumentException(
          "average linkage accepts at most "
              + MAX_FACES
              + " faces, got "
              + embeddings.size()
              + "; use Chinese whispers or DBSCAN for more");
    }
    Faces faces = Faces.of(embeddings);
    return new Tree(faces, minSimilarity).cut();
  }

  /** The clusters while they are joined. A cluster is known by one of its faces. */
  private static final class Tree {
    private final int count;
    private final float minSimilarity;
    private final float[][] similarity;
    private final int[] size;

    /** The cluster that a joined one went into at the cut; itself if it leads its own. */
    private final int[] leader;

    private final int[] chain;
    private int length;

    Tree(Faces faces, float minSimilarity) {
      this.count = faces.count();
      this.minSimilarity = minSimilarity;
      similarity = new float[count][];
      size = new int[count];
      leader = new int[count];
      chain = new int[count];
      for (int i = 0; i < count; i++) {
        size[i] = 1;
        leader[i] = i;
        similarity[i] = new float[i];
        for (int j = 0; j < i; j++) {
          similarity[i][j] = faces.similarity(i, j);
        }
      }
    }

    FaceClustering.Clusters cut() {
      int firstLeft = 0;
      for (int joined = 0; joined < count - 1; joined++) {
        while (size[firstLeft] == 0) {
          firstLeft++;
        }
        joinNext(firstLeft);
      }
      int[] marks = new int[count];
      for (int i = 0; i < count; i++) {
        int top = i;
        while (leader[top] != top) {
          top = leader[top];
        }
        marks[i] = top;
      }
      return FaceClustering.Clusters.ofMarks(marks);
    }

    /** Goes from neighbor to nearest neighbor until two are each other's, and joins them. */
    private void joinNext(int start) {
      if (length == 0) {
        chain[length++] = start;
      }
      while (true) {
        int tip = chain[length - 1];
        int before = length > 1 ? chain[length - 2] : NONE;
        int nearest = nearest(tip, before);
        if (nearest == before) {
          length -= 2;
          join(Math.min(tip, before), Math.max(tip, before));
          return;
        }
        chain[length++] = nearest;
      }
    }

    /** Of several as near, the one before in the chain, else the first: chains must end. */
    private int nearest(int cluster, int before) {
      int best = before;
      for (int other = 0; other < count; other++) {
        if (other != cluster
            && size[other] > 0
            && (best == NONE || get(cluster, other) > get(cluster, best))) {
          best = other;
        }
      }
      return best;
    }

    private void join(int into, int gone) {
      // Average linkage never turns the order round, so a join below the cut has none above it.
      if (get(into, gone) >= minSimilarity) {
        leader[gone] = into;
      }
      int together = size[into] + size[gone];
      for (int other = 0; other < count; other++) {
        if (other != into && other != gone && size[other] > 0) {
          double average =
              ((double) size[into] * get(into, other) + (double) size[gone] * get(gone, other))
                  / together;
          set(into, other, (float) average);
        }
      }
      size[into] = together;
      size[gone] = 0;
    }

    private float get(int a, int b) {
      return a > b ? similarity[a][b] : similarity[b][a];
    }

    private void set(int a, int b, float value) {
      if (a > b) {
        similarity[a][b] = value;
      } else {
        similarity[b][a] = value;
      }
    }
  }
}
