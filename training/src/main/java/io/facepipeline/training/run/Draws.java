package io.facepipeline.training.run;

import java.util.SplittableRandom;

/** Random numbers for each of many steps or photos, determined by the seed and the number alone. */
public final class Draws {
  private Draws() {}

  /**
   * {@return a generator}
   *
   * @param seed the seed of the run
   * @param number the number of the step or photo
   */
  public static SplittableRandom of(long seed, int number) {
    // The state of the generator goes up by a constant, so states that lie a simple step apart
    // would give the same numbers a little later: the first number of one is the state of the next.
    long run = new SplittableRandom(seed).nextLong();
    return new SplittableRandom(new SplittableRandom(run + number).nextLong());
  }
}
