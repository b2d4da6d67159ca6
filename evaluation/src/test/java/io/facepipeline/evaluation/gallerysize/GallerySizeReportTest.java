package io.facepipeline.evaluation.gallerysize;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.facepipeline.Box;
import io.facepipeline.CropSpec;
import io.facepipeline.Embedding;
import io.facepipeline.Face;
import io.facepipeline.Landmarks;
import io.facepipeline.ModelCard.Thresholds;
import io.facepipeline.ProgressListener;
import io.facepipeline.evaluation.EvaluatedPhotos;
import io.facepipeline.evaluation.EvaluationRun.EvaluatedPhoto;
import io.facepipeline.evaluation.gallerysize.GallerySizeReport.Rate;
import io.facepipeline.evaluation.gallerysize.GallerySizeReport.Size;
import io.facepipeline.evaluation.identification.IdentificationReport.Split;
import io.facepipeline.evaluation.verification.FacePair.PersonPhoto;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;

class GallerySizeReportTest {
  private static final String MODEL = "formula@0";
  private static final int DIMENSIONS = 64;

  private final Random random = new Random(7);
  private final Map<Path, EvaluatedPhoto> photos = new HashMap<>();
  private final Map<String, List<Path>> gallery = new TreeMap<>();
  private final List<PersonPhoto> probes = new ArrayList<>();
  private final List<PersonPhoto> strangers = new ArrayList<>();

  private static Embedding embedding(double... vector) {
    float[] values = new float[vector.length];
    for (int i = 0; i < values.length; i++) {
      values[i] = (float) vector[i];
    }
    return Embedding.of(MODEL, values);
  }

  private Path photo(String name, Embedding embedding) {
    Path file = Path.of(name + ".jpg");
    Landmarks landmarks = ((CropSpec.Rule.Template) CropSpec.arcFace(112).rule()).template();
    photos.put(
        file,
        EvaluatedPhoto.embedded(file, new Face(new Box(0, 0, 9, 9), landmarks, 1), embedding));
    return file;
  }

  private GallerySizeReport report(
      List<Embedding> distractors, List<Integer> sizes, List<Double> rates, Thresholds card) {
    return GallerySizeReport.of(
        new GallerySizeReport.Protocol(
            new Split(gallery, probes, strangers), photos, distractors, sizes, rates, 1, 2),
        card,
        ProgressListener.NONE);
  }

  /** Two people, found at cosines of 0.8 and 0.6, and two strangers. */
  private void twoPeople() {
    gallery.put("ada", List.of(photo("ada_1", embedding(1, 0, 0, 0))));
    gallery.put("bob", List.of(photo("bob_1", embedding(0, 1, 0, 0))));
    probes.add(new PersonPhoto("ada", photo("ada_2", embedding(0.8, 0, 0.6, 0))));
    probes.add(new PersonPhoto("bob", photo("bob_2", embedding(0, 0.6, 0, 0.8))));
    strangers.add(new PersonPhoto("eve", photo("eve_1", embedding(0.3, 0, 0, -0.954))));
    strangers.add(new PersonPhoto("mal", photo("mal_1", embedding(0, 0.5, -0.866, 0))));
  }

  @Test
  void distractorsTakeRanksAndNameStrangers() {
    twoPeople();
    // One is eve's double, the other more alike to bob's probe than bob.
    List<Embedding> distractors = List.of(embedding(0.2, 0, 0, -0.9), embedding(0, 0, 0, 1));
    GallerySizeReport report =
        report(distractors, List.of(2, 4), List.of(0.5), new Thresholds(0.4f, 0.55f, 9, "none"));

    Size small = report.sizes().get(0);
    assertEquals(1, small.rankOne());
    // One of two strangers may be named: mal at 0.5, who is named unless it is more than that.
    assertEquals(0.5, small.rates().get(0).measured().threshold(), 1e-4);
    assertEquals(2, small.rates().get(0).measured().identified());
    assertEquals(1, small.rates().get(0).measured().named());
    assertEquals(2, present(small.card()).identified());
    assertEquals(0, present(small.card()).named());

    Size large = report.sizes().get(1);
    assertEquals(0, large.made());
    assertEquals(0.5, large.rankOne());
    assertEquals(1, present(large.card()).named());
    // Now eve is the one who may be named, and mal is not: only ada's probe is above him.
    Rate rate = large.rates().get(0);
    assertEquals(0.8, rate.measured().threshold(), 1e-4);
    assertEquals(1, rate.measured().identified());
    assertEquals(1, rate.measured().named());
    assertNull(report.check());
    assertEquals(2 * 4, report.tail().pairs());
  }

  private static <T> T present(T value) {
    assertNotNull(value);
    return value;
  }

