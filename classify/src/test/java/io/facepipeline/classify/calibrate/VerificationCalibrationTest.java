package io.facepipeline.classify.calibrate;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.facepipeline.Embedding;
import io.facepipeline.Match;
import io.facepipeline.Match.Candidate;
import io.facepipeline.classify.calibrate.VerificationCalibration.CalibratedMatch;
import io.facepipeline.classify.calibrate.VerificationCalibration.TooFewPairsException;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

final class VerificationCalibrationTest {
  private static final String MODEL = "test@1";
  private static final Map<String, List<Embedding>> PEOPLE = people(120, 3);

  private static Map<String, List<Embedding>> people(int count, int photos) {
    Map<String, List<Embedding>> people = new LinkedHashMap<>();
    for (int person = 0; person < count; person++) {
      List<Embedding> faces = new ArrayList<>();
      for (int photo = 0; photo < photos; photo++) {
        faces.add(face(person, photo));
      }
      people.put("person " + person, faces);
    }
    return people;
  }

  private static Embedding face(int person, int photo) {
    Random direction = new Random(person);
    Random around = new Random(1000L * person + photo + 77);
    float[] vector = new float[24];
    for (int d = 0; d < vector.length; d++) {
      vector[d] = (float) (direction.nextGaussian() + 0.5 * around.nextGaussian());
    }
    return Embedding.of(MODEL, vector);
  }

  @ParameterizedTest
  @EnumSource(VerificationCalibration.SimilarityMeasure.class)
  void thresholdsLetThroughAsManyPairsAsTheRateSays(
      VerificationCalibration.SimilarityMeasure measure) {
    VerificationCalibration calibration = VerificationCalibration.fit(PEOPLE, measure);
    int pairs = 120 * 119 / 2 * 9;
    assertEquals(pairs, calibration.impostorPairs());
    assertEquals(120 * 3, calibration.genuinePairs());
    assertEquals(Set.of(1e-2, 1e-3), calibration.thresholds().keySet());
    for (double rate : new double[] {1e-2, 1e-3}) {
      int accepted = 0;
      List<List<Embedding>> people = List.copyOf(PEOPLE.values());
      for (int i = 0; i < people.size(); i++) {
        for (int j = 0; j < i; j++) {
          for (Embedding a : people.get(i)) {
            for (Embedding b : people.get(j)) {
              CalibratedMatch match = calibration.verify(a, b, rate);
              accepted += match.same() ? 1 : 0;
            }
          }
        }
      }
      assertTrue(accepted <= rate * pairs, accepted + " at " + rate);
      assertTrue(accepted >= rate * pairs - 2, accepted + " at " + rate);
    }
  }

  @Test
  void bothMeasuresAcceptTheSamePairs() {
    VerificationCalibration cosine =
        VerificationCalibration.fit(PEOPLE, VerificationCalibration.SimilarityMeasure.COSINE);
    VerificationCalibration distance =
        VerificationCalibration.fit(PEOPLE, VerificationCalibration.SimilarityMeasure.EUCLIDEAN);
    assertEquals(Math.sqrt(2 - 2 * cosine.threshold(1e-3)), distance.threshold(1e-3), 1e-6);
    for (int i = 0; i < 300; i++) {
      Embedding a = face(i, 50);
      Embedding b = face(i + i % 2, 51);
      assertEquals(
          cosine.verify(a, b, 1e-3).same(), distance.verify(a, b, 1e-3).same(), "pair " + i);
    }
  }

  @ParameterizedTest
  @EnumSource(VerificationCalibration.SimilarityMeasure.class)
  void probabilitiesRiseWithLikenessAndAreCalibrated(
      VerificationCalibration.SimilarityMeasure measure) {
    VerificationCalibration calibration = VerificationCalibration.fit(PEOPLE, measure);
    double last = -1;
    for (double cosine = -1; cosine <= 1; cosine += 0.05) {
      double p = calibration.probability(measure.ofCosine(cosine));
      assertTrue(p >= last && p >= 0 && p <= 1);
      last = p;
    }
    // As many new pairs of one person as of two: among those given 0.2 to 0.8 about as many are of
    // one person as the probabilities say.
    double said = 0;
    double ofOne = 0;
    for (int i = 0; i < 20_000; i++) {
      boolean same = i % 2 == 0;
      Embedding a = face(5000 + i, 0);
      Embedding b = face(5000 + i + (same ? 0 : 1), 1);
      double p = calibration.probability(measure.of(a, b));
      if (p > 0.2 && p < 0.8) {
        said += p;
        ofOne += same ? 1 : 0;
      }
    }
    assertTrue(said > 50, "few pairs are in doubt: " + said);
    assertEquals(1, ofOne / said, 0.3);
  }

