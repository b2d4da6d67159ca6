package io.facepipeline.gallery;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.facepipeline.CropSpec;
import io.facepipeline.Embedding;
import io.facepipeline.Enrollment;
import io.facepipeline.Match.Candidate;
import io.facepipeline.ModelCard;
import io.facepipeline.ProgressListener;
import io.facepipeline.gallery.GalleryQuery.Aggregation;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.function.Predicate;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Search against a plain loop over everyone, in double precision. */
final class GallerySearchTest {
  private final Random random = new Random(3);
  private final Map<String, List<Embedding>> people = new LinkedHashMap<>();

  @TempDir Path folder;

  /** Numbers of dimensions that do not divide into the steps of the search, and one that does. */
  @ParameterizedTest
  @ValueSource(ints = {3, 8, 61, 512})
  void answersAsAPlainLoopDoes(int dimensions) {
    ModelCard card = card(dimensions);
    Gallery gallery = Gallery.inMemory(card, 0.5f);
    gallery.enrollAll(someone(card, 0, 1500));
    assertAnswersAfterRemovals(gallery, card);
  }

  /** Some faces are read from the file, and those that were enrolled since from the heap. */
  @ParameterizedTest
  @ValueSource(ints = {61, 512})
  void answersAsAPlainLoopDoesFromTheLogAndTheHeap(int dimensions) {
    ModelCard card = card(dimensions);
    try (Gallery gallery = Gallery.in(folder).model(card).threshold(0.5f).open()) {
      gallery.enrollAll(someone(card, 0, 700));
      gallery.compact(ProgressListener.NONE);
      gallery.enrollAll(someone(card, 700, 1500));
      assertAnswersAfterRemovals(gallery, card);
    }
  }

  private List<Enrollment> someone(ModelCard card, int from, int to) {
    List<Enrollment> batch = new ArrayList<>();
    for (int p = from; p < to; p++) {
      List<Embedding> faces = new ArrayList<>();
      for (int i = random.nextInt(4); i >= 0; i--) {
        faces.add(random(card));
      }
      people.put("p" + p, faces);
      batch.add(new Enrollment("p" + p, faces, Map.of("team", "t" + p % 7)));
    }
    return batch;
  }

  private void assertAnswersAfterRemovals(Gallery gallery, ModelCard card) {
    for (int p = 0; p < 1500; p += 5) {
      gallery.remove("p" + p);
      people.remove("p" + p);
    }
    Predicate<GalleryPerson> team = p -> "t3".equals(p.metadata().get("team"));
    for (int probes : new int[] {1, 2, 16, 21}) {
      List<Embedding> some = new ArrayList<>();
      for (int i = 0; i < probes; i++) {
        some.add(random(card));
      }
      for (Aggregation aggregation : Aggregation.values()) {
        for (int count : new int[] {1, 10, 300, 5000}) {
          GalleryQuery query = GalleryQuery.top(count).withAggregation(aggregation);
          assertAnswers(gallery, some, query, p -> true);
          assertAnswers(
              gallery,
              some,
              query.withFilter(team),
              p -> Integer.parseInt(p.substring(1)) % 7 == 3);
        }
      }
    }
  }

  private void assertAnswers(
      Gallery gallery, List<Embedding> probes, GalleryQuery query, Predicate<String> wanted) {
    List<List<Candidate>> found = gallery.searchAll(probes, query);
    assertEquals(probes.size(), found.size());
    for (int i = 0; i < probes.size(); i += 7) {
      Embedding probe = probes.get(i);
      Map<String, Double> scores = new LinkedHashMap<>();
      people.forEach(
          (label, faces) -> {
            if (wanted.test(label)) {
              var similarities = faces.stream().mapToDouble(probe::similarity).summaryStatistics();
              scores.put(
                  label,
                  query.aggregation() == Aggregation.MEAN
                      ? similarities.getAverage()
                      : similarities.getMax());
            }
          });
      List<Double> best =
          scores.values().stream().sorted(Comparator.reverseOrder()).limit(query.count()).toList();
      assertEquals(best.size(), found.get(i).size());
      for (int k = 0; k < best.size(); k++) {
        Candidate candidate = found.get(i).get(k);
        assertEquals(best.get(k), candidate.score(), 1e-5);
        assertEquals(scores.get(candidate.label()), candidate.score(), 1e-5);
      }
      assertEquals(
          best.size(), found.get(i).stream().map(Candidate::label).distinct().count(), "twice");
    }
  }

