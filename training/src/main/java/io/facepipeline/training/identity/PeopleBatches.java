package io.facepipeline.training.identity;

import io.facepipeline.FacePipelineException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.random.RandomGenerator;

/**
 * Draws batches of people with several faces each, for losses that compare faces of one person
 * (Hermans et al., In Defense of the Triplet Loss for Person Re-Identification, 2017). Immutable.
 */
public final class PeopleBatches {
  private final List<int[]> faces;

  /**
   * Creates it.
   *
   * @param labels the person of each face, or {@link IdentityLoss#UNKNOWN}; people with a single
   *     face are never drawn
   */
  public PeopleBatches(int[] labels) {
    Map<Integer, List<Integer>> of = new TreeMap<>();
    for (int i = 0; i < labels.length; i++) {
      if (labels[i] != IdentityLoss.UNKNOWN) {
        of.computeIfAbsent(labels[i], who -> new ArrayList<>()).add(i);
      }
    }
    faces =
        of.values().stream()
            .filter(of1 -> of1.size() > 1)
            .map(of1 -> of1.stream().mapToInt(Integer::intValue).toArray())
            .toList();
  }

  /** {@return the number of people with several faces} */
  public int people() {
    return faces.size();
  }

  /**
   * {@return indexes of faces, grouped by person; a face may occur twice if a person has too few}
   *
   * @param people the number of people
   * @param each the number of faces per person
   */
  public int[] draw(RandomGenerator random, int people, int each) {
    if (people > faces.size()) {
      throw new FacePipelineException(
          "a batch of "
              + people
              + " people is too large: only "
              + faces.size()
              + " have several faces; use a smaller batch or more photos");
    }
    int[] order = random.ints(0, faces.size()).distinct().limit(people).toArray();
    int[] batch = new int[people * each];
    for (int i = 0; i < people; i++) {
      int[] own = faces.get(order[i]).clone();
      for (int k = 0; k < each; k++) {
        int left = own.length - k % own.length;
        int at = random.nextInt(left);
        batch[i * each + k] = own[at];
        int last = own[left - 1];
        own[left - 1] = own[at];
        own[at] = last;
      }
    }
    return batch;
  }
}
