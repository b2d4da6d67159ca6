package io.facepipeline.training.data;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.random.RandomGenerator;

/**
 * Draws photos so that every person, or every class, comes as often as any other, however many
 * photos there are of each: a photo's weight is one over the number of photos of its person, as
 * face.evoLVe weighs them. Photos are drawn with replacement. Immutable.
 */
public final class BalancedDraw {
  /** The label of a photo of nobody known; each counts as a person of its own. */
  public static final int UNKNOWN = -1;

  /** The photos of each person in rising order; people in the order of their first photo. */
  private final List<int[]> photos;

  private final int[] first;

  /**
   * Creates it.
   *
   * @param labels the person or class of each photo, or {@link #UNKNOWN}
   */
  public BalancedDraw(int[] labels) {
    Map<Integer, List<Integer>> of = new LinkedHashMap<>();
    for (int i = 0; i < labels.length; i++) {
      // Below every label, and different for each.
      int who = labels[i] == UNKNOWN ? UNKNOWN - 1 - i : labels[i];
      of.computeIfAbsent(who, label -> new ArrayList<>()).add(i);
    }
    photos =
        of.values().stream()
            .map(own -> own.stream().mapToInt(Integer::intValue).toArray())
            .toList();
    first = photos.stream().mapToInt(own -> own[0]).toArray();
  }

  /**
   * {@return the indexes of drawn photos}
   *
   * @param count how many are drawn
   * @param available how many of the photos there are so far: the first ones; at least one
   */
  public int[] draw(RandomGenerator random, int count, int available) {
    int people = below(first, available);
    if (people == 0) {
      throw new IllegalArgumentException(
          "there are no photos to draw from: "
              + available
              + " of "
              + photos.stream().mapToInt(own -> own.length).sum()
              + " are available");
    }
    int[] drawn = new int[count];
    for (int i = 0; i < count; i++) {
      int[] own = photos.get(random.nextInt(people));
      drawn[i] = own[random.nextInt(below(own, available))];
    }
    return drawn;
  }

  /** {@return how many of different, rising numbers are below a limit} */
  private static int below(int[] numbers, int limit) {
    int at = Arrays.binarySearch(numbers, limit);
    return at < 0 ? -1 - at : at;
  }
}
