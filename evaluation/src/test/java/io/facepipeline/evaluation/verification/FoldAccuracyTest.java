package io.facepipeline.evaluation.verification;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.facepipeline.evaluation.verification.VerificationReport.ScoredPair;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;

final class FoldAccuracyTest {
  private static final double EXACT = 1e-9;

  @Test
  void eachFoldIsJudgedByTheThresholdOfTheOthers() {
    // Alone, fold 0 would choose a threshold below 0.3 and be all right; the others demand more.
    List<ScoredPair> pairs =
        new Pairs()
            .same(0, 0.9, 0.305)
            .different(0, 0.1, 0.2)
            .same(1, 0.9, 0.802)
            .different(1, 0.1, 0.402)
            .same(2, 0.9, 0.802)
            .different(2, 0.1, 0.402)
            .list();

    FoldAccuracy accuracy = FoldAccuracy.of(pairs);

    // The first best step of folds 1 and 2 is the first distance above 2 - 2 * 0.802 = 0.396, which
    // lets their last pair of the same person in: 0.40, a cosine of 0.8.
    assertEquals(0.8, accuracy.folds().get(0).threshold(), EXACT);
    assertEquals(3, accuracy.folds().get(0).correct());
    assertEquals(4, accuracy.folds().get(1).correct());
    assertEquals(4, accuracy.folds().get(2).correct());
    assertEquals((0.75 + 1 + 1) / 3, accuracy.mean(), EXACT);
    // Deviations -1/6, 1/12, 1/12: the mean of their squares is (1/36 + 2/144) / 3 = 1/72.
    assertEquals(Math.sqrt(1 / 72.0), accuracy.deviation(), EXACT);
    assertFalse(accuracy.isCorrect(pairs.get(1)));
    assertTrue(accuracy.isCorrect(pairs.get(0)));
  }

  @Test
  void aPairWithoutAFaceIsWrongWhicheverItIs() {
    List<ScoredPair> pairs =
        new Pairs()
            .same(0, 0.9, Double.NaN)
            .different(0, 0.1, Double.NaN)
            .same(1, 0.9)
            .different(1, 0.1)
            .list();

    FoldAccuracy accuracy = FoldAccuracy.of(pairs);

    assertEquals(0.5, accuracy.folds().get(0).accuracy(), EXACT);
    assertEquals(1, accuracy.folds().get(1).accuracy(), EXACT);
  }

  @Test
  void equalScoresAreRightHalfTheTime() {
    FoldAccuracy accuracy =
        FoldAccuracy.of(
            new Pairs()
                .same(0, 0.5, 0.5)
                .different(0, 0.5, 0.5)
                .same(1, 0.5)
                .different(1, 0.5)
                .list());

    assertEquals(0.5, accuracy.mean(), EXACT);
    assertEquals(0, accuracy.deviation(), EXACT);
  }

  @Test
  void foldsWithoutPairsDoNotCount() {
    FoldAccuracy accuracy =
        FoldAccuracy.of(
            new Pairs().same(0, 0.9).different(0, 0.1).same(7, 0.9).different(7, 0.1).list());

    assertEquals(List.of(0, 7), accuracy.folds().stream().map(FoldAccuracy.Fold::index).toList());
    assertEquals(1, accuracy.mean());
  }

  @Test
  void aSingleKindOfPairsIsJudgedToo() {
    assertEquals(1, FoldAccuracy.of(new Pairs().same(0, 0.9).same(1, 0.9).list()).mean());
    assertEquals(1, FoldAccuracy.of(new Pairs().different(0, 0.9).different(1, 0.2).list()).mean());
  }

  @Test
  void oneFoldHasNoOthers() {
    List<ScoredPair> one = new Pairs().same(0, 0.9).different(0, 0.1).list();

    assertTrue(
        assertThrows(IllegalArgumentException.class, () -> FoldAccuracy.of(one))
            .getMessage()
            .contains("two folds"));
    assertThrows(IllegalArgumentException.class, () -> FoldAccuracy.of(List.of()));
  }

  /** The published procedure, written down as facenet's evaluation has it. */
  @Test
  void equalsThePublishedProcedure() {
    Random random = new Random(11);
    Pairs made = new Pairs();
    for (int fold = 0; fold < 10; fold++) {
      for (int i = 0; i < 30; i++) {
        made.same(fold, Math.min(1, 0.6 + 0.25 * random.nextGaussian()));
        made.different(fold, Math.max(-1, 0.1 + 0.25 * random.nextGaussian()));
      }
    }
    List<ScoredPair> pairs = made.list();
    double[] expected = new double[10];
    for (int fold = 0; fold < 10; fold++) {
      int best = -1;
      double threshold = 0;
      for (int step = 0; step < 400; step++) {
        int right = 0;
        for (ScoredPair p : pairs) {
          double distance = 2 - 2 * p.similarity();
          if (p.pair().fold() != fold && distance < step * 0.01 == p.pair().same()) {
            right++;
          }
        }
        if (right > best) {
          best = right;
          threshold = step * 0.01;
        }
      }
      for (ScoredPair p : pairs) {
        if (p.pair().fold() == fold && 2 - 2 * p.similarity() < threshold == p.pair().same()) {
          expected[fold] += 1 / 60.0;
        }
      }
    }

    FoldAccuracy accuracy = FoldAccuracy.of(pairs);

    for (int fold = 0; fold < 10; fold++) {
      assertEquals(expected[fold], accuracy.folds().get(fold).accuracy(), EXACT);
    }
  }
}
