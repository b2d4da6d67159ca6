package io.facepipeline.classify.cluster;

import io.facepipeline.Embedding;
import java.util.Arrays;
import java.util.List;
import java.util.Random;

/**
 * Chinese whispers (Biemann 2006): every face starts as its own cluster; then, in random order,
 * each takes over the cluster that those alike to it are most strongly of, until nobody changes.
 * Similarity is the weight, as in dlib's use on faces. A face that is alike to no other stays a
 * cluster of its own.
 *
 * <p>Time: each pair is compared once, then each link is passed once a round. Memory beside the
 * embeddings: sixteen bytes for each pair of faces that is alike; more than {@value #MAX_LINKS}
 * such pairs are refused.
 *
 * @param minSimilarity the least cosine at which two faces are alike, 0 to 1
 * @param maxRounds after how many rounds to stop at the latest, at least 1
 * @param seed decides on the order
 */
public record ChineseWhispers(float minSimilarity, int maxRounds, long seed)
    implements FaceClustering {
  /** The most pairs of faces that may be alike: 800 MB. */
  public static final int MAX_LINKS = 50_000_000;

  /**
   * Creates the method.
   *
   * @throws IllegalArgumentException if a number is out of range
   */
  public ChineseWhispers {
    Faces.requireCosine(minSimilarity);
    if (minSimilarity < 0) {
      throw new IllegalArgumentException(
          "the least similarity is a weight here and must not be negative, got " + minSimilarity);
    }
    if (maxRounds < 1) {
      throw new IllegalArgumentException("at least one round is needed, got " + maxRounds);
    }
  }

  /**
   * Creates the method with at most 100 rounds, which is far more than it takes.
   *
   * @param minSimilarity the least cosine at which two faces are alike, 0 to 1
   * @param seed decides on the order
   */
  public ChineseWhispers(float minSimilarity, long seed) {
    this(minSimilarity, 100, seed);
  }

  @Override
  public Clusters cluster(List<Embedding> embeddings) {
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
    return Clusters.ofMarks(marks);
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
                    + " pairs of faces are at least "
                    + minSimilarity
                    + " alike; raise the least similarity or cluster fewer faces");
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
