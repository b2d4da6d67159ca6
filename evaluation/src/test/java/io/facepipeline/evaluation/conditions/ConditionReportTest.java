package io.facepipeline.evaluation.conditions;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.facepipeline.Embedding;
import io.facepipeline.ModelCard;
import io.facepipeline.evaluation.Table;
import io.facepipeline.evaluation.internal.WilsonInterval;
import io.facepipeline.evaluation.verification.FacePair;
import io.facepipeline.evaluation.verification.FacePair.PersonPhoto;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

class ConditionReportTest {
  private static final ModelCard.Thresholds CARD = new ModelCard.Thresholds(0.5f, 0.8f, 9, "none");

  private static PersonPhoto photo(String person, int number) {
    return new PersonPhoto(person, Path.of(person + number));
  }

  private static Embedding at(double degrees) {
    double angle = Math.toRadians(degrees);
    return Embedding.of("angles", new float[] {(float) Math.cos(angle), (float) Math.sin(angle)});
  }

  /**
   * Three people 90 degrees apart or more; under the condition bao is not found, and chi is off.
   */
  private static ConditionReport report() {
    List<FacePair> pairs =
        List.of(
            new FacePair(photo("ada", 1), photo("ada", 2), true, 0),
            new FacePair(photo("bao", 1), photo("bao", 2), true, 0),
            new FacePair(photo("chi", 1), photo("chi", 2), true, 1),
            new FacePair(photo("ada", 1), photo("chi", 2), false, 0),
            new FacePair(photo("bao", 1), photo("chi", 2), false, 1),
            new FacePair(photo("chi", 1), photo("ada", 2), false, 1));
    Map<Path, Embedding> plain = new LinkedHashMap<>();
    plain.put(Path.of("ada1"), at(0));
    plain.put(Path.of("bao1"), at(90));
    plain.put(Path.of("chi1"), at(180));
    Map<Path, Embedding> changed =
        Map.of(
            Path.of("ada2"), at(10),
            Path.of("chi2"), at(115));
    return ConditionReport.of(Condition.MASKED, pairs, plain, changed, 2);
  }

  @Test
  void aPairIsTheGoodPhotoAndTheBadOne() {
    ConditionReport report = report();
    assertEquals(3, report.photos());
    assertEquals(2, report.found());
    assertEquals(Math.cos(Math.toRadians(10)), report.report().pairs().get(0).similarity(), 1e-6);
    assertTrue(Double.isNaN(report.report().pairs().get(1).similarity()));
    assertEquals(Math.cos(Math.toRadians(65)), report.report().pairs().get(2).similarity(), 1e-6);
    assertEquals(1, report.report().withoutFace());
  }

  @Test
  void thresholdsComeFromAllPairsOfAGoodAndABadPhoto() {
    ConditionReport report = report();
    // Each good photo with the bad ones of others: ada 115, bao 80 and 25, chi 170 degrees.
    assertEquals(4, report.impostors().pairs());
    double highest = Math.cos(Math.toRadians(25));
    assertEquals(0.25, report.impostors().falseAcceptRate(highest - 1e-4));
    assertEquals(0, report.impostors().falseAcceptRate(highest + 1e-4));
    // At no false accept only ada's pair is above: one of three, the one without a face among them.
    assertEquals(1 / 3.0, report.trueAcceptRate(), 1e-9);
  }

  @Test
  void tableAndJsonTellTheSame() {
    ConditionReport report = report();
    Table table = ConditionReport.table(List.of(report), CARD);
    List<String> row = table.rows().get(0);
    assertEquals("masked", row.get(0));
    assertEquals("2 of 3", row.get(1));
    assertTrue(row.get(3).startsWith("33.33 % (too few), "), row.toString());
    assertEquals("33.33 %", row.get(6));
    assertEquals("2.5e-01", row.get(7));
    Map<?, ?> values = report.values(CARD);
    Map<?, ?> card = (Map<?, ?>) values.get("atCardThreshold");
    assertEquals(0.25, card.get("far"));
    assertEquals(1 / 3.0, (double) card.get("tar"), 1e-9);
    assertEquals("masked", values.get("condition"));
    assertEquals("-", ConditionReport.table(List.of(report), null).rows().get(0).get(6));
    assertEquals(6, ConditionReport.pairTable(List.of(report)).rows().size());
  }

  /** As R's prop.test without correction gives it. */
  @Test
  void theIntervalIsWilsons() {
    assertArrayEquals(new double[] {0.596, 0.982}, WilsonInterval.of(9, 10), 5e-4);
    assertArrayEquals(new double[] {0.0, 0.2775}, WilsonInterval.of(0, 10), 5e-4);
    assertTrue(Double.isNaN(WilsonInterval.of(0, 0)[0]));
  }
}