  @Test
  void aProbeWithoutAFaceCountsAndIsNeverNamed() {
    twoPeople();
    Path empty = Path.of("empty.jpg");
    photos.put(empty, EvaluatedPhotos.withoutFace(empty));
    probes.add(new PersonPhoto("ada", empty));
    strangers.add(new PersonPhoto("tom", empty));
    GallerySizeReport report =
        report(List.of(embedding(0, 0, 0, 1)), List.of(3), List.of(0.4), null);
    Size size = report.sizes().get(0);
    assertEquals(1 / 3.0, size.rankOne(), 1e-9);
    assertEquals(3, size.rates().get(0).measured().strangers());
    assertEquals(1, size.rates().get(0).measured().named());
    assertNull(size.card());
  }

  private Embedding anybody() {
    return Embedding.of(MODEL, gaussian());
  }

  private float[] gaussian() {
    float[] vector = new float[DIMENSIONS];
    for (int k = 0; k < vector.length; k++) {
      vector[k] = (float) random.nextGaussian();
    }
    return vector;
  }

  private void many(int people, int others) {
    for (int i = 0; i < people; i++) {
      float[] person = gaussian();
      float[] noise = gaussian();
      gallery.put("p" + i, List.of(photo("p" + i, Embedding.of(MODEL, person))));
      for (int k = 0; k < person.length; k++) {
        person[k] += 0.8f * noise[k];
      }
      probes.add(new PersonPhoto("p" + i, photo("q" + i, Embedding.of(MODEL, person))));
    }
    for (int i = 0; i < others; i++) {
      strangers.add(new PersonPhoto("s" + i, photo("s" + i, anybody())));
    }
  }

  /** People who are independent and evenly spread, as the formula has them. */
  @Test
  void theFormulaAgreesWithIndependentPeople() {
    many(20, 1_000);
    List<Embedding> distractors = new ArrayList<>();
    for (int i = 0; i < 2_000; i++) {
      distractors.add(anybody());
    }
    GallerySizeReport report =
        report(
            distractors,
            List.of(200, 2_000, 4_000),
            List.of(0.1),
            new Thresholds(0.3f, 0.4f, 9, "none"));
    for (Size size : report.sizes().subList(0, 2)) {
      Rate rate = size.rates().get(0);
      assertEquals(0.1, rate.formula().falseAcceptRate(), 0.03, size.toString());
      assertEquals(rate.measured().threshold(), rate.formula().threshold(), 0.015);
      assertFalse(rate.extrapolated());
      assertEquals(present(size.card()).falseAcceptRate(), size.cardByFormula(), 0.04);
    }
    assertEquals(1_980, report.sizes().get(2).made());
    GallerySizeReport.Check check = present(report.check());
    assertEquals(2_020, check.real().people());
    assertEquals(0, check.real().made());
    assertTrue(check.made().made() > 900, check.toString());
    // Mixed people are easier, never harder than chance allows.
    double real = check.real().rates().get(0).measured().threshold();
    double made = check.made().rates().get(0).measured().threshold();
    assertTrue(made < real + 0.01 && made > real - 0.1, real + " and " + made);
  }

  @Test
  void rareThresholdsAreExtrapolated() {
    many(10, 300);
    List<Embedding> distractors = new ArrayList<>();
    for (int i = 0; i < 300; i++) {
      distractors.add(anybody());
    }
    Rate rate =
        report(distractors, List.of(310), List.of(1e-3), null).sizes().get(0).rates().get(0);
    assertTrue(rate.extrapolated());
    assertFalse(rate.enough());
    // A share of 1e-3 / 310 is above 4.5 deviations, of 1 / 8 each.
    assertEquals(0.56, rate.formula().threshold(), 0.04);
  }

  @Test
  void theSameSeedGivesTheSameGalleries() {
    many(10, 50);
    List<Embedding> distractors = new ArrayList<>();
    for (int i = 0; i < 100; i++) {
      distractors.add(anybody());
    }
    GallerySizeReport once = report(distractors, List.of(500), List.of(0.1), null);
    assertEquals(once.sizes(), report(distractors, List.of(500), List.of(0.1), null).sizes());
    assertEquals(390, once.sizes().get(0).made());
  }

  @Test
  void tooFewFacesMakeNoOthers() {
    twoPeople();
    IllegalArgumentException e =
        assertThrows(
            IllegalArgumentException.class,
            () -> report(List.of(embedding(0, 0, 0, 1)), List.of(1_000), List.of(0.1), null));
    assertTrue(e.getMessage().contains("1 distractors, too few"), e.getMessage());
  }

  @Test
  void photosWithoutAnyFaceAreRefused() {
    Path empty = Path.of("empty.jpg");
    photos.put(empty, EvaluatedPhotos.withoutFace(empty));
    gallery.put("ada", List.of(empty));
    probes.add(new PersonPhoto("ada", empty));
    IllegalArgumentException e =
        assertThrows(
            IllegalArgumentException.class,
            () -> report(List.of(embedding(0, 0, 0, 1)), List.of(2), List.of(0.1), null));
    assertTrue(e.getMessage().contains("no face was found"), e.getMessage());
  }
}
