package io.facepipeline.training.embedder;

import io.facepipeline.training.identity.IdentityLoss;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;

/**
 * Which view is of which crop: pass after pass over all crops, in another order each time. Follows
 * from the seed alone. Immutable.
 */
final class ViewPlan {
  private final int[][] orders;
  private final int[] people;
  private final int peopleCount;
  private final ViewMaker maker;

  ViewPlan(CropStore crops, int passes, long seed, double strength) {
    maker = new ViewMaker(crops, seed, strength);
    Math.multiplyExact(crops.size(), passes);
    List<Integer> all = new ArrayList<>();
    Map<String, Integer> known = new HashMap<>();
    people = new int[crops.size()];
    for (int i = 0; i < people.length; i++) {
      all.add(i);
      String person = crops.person(i);
      people[i] =
          person.isEmpty()
              ? IdentityLoss.UNKNOWN
              : known.computeIfAbsent(person, name -> known.size());
    }
    peopleCount = known.size();
    orders = new int[passes][];
    for (int pass = 0; pass < passes; pass++) {
      List<Integer> order = new ArrayList<>(all);
      Collections.shuffle(order, new Random(31 * seed + pass));
      orders[pass] = order.stream().mapToInt(Integer::intValue).toArray();
    }
  }

  ViewMaker maker() {
    return maker;
  }

  /** {@return how many views there will be} */
  int total() {
    return orders.length * people.length;
  }

  /** {@return how many different people have a name} */
  int people() {
    return peopleCount;
  }

  int pass(int view) {
    return view / people.length;
  }

  int crop(int view) {
    return orders[pass(view)][view % people.length];
  }

  /**
   * {@return the number of whom a view shows; unknown if nobody told, or if another face is mixed
   * in}
   */
  int person(int view) {
    int crop = crop(view);
    return maker.isMixed(crop, pass(view)) ? IdentityLoss.UNKNOWN : people[crop];
  }
}
