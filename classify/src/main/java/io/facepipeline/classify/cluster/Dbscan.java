package io.facepipeline.classify.cluster;

import io.facepipeline.Embedding;
import io.facepipeline.internal.Cosines;
import java.util.ArrayDeque;
import java.util.Arrays;
import java.util.Deque;
import java.util.List;

/**
 * DBSCAN (Ester, Kriegel, Sander, Xu 1996): faces with enough similar faces are cores; similar
 * cores share a cluster; a face similar to a core belongs to the first such core's cluster; other
 * faces are alone.
 *
 * <p>Time: each pair is compared twice. Memory beside the embeddings: three numbers per face.
 *
 * @param minSimilarity the lowest cosine of similar faces, -1 to 1
 * @param minFaces how many similar faces, itself included, make a face a core
 */
record Dbscan(float minSimilarity, int minFaces) implements FaceClustering {
  private static final int UNSEEN = -2;

  /**
   * Creates the method.
   *
   * @throws IllegalArgumentException if a number is out of range
   */
  Dbscan {
    Cosines.require("least similarity", minSimilarity);
    if (minFaces < 1) {
      throw new IllegalArgumentException(
          "the number of faces that make a core must be positive, got " + minFaces);
    }
  }

  @Override
  public FaceClustering.Clusters cluster(List<Embedding> embeddings) {
    Faces faces = Faces.of(embeddings);
    int[] marks = new int[faces.count()];
    Arrays.fill(marks, UNSEEN);
    int[] alike = new int[faces.count()];
    Deque<Integer> reached = new ArrayDeque<>();
    int next = 0;
    for (int face = 0; face < marks.length; face++) {
      if (marks[face] != UNSEEN) {
        continue;
      }
      int count = alike(faces, face, alike);
      if (count < minFaces) {
        marks[face] = FaceClustering.Clusters.ALONE;
        continue;
      }
      int cluster = next++;
      marks[face] = cluster;
      take(alike, count, cluster, marks, reached);
      while (!reached.isEmpty()) {
        int core = reached.remove();
        int around = alike(faces, core, alike);
        if (around >= minFaces) {
          take(alike, around, cluster, marks, reached);
        }
      }
    }
    return FaceClustering.Clusters.ofMarks(marks);
  }

  /** A face called alone before may still be at a cluster's edge; only unseen ones may be cores. */
  private static void take(
      int[] alike, int count, int cluster, int[] marks, Deque<Integer> reached) {
    for (int i = 0; i < count; i++) {
      int face = alike[i];
      if (marks[face] == UNSEEN) {
        reached.add(face);
      }
      if (marks[face] < 0) {
        marks[face] = cluster;
      }
    }
  }

  private int alike(Faces faces, int face, int[] alike) {
    int count = 0;
    for (int other = 0; other < faces.count(); other++) {
      if (other == face || faces.similarity(face, other) >= minSimilarity) {
        alike[count++] = other;
      }
    }
    return count;
  }
}
