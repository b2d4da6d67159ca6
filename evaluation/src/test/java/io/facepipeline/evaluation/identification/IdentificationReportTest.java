package io.facepipeline.evaluation.identification;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.facepipeline.Embedding;
import io.facepipeline.evaluation.identification.IdentificationReport.Probe;
import io.facepipeline.evaluation.verification.FacePair.PersonPhoto;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;

final class IdentificationReportTest {
  private static final double EXACT = 1e-9;

  /** Three people on three axes; ada has a second photo between the axes. */
  private static final Map<String, List<Embedding>> GALLERY =
      new TreeMap<>(
          Map.of(
              "ada", List.of(of(1, 0, 0), of(1, 1, 0)),
              "bao", List.of(of(0, 1, 0)),
              "chidi", List.of(of(0, 0, 1))));

  @Test
  void aPersonIsAsAlikeAsTheBestPhoto() {
    Probe probe = probe("ada", of(3, 4, 0));

    assertEquals(1, probe.rank());
    assertEquals("ada", probe.best());
    assertEquals(7 / 5.0 / Math.sqrt(2), probe.bestScore(), 1e-6);
    assertEquals(2, probe("bao", of(3, 4, 0)).rank());
    assertEquals(3, probe("chidi", of(3, 4, 0)).rank());
  }

  @Test
  void tiesNeverHelp() {
    assertEquals(2, probe("bao", of(0, 1, 1)).rank());
    assertEquals(2, probe("chidi", of(0, 1, 1)).rank());
    Map<String, List<Embedding>> equal =
        Map.of("a", List.of(of(1, 0, 0)), "b", List.of(of(1, 0, 0)), "c", List.of(of(1, 0, 0)));
    assertEquals(3, Probe.of(photo("a"), Optional.of(of(1, 0, 0)), equal).rank());
  }

  @Test
  void ranksAddUp() {
    IdentificationReport report =
        IdentificationReport.of(
            List.of(
                probe("ada", of(1, 0, 0)),
                probe("bao", of(3, 4, 0)),
                probe("chidi", of(3, 4, 0)),
                Probe.of(photo("chidi"), Optional.empty(), GALLERY)),
            List.of(),
            3);

    assertEquals(List.of(0.25, 0.5, 0.75), report.cumulativeMatch());
    assertEquals(0.25, report.values().get("rank1"));
    assertTrue(report.table().toText().contains("4 probes of 3 people"));
  }

  @Test
  void openSetRatesOfAHandComputedCase() {
    // First and sure, first and unsure, not first but sure, no face.
    List<Probe> probes =
        List.of(
            scored("a", 1, 0.9, 0.9),
            scored("b", 1, 0.4, 0.4),
            scored("c", 2, 0.8, 0.95),
            new Probe(photo("d"), 0, Double.NaN, null, Double.NaN));
    List<Probe> strangers =
        List.of(
            scored("x", 0, Double.NaN, 0.5),
            scored("y", 0, Double.NaN, 0.3),
            scored("z", 0, Double.NaN, 0.2),
            new Probe(photo("w"), 0, Double.NaN, null, Double.NaN));
    IdentificationReport report = IdentificationReport.of(probes, strangers, 4);

    // No stranger may pass: only the sure first one is above 0.5.
    assertEquals(0.25, report.detectionAndIdentification(0.1).trueAcceptRate(), EXACT);
    // One of four may: 0.5 passes, and so does 0.4.
    assertEquals(0.5, report.detectionAndIdentification(0.25).trueAcceptRate(), EXACT);
    assertEquals(0.4, report.detectionAndIdentification(0.25).threshold());
    // The one that is not first is never identified.
    assertEquals(0.5, report.detectionAndIdentification(0.75).trueAcceptRate(), EXACT);
    assertEquals(4, report.detectionAndIdentification(0.1).impostorPairs());
    assertEquals(0.25, ((Map<?, ?>) report.values().get("dirAtFar")).get("0.1"));
  }

  @Test
  void nobodyEnrolledMeansNoRank() {
    Probe probe = Probe.of(photo("ada"), Optional.of(of(1, 0, 0)), Map.of());

    assertEquals(0, probe.rank());
    assertNull(probe.best());
    assertEquals(0, Probe.of(photo("a"), Optional.of(of(1, 0, 0)), Map.of("a", List.of())).rank());
    assertTrue(
        Double.isNaN(IdentificationReport.of(List.of(), List.of(), 0).identificationRate(1)));
  }

  @Test
  void splitsAreSeededAndUseEachPhotoOnce() {
    Map<String, List<Path>> people = new TreeMap<>();
    for (int i = 0; i < 8; i++) {
      people.put("p" + i, List.of(Path.of(i + "a"), Path.of(i + "b"), Path.of(i + "c")));
    }
    people.put("once", List.of(Path.of("o")));

    IdentificationReport.Split split = IdentificationReport.Split.drawn(people, 2, 0.33, 4);

    assertEquals(6, split.gallery().size());
    assertEquals(6, split.probes().size());
    // A person with one photo can only be a stranger, and is one of the third.
    assertEquals(7, split.strangers().size());
    assertTrue(split.strangers().stream().anyMatch(photo -> photo.person().equals("once")));
    for (PersonPhoto probe : split.probes()) {
      assertTrue(split.gallery().containsKey(probe.person()));
      assertTrue(!split.gallery().get(probe.person()).contains(probe.file()));
    }
    assertTrue(split.strangers().stream().noneMatch(s -> split.gallery().containsKey(s.person())));
    assertEquals(split, IdentificationReport.Split.drawn(people, 2, 0.33, 4));
  }

  @Test
  void aSplitThatLeavesNobodyIsRefused() {
    Map<String, List<Path>> people = Map.of("a", List.of(Path.of("1"), Path.of("2")));

    assertThrows(
        IllegalArgumentException.class, () -> IdentificationReport.Split.drawn(people, 2, 0, 1));
    assertThrows(
        IllegalArgumentException.class, () -> IdentificationReport.Split.drawn(people, 1, 1, 1));
    assertThrows(
        IllegalArgumentException.class, () -> IdentificationReport.Split.drawn(people, 0, 0, 1));
  }

  private static Probe probe(String person, Embedding face) {
    return Probe.of(photo(person), Optional.of(face), GALLERY);
  }

  private static Probe scored(String person, int rank, double score, double best) {
    return new Probe(photo(person), rank, score, "best", best);
  }

  private static PersonPhoto photo(String person) {
    return new PersonPhoto(person, Path.of(person + ".jpg"));
  }

  private static Embedding of(float... vector) {
    return Embedding.of("m", vector);
  }
}
