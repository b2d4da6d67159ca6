package io.facepipeline.evaluation.groups;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.facepipeline.Embedding;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;

class GroupReportTest {
  private static Embedding at(double degrees) {
    double angle = Math.toRadians(degrees);
    return Embedding.of("angles", new float[] {(float) Math.cos(angle), (float) Math.sin(angle)});
  }

  @Test
  void pairsWithinTheGroupAndViewsAreCounted() {
    List<GroupReport.Views> views =
        List.of(
            new GroupReport.Views(at(0), at(10)),
            new GroupReport.Views(at(20), at(80)),
            new GroupReport.Views(at(90), null),
            new GroupReport.Views(at(180), at(185)));
    GroupReport report = GroupReport.of("age", "old", views, Math.cos(Math.toRadians(30)));
    assertEquals(6, report.pairs());
    assertEquals(1, report.falseAccepts());
    assertEquals(1 / 6.0, report.falseAcceptRate(), 1e-12);
    assertEquals(0.5, report.trueAcceptRate());
    // Two photos are in a third of their three pairs each, two in none: deviation 0.5774 of a pair.
    assertEquals(2 * 0.57735 / 2 / 3, report.error(), 1e-5);
    List<String> row = GroupReport.table(List.of(report)).rows().get(0);
    assertEquals(List.of("age", "old", "4", "6", "1"), row.subList(0, 5));
    assertEquals("16.6667 %, 0.0000 to 54.3869", row.get(5));
    assertTrue(row.get(6).startsWith("50.00 %, 15.0 to 85.0"), row.toString());
    assertEquals(1 / 6.0, (double) report.values().get("far"), 1e-12);
  }

  /** No false accept among few people does not show that there is none among many. */
  @Test
  void noFalseAcceptIsNoCertainty() {
    List<GroupReport.Views> views = new ArrayList<>();
    for (int i = 0; i < 8; i++) {
      views.add(new GroupReport.Views(at(45 * i), at(45 * i)));
    }
    GroupReport none = GroupReport.of("age", "old", views, 0.9);
    assertEquals(
        "0.0000 %, 0.0000 to 48.9891", GroupReport.table(List.of(none)).rows().get(0).get(5));
    GroupReport all = GroupReport.of("age", "old", views, -1);
    assertEquals(
        "100.0000 %, 51.0109 to 100.0000", GroupReport.table(List.of(all)).rows().get(0).get(5));
    GroupReport two = GroupReport.of("age", "old", views.subList(0, 2), 0.9);
    assertEquals(
        "0.0000 %, 0.0000 to 79.3451", GroupReport.table(List.of(two)).rows().get(0).get(5));
  }

  @Test
  void aGroupOfOneHasNoRate() {
    GroupReport report =
        GroupReport.of("age", "old", List.of(new GroupReport.Views(at(0), at(0))), 0.5);
    assertTrue(Double.isNaN(report.falseAcceptRate()));
    assertNull(report.values().get("far"));
    assertEquals("-", GroupReport.table(List.of(report)).rows().get(0).get(5));
  }

  /** The interval holds the true rate in about 95 of 100 draws of a group. */
  @Test
  void theIntervalHoldsTheTrueRate() {
    Random random = new Random(8);
    // Photos are directions on a circle: of any two, 60 of 360 degrees are near enough.
    double threshold = Math.cos(Math.toRadians(30));
    int held = 0;
    for (int draw = 0; draw < 200; draw++) {
      List<GroupReport.Views> views = new ArrayList<>();
      for (int i = 0; i < 60; i++) {
        // Half of the people are alike, or every photo would have the same rate.
        double where = random.nextBoolean() ? 90 * random.nextDouble() : 360 * random.nextDouble();
        views.add(new GroupReport.Views(at(where), null));
      }
      GroupReport report = GroupReport.of("", "", views, threshold);
      List<?> interval = (List<?>) report.values().get("farInterval");
      held +=
          (double) interval.get(0) <= TRUE_RATE && TRUE_RATE <= (double) interval.get(1) ? 1 : 0;
    }
    assertTrue(held > 180, held + " of 200");
  }

  /** Of the half within 90 degrees among themselves 5/9, all other kinds of pairs 1/6. */
  private static final double TRUE_RATE = 0.25 * 5 / 9 + 0.75 / 6;
}
