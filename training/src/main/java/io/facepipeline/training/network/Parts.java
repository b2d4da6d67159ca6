package io.facepipeline.training.network;

import io.facepipeline.FacePipelineException;
import io.facepipeline.training.run.Draws;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.SplittableRandom;
import java.util.TreeMap;

/**
 * What each photo of a training is for, as indexes in rising order.
 *
 * @param training the weights are learned from these
 * @param validation these choose the checkpoint
 * @param test these measure the result, and nothing else depends on them; may be empty
 */
record Parts(List<Integer> training, List<Integer> validation, List<Integer> test) {

  /**
   * Chooses a share of each class's photos, at least one of each, and leaves at least one.
   *
   * @param photos the photos to divide
   * @param labels the class of every photo, also of those that are not divided
   * @param names the classes' names
   * @param share how much is chosen, between 0 and 1
   * @return the chosen photos
   * @throws FacePipelineException if a class has one photo only
   */
  static List<Integer> share(
      List<Integer> photos, List<Integer> labels, List<String> names, double share, long seed) {
    List<Integer> taken = new ArrayList<>();
    shuffled(photos, labels, seed)
        .forEach(
            (label, own) -> {
              if (own.size() < 2) {
                throw new FacePipelineException(
                    names.get(label)
                        + " has one photo, but one to learn from and one to validate with are"
                        + " needed; add photos, or give a folder with --validation");
              }
              int count = (int) Math.round(share * own.size());
              count = Math.max(1, Math.min(own.size() - 1, count));
              taken.addAll(own.subList(0, count));
            });
    return sorted(taken);
  }

  /**
   * Deals the photos of each class into folds, all as equal as can be.
   *
   * @param labels the class of every photo
   * @param names the classes' names
   * @return the photos of each fold
   * @throws FacePipelineException if a class has fewer photos than there are folds
   */
  static List<List<Integer>> folds(
      List<Integer> photos, List<Integer> labels, List<String> names, int count, long seed) {
    List<List<Integer>> folds = new ArrayList<>();
    for (int fold = 0; fold < count; fold++) {
      folds.add(new ArrayList<>());
    }
    int dealt = 0;
    for (Map.Entry<Integer, List<Integer>> of : shuffled(photos, labels, seed).entrySet()) {
      if (of.getValue().size() < count) {
        throw new FacePipelineException(
            names.get(of.getKey())
                + " has "
                + of.getValue().size()
                + " photos, which is fewer than the "
                + count
                + " folds; add photos, or use fewer folds");
      }
      for (int photo : of.getValue()) {
        // On where the last class ended, so that remainders do not add up in the first fold.
        folds.get(dealt++ % count).add(photo);
      }
    }
    return folds.stream().map(Parts::sorted).toList();
  }

  /** {@return the photos that are not among others} */
  static List<Integer> without(List<Integer> photos, List<Integer> others) {
    Set<Integer> away = new HashSet<>(others);
    return photos.stream().filter(photo -> !away.contains(photo)).toList();
  }

  private static Map<Integer, List<Integer>> shuffled(
      List<Integer> photos, List<Integer> labels, long seed) {
    Map<Integer, List<Integer>> classes = new TreeMap<>();
    for (int photo : photos) {
      classes.computeIfAbsent(labels.get(photo), label -> new ArrayList<>()).add(photo);
    }
    classes.forEach((label, own) -> shuffle(own, Draws.of(seed, label)));
    return classes;
  }

  /** Fisher and Yates's. */
  static void shuffle(List<Integer> photos, SplittableRandom random) {
    for (int i = photos.size() - 1; i > 0; i--) {
      photos.set(i, photos.set(random.nextInt(i + 1), photos.get(i)));
    }
  }

  private static List<Integer> sorted(List<Integer> photos) {
    return photos.stream().sorted().toList();
  }
}
