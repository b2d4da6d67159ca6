package io.facepipeline.evaluation.internal;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.facepipeline.Embedding;
import io.facepipeline.evaluation.verification.RocCurve.OperatingPoint;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;

final class ImpostorScoresTest {
  @Test
  void thresholdsAreThoseOfAllPairsOfDifferentPeople() {
    Random random = new Random(1);
    Map<String, List<Embedding>> people = new TreeMap<>();
    for (int person = 0; person < 20; person++) {
      for (int photo = 0; photo <= person % 3; photo++) {
        float[] vector = new float[7];
        for (int i = 0; i < vector.length; i++) {
          vector[i] = (float) random.nextGaussian();
        }
        people.computeIfAbsent("p" + person, p -> new ArrayList<>()).add(Embedding.of("m", vector));
      }
    }
    List<Double> similarities = new ArrayList<>();
    people.forEach(
        (a, of) ->
            people.forEach(
                (b, others) -> {
                  if (a.compareTo(b) < 0) {
                    of.forEach(
                        x -> others.forEach(y -> similarities.add((double) x.similarity(y))));
                  }
                }));

    ImpostorScores scores = ImpostorScores.between(people, 2);

    assertEquals(similarities.size(), scores.pairs());
    for (double rate : new double[] {0, 0.01, 0.1, 0.5, 1}) {
      OperatingPoint point = OperatingPoint.ofDifferentPeople(people, rate, 2);
      assertEquals(scores.atFalseAcceptRate(rate), point);
      long reached = similarities.stream().filter(s -> s >= point.threshold()).count();
      assertEquals(reached, point.falseAccepts(), "at " + rate);
      assertTrue(reached <= rate * similarities.size() + 1e-9, "at " + rate);
      long lower = similarities.stream().filter(s -> s >= point.threshold() - 1e-5).count();
      assertTrue(rate == 1 || lower > rate * similarities.size(), "at " + rate);
    }
  }

  @Test
  void onePersonHasNoImpostors() {
    Embedding one = Embedding.of("m", new float[] {1, 0});

    ImpostorScores scores = ImpostorScores.between(Map.of("a", List.of(one, one)), 1);

    assertEquals(0, scores.pairs());
    assertEquals(0, ImpostorScores.between(Map.of(), 1).pairs());
    assertTrue(Double.isNaN(scores.atFalseAcceptRate(1e-3).falseAcceptRate()));
  }

  @Test
  void aRateOutOfRangeIsRefused() {
    assertThrows(
        IllegalArgumentException.class, () -> OperatingPoint.ofDifferentPeople(Map.of(), 1.5, 1));
  }

  @Test
  void embeddingsOfDifferentModelsAreRefused() {
    Map<String, List<Embedding>> people = new TreeMap<>();
    people.put("a", List.of(Embedding.of("m", new float[] {1, 0})));
    people.put("b", List.of(Embedding.of("n", new float[] {1, 0})));

    assertThrows(IllegalArgumentException.class, () -> ImpostorScores.between(people, 1));
  }

  @Test
  void twoKindsOfPhotosAreComparedAcross() {
    Embedding right = Embedding.of("m", new float[] {1, 0});
    Embedding up = Embedding.of("m", new float[] {0, 1});
    Embedding between = Embedding.of("m", new float[] {3, 4});
    ImpostorScores scores =
        ImpostorScores.across(
            Map.of("ada", List.of(right, between), "bao", List.of(up)),
            Map.of("ada", List.of(right), "chi", List.of(between)),
            2);
    // Of ada's two with chi's: 0.6 and 1; of bao's: 0 with ada's and 0.8 with chi's.
    assertEquals(4, scores.pairs());
    assertEquals(0.25, scores.falseAcceptRate(0.9));
    assertEquals(0.5, scores.falseAcceptRate(0.8 - 1e-5));
    assertEquals(0.75, scores.falseAcceptRate(0.6 - 1e-5));
    assertEquals(1, scores.falseAcceptRate(-1));
    OperatingPoint half = scores.atFalseAcceptRate(0.5);
    assertEquals(0.5, scores.falseAcceptRate(half.threshold()));
    assertEquals(2, half.falseAccepts());
  }
}
