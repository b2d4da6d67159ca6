package io.facepipeline.evaluation.liveness;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.facepipeline.Image;
import io.facepipeline.evaluation.plot.Plots;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class LivenessReportTest {
  private static final List<Float> LIVE = List.of(0.9f, 0.8f, 0.4f, 1f);

  private static Map<String, List<Float>> attacks() {
    Map<String, List<Float>> attacks = new LinkedHashMap<>();
    attacks.put("print", List.of(0.1f, 0.5f, 0.2f, 0.3f));
    attacks.put("replay", List.of(0.6f, 0.1f));
    return attacks;
  }

  @Test
  void aScoreAtTheThresholdIsLive() {
    LivenessReport report = LivenessReport.of(LIVE, attacks(), 0.5);
    assertEquals(0.25, report.apcer("print", 0.5));
    assertEquals(0.5, report.apcer("replay", 0.5));
    assertEquals(0.5, report.apcer(), "the worst species counts");
    assertEquals(0.25, report.bpcer());
    assertEquals(0.375, report.acer());
    assertEquals(0, report.bpcer(0.4f));
    assertEquals(List.of("print", "replay"), report.species());
  }

  @Test
  void theThresholdIsSweptOverAllScores() {
    LivenessReport report = LivenessReport.of(LIVE, attacks(), 0.5);
    // Above 0.6 no attack passes, and one of four live faces fails.
    assertEquals(Math.nextUp(0.6f), report.thresholdAtApcer(0.01));
    assertEquals(0.25, report.bpcerAtApcer(0.01));
    assertEquals(Math.nextUp(0.6f), report.equalErrorThreshold());
    assertEquals(0.25, report.values().get("eer") instanceof Double e ? 2 * e : -1);
    assertEquals(0, report.thresholdAtApcer(1), 0.11);
    LivenessReport hopeless =
        LivenessReport.of(List.of(0.5f), Map.of("mask", List.of(Float.MAX_VALUE)), 0.5);
    assertEquals(1, hopeless.apcer());
    assertEquals(1, hopeless.bpcerAtApcer(0.01));
  }

  /** By counting, as the standard defines the rates. */
  @Test
  void theRatesAreThoseThatAreCounted() {
    SplittableRandom random = new SplittableRandom(7);
    List<Float> live = new ArrayList<>();
    Map<String, List<Float>> attacks = new LinkedHashMap<>();
    for (int i = 0; i < 500; i++) {
      live.add(Math.round(100 * (0.3f + 0.7f * (float) random.nextDouble())) / 100f);
      attacks
          .computeIfAbsent("species " + i % 3, s -> new ArrayList<>())
          .add(Math.round(100 * (0.7f * (float) random.nextDouble())) / 100f);
    }
    LivenessReport report = LivenessReport.of(live, attacks, 0.5);
    double least = 2;
    for (double threshold : report.thresholds()) {
      double worst = 0;
      for (List<Float> scores : attacks.values()) {
        double passed = scores.stream().filter(s -> s >= threshold).count();
        worst = Math.max(worst, passed / scores.size());
      }
      double failed = live.stream().filter(s -> s < threshold).count();
      assertEquals(worst, report.apcer(threshold));
      assertEquals(failed / live.size(), report.bpcer(threshold), 1e-12);
      least = Math.min(least, Math.max(worst, failed / live.size()));
      if (worst <= 0.05) {
        assertTrue(report.thresholdAtApcer(0.05) <= threshold);
      } else {
        assertTrue(report.thresholdAtApcer(0.05) > threshold);
      }
    }
    double equal = report.equalErrorThreshold();
    assertEquals(least, Math.max(report.apcer(equal), report.bpcer(equal)), 1e-12);
  }

  @Test
  void theFiguresAreWrittenAndDrawn(@TempDir Path folder) {
    LivenessReport report = LivenessReport.of(LIVE, attacks(), 0.5);
    String table = report.table().toText();
    assertTrue(table.contains("APCER, replay") && table.contains("50.00 %"), table);
    assertTrue(table.contains("37.50 %"), table);
    assertEquals(
        Map.of("attacks", 2, "apcer", 0.5),
        ((Map<?, ?>) report.values().get("species")).get("replay"));
    Path file = folder.resolve("liveness.png");
    Plots.liveness(report, file);
    assertTrue(Image.read(file).width() > 300);
  }

  @Test
  void withoutFacesOfBothKindsThereAreNoRates() {
    for (Map<String, List<Float>> none :
        List.of(Map.<String, List<Float>>of(), Map.of("print", List.<Float>of()))) {
      IllegalArgumentException e =
          assertThrows(IllegalArgumentException.class, () -> LivenessReport.of(LIVE, none, 0.5));
      assertTrue(e.getMessage().contains("4 live faces"), e.getMessage());
    }
    assertThrows(
        IllegalArgumentException.class, () -> LivenessReport.of(List.of(), attacks(), 0.5));
    assertThrows(
        IllegalArgumentException.class,
        () -> LivenessReport.of(List.of(Float.NaN), attacks(), 0.5));
    assertThrows(
        IllegalArgumentException.class,
        () -> LivenessReport.of(LIVE, attacks(), 0.5).apcer("mask", 0.5));
  }
}
