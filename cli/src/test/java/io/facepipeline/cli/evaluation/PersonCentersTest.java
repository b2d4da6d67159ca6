package io.facepipeline.cli.evaluation;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.facepipeline.Embedding;
import io.facepipeline.cli.evaluation.PersonCenters.Embedded;
import io.facepipeline.cli.evaluation.PersonCenters.Placed;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

class PersonCentersTest {
  private static Embedded photo(String name, float... vector) {
    return new Embedded(Path.of(name), Embedding.of("model", vector));
  }

  @Test
  void distancesAreFromTheMeanAndSimilaritiesToTheOthers() {
    Map<String, List<Placed>> placed =
        PersonCenters.place(
            Map.of("ada", List.of(photo("1", 1, 0), photo("2", 0, 1), photo("3", 1, 0))));

    Placed odd = placed.get("ada").get(0);
    assertEquals(Path.of("2"), odd.file());
    // The mean is (2/3, 1/3).
    assertEquals(Math.sqrt(8) / 3, odd.distance(), 1e-9);
    assertEquals(0, odd.similarity(), 1e-9);
    Placed other = placed.get("ada").get(1);
    assertEquals(Math.sqrt(2) / 3, other.distance(), 1e-9);
    assertEquals(Math.sqrt(0.5), other.similarity(), 1e-9);
    assertNull(other.nearest());
    assertTrue(odd.isSuspect(0.1));
    assertFalse(other.isSuspect(0.1));
  }

  @Test
  void aPhotoNearerToAnotherPersonIsSuspect() {
    Map<String, List<Placed>> placed =
        PersonCenters.place(
            Map.of(
                "ada", List.of(photo("1", 1, 0, 0), photo("2", 0.6f, 0.8f, 0)),
                "bao", List.of(photo("3", 0, 1, 0), photo("4", 0, 1, 0)),
                "cleo", List.of(photo("5", 0, 0, 1))));
    for (Placed photo : placed.get("ada")) {
      assertEquals(0.6, photo.similarity(), 1e-6);
      assertEquals(photo.file().equals(Path.of("2")), photo.isSuspect(0.5), photo.toString());
    }
    // The other person is no nearer than strangers are.
    assertFalse(new Placed("a", Path.of("6"), 1, 0.31, "b", 0.29).isSuspect(0.3));
    Placed alone = placed.get("cleo").get(0);
    assertNull(alone.similarity());
    assertFalse(alone.isSuspect(1));
  }

  @Test
  void percentilesAreThoseOfNumpy() {
    double[] values = {4, 1, 3, 2};
    assertEquals(1, PersonCenters.percentile(values, 0));
    assertEquals(2.5, PersonCenters.percentile(values, 50), 1e-12);
    assertEquals(3.7, PersonCenters.percentile(values, 90), 1e-12);
    assertEquals(4, PersonCenters.percentile(values, 100));
    assertEquals(7, PersonCenters.percentile(new double[] {7}, 95));
  }
}
