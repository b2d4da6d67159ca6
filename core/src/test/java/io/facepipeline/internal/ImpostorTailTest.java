package io.facepipeline.internal;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

final class ImpostorTailTest {
  /** As Python has it: -statistics.NormalDist().inv_cdf(share). */
  @ParameterizedTest
  @CsvSource({
    "0.9, -1.2815515655446008",
    "0.5, 0",
    "0.1, 1.2815515655446008",
    "0.02275013194817921, 2",
    "1e-3, 3.090232306167813",
    "1e-5, 4.2648907939228256",
    "1e-7, 5.199337582192817",
    "1e-9, 5.9978070150076865",
    "1e-12, 7.034483825301132"
  })
  void theTailOfTheNormalDistributionIsExact(double share, double z) {
    assertEquals(z, ImpostorTail.deviate(share), 1e-9);
    assertEquals(share, ImpostorTail.share(z), 1e-9 * share);
  }

  @Test
  void theDistributionGoesThroughItsPoints() {
    ImpostorTail tail = ImpostorTail.through(0.348, 1e-3, 0.482, 1e-5);
    assertEquals(1e-3, tail.rateAt(0.348), 1e-12);
    assertEquals(1e-5, tail.rateAt(0.482), 1e-14);
    assertEquals(0.482, tail.thresholdAt(1e-5), 1e-12);
  }

  @Test
  void aStrangerMeetsEveryFace() {
    assertEquals(0.75, ImpostorTail.ofGallery(0.5, 2), 1e-15);
    assertEquals(0.5, ImpostorTail.ofOneFace(0.75, 2), 1e-15);
    // Where 1 - r is 1 in double precision, the rate still counts.
    assertEquals(1e-11, ImpostorTail.ofGallery(1e-17, 1_000_000), 1e-15);
    assertEquals(1e-8, ImpostorTail.ofOneFace(0.01, 1_000_000), 1e-10);
  }

  @Test
  void pointsThatFallAreRefused() {
    assertThrows(IllegalArgumentException.class, () -> ImpostorTail.through(0.5, 1e-3, 0.5, 1e-5));
    assertThrows(IllegalArgumentException.class, () -> ImpostorTail.deviate(0));
    assertThrows(IllegalArgumentException.class, () -> ImpostorTail.deviate(1));
  }
}
