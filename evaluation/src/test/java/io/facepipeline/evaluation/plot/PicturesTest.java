package io.facepipeline.evaluation.plot;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.facepipeline.Box;
import io.facepipeline.Face;
import io.facepipeline.Image;
import io.facepipeline.Landmarks;
import io.facepipeline.evaluation.Table;
import io.facepipeline.evaluation.detection.AnnotatedFace;
import io.facepipeline.evaluation.detection.AnnotatedFace.FaceRegion;
import io.facepipeline.evaluation.detection.DetectionReport;
import io.facepipeline.evaluation.identification.IdentificationReport;
import io.facepipeline.evaluation.verification.FacePair;
import io.facepipeline.evaluation.verification.FacePair.PersonPhoto;
import io.facepipeline.evaluation.verification.Pairs;
import io.facepipeline.evaluation.verification.RocCurve;
import io.facepipeline.evaluation.verification.VerificationReport;
import io.facepipeline.evaluation.verification.VerificationReport.ScoredPair;
import io.facepipeline.testkit.SharedData;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

final class PicturesTest {
  @TempDir Path folder;

  @Test
  void plotsAreDrawn() {
    VerificationReport report =
        VerificationReport.of(
            new Pairs()
                .same(0, 0.9, 0.7, 0.4)
                .different(0, 0.1, 0.2, 0.5)
                .same(1, 0.8)
                .different(1, 0.0)
                .list());
    IdentificationReport identification =
        IdentificationReport.of(
            List.of(
                new IdentificationReport.Probe(
                    new PersonPhoto("a", Path.of("a.jpg")), 2, 0.5, "b", 0.6)),
            List.of(),
            3);
    DetectionReport.Curve curve =
        DetectionReport.of(
                List.of(
                    new DetectionReport.Photo(
                        List.of(AnnotatedFace.of(new FaceRegion.Rectangle(new Box(0, 0, 10, 10)))),
                        List.of(
                            face(new Box(0, 0, 10, 7), 0.9f), face(new Box(20, 0, 30, 10), 0.8f)))))
            .regions();

    Plots.roc(Map.of("model", report.roc()), folder.resolve("roc.png"));
    Plots.scores(report, folder.resolve("scores.png"));
    Plots.cumulativeMatch(Map.of("model", identification), folder.resolve("cmc.png"));
    Plots.detection("detector", curve, folder.resolve("detection.png"));

    for (String name : List.of("roc.png", "scores.png", "cmc.png", "detection.png")) {
      Image plot = Image.read(folder.resolve(name));
      assertEquals(760, plot.width());
      assertTrue(colors(plot) > 20, name + " is blank");
    }
  }

  @Test
  void aPlotOfNothingIsRefused() {
    RocCurve onlyGenuine = RocCurve.of(new double[] {1}, new double[0]);

    assertThrows(
        IllegalArgumentException.class,
        () -> Plots.roc(Map.of("m", onlyGenuine), folder.resolve("roc.png")));
    assertThrows(
        IllegalArgumentException.class,
        () ->
            Plots.detection("d", DetectionReport.of(List.of()).regions(), folder.resolve("d.png")));
  }

  @Test
  void wrongPairsAreShown() {
    Path ada = SharedData.album("people/ada/ada_1.jpg");
    Path bao = SharedData.album("people/bao/bao_1.jpg");
    ScoredPair pair =
        new ScoredPair(
            new FacePair(new PersonPhoto("ada", ada), new PersonPhoto("bao", bao), false, 0), 0.5);
    ScoredPair missing =
        new ScoredPair(
            new FacePair(
                new PersonPhoto("ada", ada),
                new PersonPhoto("ada", folder.resolve("absent.jpg")),
                true,
                0),
            Double.NaN);
    Path sheet = folder.resolve("wrong.png");

    assertFalse(Plots.pairs(List.of(), Map.of(), sheet));
    assertFalse(Files.exists(sheet));
    assertTrue(Plots.pairs(List.of(pair, missing), Map.of(), sheet));

    Image image = Image.read(sheet);
    assertEquals(12 + 2 * 312, image.width());
    assertTrue(colors(image) > 1000, "no photos in it");
  }

  @Test
  void tablesAreTextCsvAndMarkdown() {
    Table table =
        new Table(List.of("a", "b"), List.of(List.of("1,5", "x"), List.of("say \"hi\"", "y|z")));

    assertEquals("a         b\n1,5       x\nsay \"hi\"  y|z\n", table.toText());
    assertEquals("a,b\r\n\"1,5\",x\r\n\"say \"\"hi\"\"\",y|z\r\n", table.toCsv());
    assertEquals(
        "| a | b |\n| --- | --- |\n| 1,5 | x |\n| say \"hi\" | y\\|z |\n", table.toMarkdown());
    assertThrows(
        IllegalArgumentException.class, () -> new Table(List.of("a"), List.of(List.of("1", "2"))));
  }

  private static Face face(Box box, float score) {
    return new Face(box, Landmarks.of(2, 2, 8, 2, 5, 5, 3, 8, 7, 8), score);
  }

  private static long colors(Image image) {
    return java.util.stream.IntStream.range(0, image.width() * image.height())
        .map(i -> image.rgbAt(i % image.width(), i / image.width()))
        .distinct()
        .count();
  }
}