  @Test
  void aRateThatRestsOnTooFewPairsIsRefusedWithTheNumberNeeded() {
    VerificationCalibration calibration =
        VerificationCalibration.fit(PEOPLE, VerificationCalibration.SimilarityMeasure.COSINE);
    TooFewPairsException e =
        assertThrows(TooFewPairsException.class, () -> calibration.threshold(1e-5));
    assertEquals(1_000_000, e.pairsNeeded());
    assertEquals(64_260, e.pairs());
    assertEquals(1e-5, e.falseAcceptRate());
    assertTrue(e.getMessage().contains("1000000 pairs"), e.getMessage());
    assertTrue(e.getMessage().contains("64260"), e.getMessage());
    assertThrows(IllegalArgumentException.class, () -> calibration.threshold(0));
    assertThrows(IllegalArgumentException.class, () -> calibration.threshold(1));
  }

  @Test
  void manyEnrolledPeopleNeedAStricterThreshold() {
    VerificationCalibration calibration =
        VerificationCalibration.fit(PEOPLE, VerificationCalibration.SimilarityMeasure.COSINE);
    assertEquals(calibration.threshold(0.01), calibration.identificationThreshold(0.01, 1), 1e-9);
    double strict = calibration.identificationThreshold(0.1, 100);
    assertEquals(calibration.threshold(1 - Math.pow(0.9, 0.01)), strict, 1e-6);
    assertThrows(
        TooFewPairsException.class, () -> calibration.identificationThreshold(0.001, 1000));

    int named = 0;
    for (int stranger = 0; stranger < 500; stranger++) {
      Embedding probe = face(9000 + stranger, 0);
      List<Candidate> found = new ArrayList<>();
      for (int person = 0; person < 50; person++) {
        found.add(new Candidate("person " + person, probe.similarity(face(person, 0))));
      }
      found.sort((a, b) -> Float.compare(b.score(), a.score()));
      Match who = calibration.identify(found, 50, 0.1);
      named += who.isKnown() ? 1 : 0;
      assertTrue(who.score() >= 0 && who.score() <= 1);
    }
    assertTrue(named < 100, named + " of 500 strangers named where 50 may be");
    Embedding known = face(7, 9);
    List<Candidate> found =
        List.of(
            new Candidate("person 7", known.similarity(face(7, 0))),
            new Candidate("person 8", known.similarity(face(8, 0))));
    assertEquals("person 7", calibration.identify(found, 50, 0.1).label());
    assertFalse(calibration.identify(List.of(), 50, 0.1).isKnown());
  }

  @Test
  void refusesWhatItCannotCalibrate() {
    assertThrows(
        IllegalArgumentException.class,
        () ->
            VerificationCalibration.fit(
                Map.of(), VerificationCalibration.SimilarityMeasure.COSINE));
    assertThrows(
        IllegalArgumentException.class,
        () ->
            VerificationCalibration.fit(
                people(1, 5), VerificationCalibration.SimilarityMeasure.COSINE));
    assertThrows(
        IllegalArgumentException.class,
        () ->
            VerificationCalibration.fit(
                people(5, 1), VerificationCalibration.SimilarityMeasure.COSINE));
    VerificationCalibration calibration =
        VerificationCalibration.fit(PEOPLE, VerificationCalibration.SimilarityMeasure.COSINE);
    Embedding other = Embedding.of("other@2", face(1, 1).toArray());
    IllegalArgumentException e =
        assertThrows(IllegalArgumentException.class, () -> calibration.verify(other, other, 0.01));
    assertTrue(e.getMessage().contains(MODEL), e.getMessage());
  }
}