  @Test
  void equalScoresComeInTheOrderOfEnrolment() {
    ModelCard card = card(512);
    Gallery gallery = Gallery.inMemory(card, 0.5f);
    Embedding face = random(card);
    List<Enrollment> batch = new ArrayList<>();
    for (int p = 0; p < 9000; p++) {
      batch.add(Enrollment.of("p" + p, List.of(face)));
    }
    gallery.enrollAll(batch);
    for (Candidate candidate : gallery.search(face, 1)) {
      assertEquals("p0", candidate.label());
    }
    for (int count : new int[] {5, 400}) {
      List<Candidate> found = gallery.search(face, count);
      for (int i = 0; i < count; i++) {
        assertEquals("p" + i, found.get(i).label());
      }
    }
  }

  /** Wherever the same face stands, and however many probes share a pass, its score is the same. */
  @ParameterizedTest
  @ValueSource(ints = {61, 128, 512})
  void theSameFaceHasTheSameScoreEverywhere(int dimensions) {
    ModelCard card = card(dimensions);
    Embedding face = random(card);
    try (Gallery gallery = Gallery.in(folder).model(card).threshold(0.5f).open()) {
      for (int round = 0; round < 2; round++) {
        List<Enrollment> batch = new ArrayList<>();
        for (int p = 0; p < 300; p++) {
          boolean same = p % 3 == 0;
          batch.add(
              Enrollment.of(
                  (same ? "same" : "other") + round + "-" + p,
                  List.of(same ? face : random(card))));
        }
        gallery.enrollAll(batch);
        if (round == 0) {
          gallery.compact(ProgressListener.NONE);
        }
      }
      // The rows that fill the holes come from the end, where faces are on the heap.
      gallery.remove("other0-1");
      gallery.remove("other1-298");
      for (Embedding probe : List.of(face, random(card))) {
        List<Candidate> alone = gallery.search(probe, 1000);
        assertEquals(
            1,
            alone.stream()
                .filter(c -> c.label().startsWith("same"))
                .map(Candidate::score)
                .distinct()
                .count());
        for (int others : new int[] {1, 15}) {
          List<Embedding> probes = new ArrayList<>(List.of(probe));
          for (int i = 0; i < others; i++) {
            probes.add(random(card));
          }
          assertEquals(alone, gallery.searchAll(probes, GalleryQuery.top(1000)).get(0));
        }
      }
      List<String> first = new ArrayList<>();
      for (int p = 0; p < 300; p += 3) {
        first.add("same0-" + p);
      }
      assertEquals(first, gallery.search(face, 100).stream().map(Candidate::label).toList());
    }
  }

  @Test
  void refusesWhatCannotBeAsked() {
    ModelCard card = card(4);
    Gallery gallery = Gallery.inMemory(card, 0.5f);
    assertThrows(IllegalArgumentException.class, () -> GalleryQuery.top(0));
    assertEquals(List.of(), gallery.searchAll(List.of(), GalleryQuery.top(3)));
    assertEquals(List.of(List.of()), gallery.searchAll(List.of(random(card)), GalleryQuery.top(3)));
    Embedding foreign = Embedding.of("other", new float[] {1, 0, 0, 0});
    IllegalArgumentException e =
        assertThrows(
            IllegalArgumentException.class,
            () -> gallery.searchAll(List.of(random(card), foreign), GalleryQuery.top(3)));
    assertTrue(e.getMessage().contains("other"), e.getMessage());
  }

  private static ModelCard card(int dimensions) {
    return ModelCard.builder("m").embeddingSize(dimensions).crop(CropSpec.arcFace(112)).build();
  }

  private Embedding random(ModelCard card) {
    float[] vector = new float[card.embeddingSize()];
    for (int i = 0; i < vector.length; i++) {
      vector[i] = (float) random.nextGaussian();
    }
    return Embedding.of(card.fingerprint(), vector);
  }
}
