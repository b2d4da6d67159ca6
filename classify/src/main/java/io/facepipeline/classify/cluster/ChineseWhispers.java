package io.facepipeline.classify.cluster;

import io.facepipeline.Embedding;
import io.facepipeline.internal.Cosines;
import java.util.Arrays;
import java.util.List;
import java.util.Random;

/**
 * Chinese whispers (Biemann 2006): every face starts as its own cluster. Then, in random order,
 * each face adopts the cluster with the largest total weight among its similar faces, until nothing
 * changes. The weight is the similarity, as in dlib. A face without similar faces stays its own
 * cluster.
 *
 * <p>Time: each pair is compared once, then each link is visited once per round. Memory beside the
 * embeddings: sixteen bytes for each similar pair of faces; more than {@value #MAX_LINKS} such
 * pairs are refused.
 *
 * @param minSimilarity the lowest cosine of similar faces, 0 to 1
 * @param maxRounds the largest number of rounds, at least 1
 * @param seed the seed of the order
 */
record ChineseWhispers(float minSimilarity, int maxRounds, long seed) implements FaceClustering {
  /** The largest number of similar pairs: 800 MB. */
  static final int MAX_LINKS = 50_000_000;

  /**
   * Creates the method.
   *
   * @throws IllegalArgumentException if a number is out of range
   */
  ChineseWhispers {
    Cosines.require("least similarity", minSimilarity);
    if (minSimilarity < 0) {
      throw new IllegalArgumentException(
          "the least similarity is a weight here and must not be negative, got " + minSimilarity);
    }
    if (maxRounds < 1) {
      throw new IllegalArgumentException("at least one round is needed, got " + maxRounds);
    }
  }

  /**
   * Creates the method with at most 100 rounds, far more than it needs.
   *
   * @param minSimilarity the lowest cosine of similar faces, 0 to 1
   * @param seed the seed of the order
   */
  ChineseWhispers(float minSimilarity, long seed) {
    this(minSimilarity, 100, seed);
  }

  @Override
  public FaceClustering.Clusters cluster(List<Embedding> embeddings) {
    Links links = Links.of(Faces.of(embeddings), minSimilarity);
    int count = embeddings.size();
    int[] marks = new int[count];
    int[] order = new int[count];
    for (int i = 0; i < count; i++) {
      marks[i] = i;
      order[i] = i;
    }
    Random random = new Random(seed);
    float[] strength = new float[count];
    boolean changed = true;
    for (int round = 0; round < maxRounds && changed; round++) {
      shuffle(order, random);
      changed = false;
      for (int face : order) {
        int mark = strongest(links, face, marks, strength);
        changed |= mark != marks[face];
        marks[face] = mark;
      }
    }
    return FaceClustering.Clusters.ofMarks(marks);
  }

  /** The strongest mark around a face; its own if that is as strong, else the lowest. */
  private static int strongest(Links links, int face, int[] marks, float[] strength) {
    int from = links.start[face];
    int to = links.start[face + 1];
    for (int i = from; i < to; i++) {
      strength[marks[links.neighbor[i]]] += links.weight[i];
    }
    int best = marks[face];
    for (int i = from; i < to; i++) {
      int mark = marks[links.neighbor[i]];
      if (strength[mark] > strength[best]
          || (strength[mark] == strength[best] && best != marks[face] && mark < best)) {
        best = mark;
      }
    }
    for (int i = from; i < to; i++) {
      strength[marks[links.neighbor[i]]] = 0;
    }
    return best;
  }

  private static void shuffle(int[] order, Random random) {
    for (int i = order.length - 1; i > 0; i--) {
      int j = random.nextInt(i + 1);
      int kept = order[i];
      order[i] = order[j];
      order[j] = kept;
    }
  }

  /** The faces alike to each face, in one array: those of face i from start[i] to start[i + 1]. */
  private static final class Links {
    private final int[] start;
    private final int[] neighbor;
    private final float[] weight;

    private Links(int[] start, int[] neighbor, float[] weight) {
      this.start = start;
      this.neighbor = neighbor;
      this.weight = weight;
    }

    static Links of(Faces faces, float minSimilarity) {
      int[] a = new int[1024];
      int[] b = new int[1024];
      float[] similarity = new float[1024];
      int[] start = new int[faces.count() + 1];
      int count = 0;
      for (int i = 0; i < faces.count(); i++) {
        for (int j = 0; j < i; j++) {
          float s = faces.similarity(i, j);
          if (s < minSimilarity) {
            continue;
          }
          if (count == MAX_LINKS) {
            throw new IllegalArgumentException(
                "more than "
                    + MAX_LINKS
                    + " pairs of faces have a similarity of at least "
                    + minSimilarity
                    + "; raise the least similarity or cluster fewer faces");
          }
          if (count == a.length) {
            a = Arrays.copyOf(a, Math.min(MAX_LINKS, count * 2));
            b = Arrays.copyOf(b, a.length);
            similarity = Arrays.copyOf(similarity, a.length);
          }
          a[count] = i;
          b[count] = j;
          similarity[count++] = s;
          start[i + 1]++;
          start[j + 1]++;
        }
      }
      for (int i = 0; i < faces.count(); i++) {
        start[i + 1] += start[i];
      }
      int[] next = Arrays.copyOf(start, faces.count());
      int[] neighbor = new int[2 * count];
      float[] weight = new float[2 * count];
      for (int k = 0; k < count; k++) {
        weight[next[a[k]]] = similarity[k];
        neighbor[next[a[k]]++] = b[k];
        weight[next[b[k]]] = similarity[k];
        neighbor[next[b[k]]++] = a[k];
      }
      return new Links(start, neighbor, weight);
    }
  }
}
