package io.facepipeline.gallery;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.facepipeline.CropSpec;
import io.facepipeline.Embedding;
import io.facepipeline.FaceClassifier;
import io.facepipeline.FacePipelineException;
import io.facepipeline.Match.Candidate;
import io.facepipeline.ModelCard;
import io.facepipeline.testkit.FaceClassifierContract;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.Test;

class GalleryTest extends FaceClassifierContract {
  @Override
  protected FaceClassifier classifier(Map<String, List<Embedding>> people) {
    return gallery(people);
  }

  private static Gallery gallery(Map<String, List<Embedding>> people) {
    Gallery gallery = Gallery.inMemory(CARD);
    people.forEach(gallery::enroll);
    return gallery;
  }

  @Test
  void searchEqualsAPlainScan() {
    Map<String, List<Embedding>> people = people(300);
    Gallery gallery = gallery(people);
    for (int k : new int[] {1, 7, 299, 1000}) {
      Embedding probe = photo(17, 99);
      List<Candidate> expected = new ArrayList<>();
      people.forEach(
          (label, photos) -> {
            double best = photos.stream().mapToDouble(probe::similarity).max().orElseThrow();
            expected.add(new Candidate(label, (float) best));
          });
      expected.sort((a, b) -> Float.compare(b.score(), a.score()));
      List<Candidate> found = gallery.search(probe, k);
      assertEquals(Math.min(k, 300), found.size());
      for (int i = 0; i < found.size(); i++) {
        assertEquals(expected.get(i).label(), found.get(i).label());
        assertEquals(expected.get(i).score(), found.get(i).score(), 1e-5);
      }
    }
  }

  @Test
  void scansMoreThanOneBlock() {
    Gallery gallery = Gallery.inMemory(CARD);
    for (int i = 0; i < 10_000; i++) {
      gallery.enroll("p" + i, List.of(photo(i, 0)));
    }
    assertEquals(10_000, gallery.size());
    for (int i : new int[] {0, 4095, 4096, 8191, 9999}) {
      assertEquals("p" + i, gallery.search(photo(i, 0), 1).get(0).label());
      assertEquals(1, gallery.search(photo(i, 0), 1).get(0).score(), 1e-5);
    }
  }

  @Test
  void forgetsARemovedPersonAndNobodyElse() {
    Gallery gallery = gallery(people(5));
    assertEquals(4, gallery.remove("person 2"));
    assertEquals(0, gallery.remove("person 2"));
    assertEquals(List.of("person 0", "person 1", "person 3", "person 4"), gallery.labels());
    assertEquals(16, gallery.size());
    assertEquals(List.of(), gallery.embeddings("person 2"));
    assertFalse(gallery.classify(photo(2, 0)).isKnown());
    for (int i : new int[] {0, 1, 3, 4}) {
      assertEquals("person " + i, gallery.classify(photo(i, 50)).label());
      assertEquals(people(5).get("person " + i), gallery.embeddings("person " + i));
    }
    gallery.enroll("person 2", List.of(photo(2, 1)));
    assertTrue(gallery.classify(photo(2, 0)).isKnown());
  }

  @Test
  void mergesTwoLabelsOfOnePerson() {
    Gallery gallery = gallery(people(4));
    gallery.enroll("also 1", List.of(photo(1, 9)));
    gallery.merge("person 0", "also 1");
    assertEquals(List.of("person 1", "person 2", "person 3", "also 1"), gallery.labels());
    assertEquals(5, gallery.embeddings("also 1").size());
    assertEquals("also 1", gallery.classify(photo(0, 3)).label());
    assertThrows(IllegalArgumentException.class, () -> gallery.merge("person 1", "person 1"));
    assertThrows(IllegalArgumentException.class, () -> gallery.merge("nobody", "person 1"));
  }

  @Test
  void anEmptyGalleryKnowsNobody() {
    Gallery gallery = Gallery.inMemory(CARD);
    assertFalse(gallery.classify(photo(0, 0)).isKnown());
    assertEquals(List.of(), gallery.search(photo(0, 0), 3));
  }

  @Test
  void refusesWhatItCannotUse() {
    Gallery gallery = Gallery.inMemory(CARD);
    assertThrows(IllegalArgumentException.class, () -> gallery.enroll(" ", List.of(photo(0, 0))));
    assertThrows(IllegalArgumentException.class, () -> gallery.enroll("ada", List.of()));
    assertThrows(IllegalArgumentException.class, () -> gallery.search(photo(0, 0), 0));
    Embedding foreign = Embedding.of("other@1", photo(0, 0).toArray());
    assertThrows(
        IllegalArgumentException.class, () -> gallery.enroll("ada", List.of(photo(0, 0), foreign)));
    assertEquals(0, gallery.size(), "nothing of a refused enrolment is kept");
    assertThrows(IllegalArgumentException.class, () -> Gallery.inMemory(CARD, 1.5f));
    ModelCard unmeasured =
        ModelCard.builder("new").embeddingSize(8).crop(CropSpec.arcFace(112)).build();
    assertThrows(FacePipelineException.class, () -> Gallery.inMemory(unmeasured));
    assertEquals(0.3f, Gallery.inMemory(unmeasured, 0.3f).threshold());
  }

  @Test
  void searchesSeeWholeEnrolments() {
    Gallery gallery = gallery(people(2));
    CompletableFuture<Void> writer =
        CompletableFuture.runAsync(
            () -> {
              for (int i = 0; i < 500; i++) {
                gallery.enroll("new", List.of(photo(50, i), photo(50, i + 1000)));
                if (i % 10 == 9) {
                  gallery.remove("new");
                }
              }
            });
    while (!writer.isDone()) {
      assertEquals(0, gallery.embeddings("new").size() % 2);
      assertTrue(gallery.classify(photo(0, 77)).isKnown());
    }
    writer.join();
  }
}
