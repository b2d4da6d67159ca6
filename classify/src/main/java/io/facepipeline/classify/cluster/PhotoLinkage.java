package io.facepipeline.classify.cluster;

import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/**
 * Average linkage between groups of faces some of which may not be joined, and then single faces
 * one by one. Forbidden pairs stay forbidden for every group that one of them is in (as in Davidson
 * and Ravi 2005), so the best allowed pair is looked for after each join: nearest-neighbor chains
 * need an order that forbidding disturbs. A group whose nearest one has grown is looked at again
 * only when it may be the best (as in Muellner 2011, the generic algorithm): in an album of one
 * person all others are near to the one group that grows. Not thread-safe.
 */
final class PhotoLinkage {
  /** No cosine is so low. */
  static final float FORBIDDEN = -2;

  /** A single face is compared with its nearest faces of a group: others show other poses. */
  private static final int NEAREST = 3;

  /** A face that is nearly as near to another group is doubtful. */
  private static final float LEAST_LEAD = 0.05f;

  /** Groups of up to so many faces may be parts of a larger one. */
  private static final int SMALL = 4;

  private static final int NONE = -1;

  private final Faces faces;
  private final float minSimilarity;
  private final int count;

  /** The group of each face, by one of its members. */
  private final int[] group;

  private final int[] size;
  private final float[][] similarity;
  private final int[] nearest;

  /** How like the nearest group is, or was before it grew. */
  private final float[] atMost;

  PhotoLinkage(Faces faces, float minSimilarity) {
    this.faces = faces;
    this.minSimilarity = minSimilarity;
    count = faces.count();
    group = new int[count];
    size = new int[count];
    nearest = new int[count];
    atMost = new float[count];
    similarity = new float[count][];
    for (int i = 0; i < count; i++) {
      group[i] = i;
      size[i] = 1;
      similarity[i] = new float[i];
      for (int j = 0; j < i; j++) {
        similarity[i][j] = faces.similarity(i, j);
      }
    }
  }

  /** Two faces, and whatever they are joined with, stay apart. */
  void forbid(int a, int b) {
    if (group[a] != group[b]) {
      set(group[a], group[b], FORBIDDEN);
    }
  }

  boolean isForbidden(int a, int b) {
    return group[a] != group[b] && get(group[a], group[b]) == FORBIDDEN;
  }

  /**
   * Joins two faces' groups, however unlike, unless they are forbidden; tells whether they are one.
   */
  boolean join(int a, int b) {
    if (isForbidden(a, b)) {
      return false;
    }
    if (group[a] != group[b]) {
      merge(Math.min(group[a], group[b]), Math.max(group[a], group[b]));
    }
    return true;
  }

  /** Joins the groups that are alike on average, the most alike first. */
  void joinAlike() {
    for (int i = 0; i < count; i++) {
      look(i);
    }
    while (true) {
      int best = best();
      if (best == NONE || atMost[best] < minSimilarity) {
        return;
      }
      int into = Math.min(best, nearest[best]);
      int gone = Math.max(best, nearest[best]);
      merge(into, gone);
      look(into);
      for (int i = 0; i < count; i++) {
        if (i != into && (nearest[i] == into || nearest[i] == gone)) {
          nearest[i] = into;
        }
      }
    }
  }

  /** The group that is nearest to another one, of those as near the first; or none. */
  private int best() {
    while (true) {
      int best = NONE;
      for (int i = 0; i < count; i++) {
        if (size[i] > 0 && nearest[i] != NONE && (best == NONE || atMost[i] > atMost[best])) {
          best = i;
        }
      }
      // An average is between the two it is made of, so no pair becomes nearer than it was.
      if (best == NONE || get(best, nearest[best]) == atMost[best]) {
        return best;
      }
      look(best);
    }
  }

  private void look(int own) {
    nearest[own] = size[own] > 0 ? nearestOf(own) : NONE;
    atMost[own] = nearest[own] == NONE ? FORBIDDEN : get(own, nearest[own]);
  }

