package io.facepipeline.training.embedder;

import io.facepipeline.training.data.EnoughPhotos;
import io.facepipeline.training.identity.IdentityLoss;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.stream.IntStream;

/**
 * Which view is of which crop: pass after pass over all crops, in another order each time. Follows
 * from the seed alone. Immutable.
 */
final class ViewPlan {
  private final int[][] orders;
  private final EnoughPhotos photos;
  private final int[] people;
  private final int peopleCount;
  private final CropViews views;

  ViewPlan(CropStore crops, ViewRecipe recipe, long seed) {
    List<String> names = IntStream.range(0, crops.size()).mapToObj(crops::person).toList();
    photos = EnoughPhotos.of(names, recipe.leastPhotos());
    views = new CropViews(crops, photos.photos(), recipe, seed);
    Math.multiplyExact(photos.photos().size(), recipe.passes());
    Map<String, Integer> known = new HashMap<>();
    people = new int[crops.size()];
    Arrays.fill(people, IdentityLoss.UNKNOWN);
    for (int photo : photos.photos()) {
      String person = names.get(photo);
      if (!person.isEmpty()) {
        people[photo] = known.computeIfAbsent(person, name -> known.size());
      }
    }
    peopleCount = known.size();
    orders = new int[recipe.passes()][];
    for (int pass = 0; pass < orders.length; pass++) {
      List<Integer> order = new ArrayList<>(photos.photos());
      Collections.shuffle(order, new Random(31 * seed + pass));
      orders[pass] = order.stream().mapToInt(Integer::intValue).toArray();
    }
  }

  /** {@return which crops there are views of} */
  EnoughPhotos photos() {
    return photos;
  }

  CropViews views() {
    return views;
  }

  /** {@return how many views there will be} */
  int total() {
    return orders.length * photos.photos().size();
  }

  /** {@return how many different people have a name} */
  int people() {
    return peopleCount;
  }

  int pass(int view) {
    return view / photos.photos().size();
  }

  int crop(int view) {
    return orders[pass(view)][view % photos.photos().size()];
  }

  /** {@return the number of whom a view's crop shows; unknown if nobody told} */
  int owner(int view) {
    return people[crop(view)];
  }

  /**
   * {@return the number of whom a view shows; unknown if nobody told, or if another face is mixed
   * in}
   */
  int person(int view) {
    int crop = crop(view);
    return views.isMixed(crop, pass(view)) ? IdentityLoss.UNKNOWN : people[crop];
  }
}
