package io.facepipeline.training.run;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;

import java.util.HashSet;
import java.util.Set;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;

class DrawsTest {
  /** Where states lie the generator's own constant apart, a step repeats the one before. */
  @Test
  void stepsDrawNoNumberTwice() {
    Set<Long> drawn = new HashSet<>();
    for (int step = 0; step < 100; step++) {
      SplittableRandom random = Draws.of(1, step);
      for (int i = 0; i < 1000; i++) {
        drawn.add(random.nextLong());
      }
    }
    assertEquals(100_000, drawn.size());
  }

  @Test
  void hangOnSeedAndNumber() {
    long first = Draws.of(5, 9).nextLong();
    assertEquals(first, Draws.of(5, 9).nextLong());
    assertNotEquals(first, Draws.of(5, 10).nextLong());
    assertNotEquals(first, Draws.of(6, 9).nextLong());
    assertNotEquals(first, Draws.of(6, 8).nextLong());
  }
}