  private int nearestOf(int own) {
    int best = NONE;
    for (int other = 0; other < count; other++) {
      if (other != own
          && size[other] > 0
          && get(own, other) != FORBIDDEN
          && (best == NONE || get(own, other) > get(own, best))) {
        best = other;
      }
    }
    return best;
  }

  private void merge(int into, int gone) {
    int together = size[into] + size[gone];
    for (int other = 0; other < count; other++) {
      if (other != into && other != gone && size[other] > 0) {
        float a = get(into, other);
        float b = get(gone, other);
        set(
            into,
            other,
            a == FORBIDDEN || b == FORBIDDEN
                ? FORBIDDEN
                : (float) (((double) size[into] * a + (double) size[gone] * b) / together));
      }
    }
    size[into] = together;
    size[gone] = 0;
    for (int i = 0; i < count; i++) {
      if (group[i] == gone) {
        group[i] = into;
      }
    }
  }

  /**
   * Joins single faces and small groups with the larger group whose nearest faces are alike enough,
   * and clearly more alike than those of any other group; then those that these bring near.
   */
  void joinSmall() {
    boolean joined = true;
    while (joined) {
      joined = false;
      for (int own = 0; own < count; own++) {
        if (size[own] > 0 && size[own] <= SMALL) {
          joined |= joinSmall(own);
        }
      }
    }
  }

  private boolean joinSmall(int own) {
    float[] scores = new float[count];
    for (int face = 0; face < count; face++) {
      if (group[face] == own) {
        addScores(face, scores);
      }
    }
    int best = NONE;
    float second = -1;
    for (int other = 0; other < count; other++) {
      if (other == own || size[other] < 2) {
        continue;
      }
      float score = scores[other] / size[own];
      if (best == NONE || score > scores[best] / size[own]) {
        second = best == NONE ? second : scores[best] / size[own];
        best = other;
      } else {
        second = Math.max(second, score);
      }
    }
    // Who would go best where they may not go are somebody's sister, or a mistake: left apart.
    if (best == NONE
        || size[best] < size[own]
        || scores[best] / size[own] < minSimilarity
        || scores[best] / size[own] - second < LEAST_LEAD
        || get(best, own) == FORBIDDEN) {
      return false;
    }
    merge(Math.min(best, own), Math.max(best, own));
    return true;
  }

  /** Adds the mean of a face's highest similarities to the other faces of each group. */
  private void addScores(int face, float[] scores) {
    float[] @Nullable [] top = new float[count][];
    for (int other = 0; other < count; other++) {
      int of = group[other];
      if (other == face || size[of] < 2) {
        continue;
      }
      float[] best = top[of];
      if (best == null) {
        best = new float[Math.min(NEAREST, of == group[face] ? size[of] - 1 : size[of])];
        Arrays.fill(best, FORBIDDEN);
        top[of] = best;
      }
      float s = faces.similarity(face, other);
      if (s > best[0]) {
        best[0] = s;
        Arrays.sort(best);
      }
    }
    for (int i = 0; i < count; i++) {
      float[] best = top[i];
      if (best != null) {
        float sum = 0;
        for (float s : best) {
          sum += s;
        }
        scores[i] += sum / best.length;
      }
    }
  }

  /**
   * The group of each face, as a number. A face that is about as near to another group as to its
   * own is in none of them.
   *
   * @param sure which faces are in their groups without doubt
   */
  int[] groups(boolean[] sure) {
    int[] groups = group.clone();
    int next = count;
    for (int face = 0; face < count; face++) {
      if (!sure[face] && size[group[face]] > 1 && isDoubtful(face)) {
        groups[face] = next++;
      }
    }
    return groups;
  }

  private boolean isDoubtful(int face) {
    float[] scores = new float[count];
    addScores(face, scores);
    for (int other = 0; other < count; other++) {
      if (other != group[face]
          && size[other] > 1
          && scores[other] >= minSimilarity
          && scores[group[face]] - scores[other] < LEAST_LEAD) {
        return true;
      }
    }
    return false;
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
