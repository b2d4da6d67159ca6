package io.facepipeline.jdbc;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.facepipeline.Embedding;
import io.facepipeline.Enrollment;
import io.facepipeline.ProgressListener;
import io.facepipeline.gallery.Gallery;
import io.facepipeline.gallery.GalleryPerson;
import io.facepipeline.gallery.GalleryQuery;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.CompletableFuture;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What every gallery must do, wherever it is kept. */
abstract class GalleryContract {
  @TempDir Path folder;

  /** {@return an empty gallery of {@link Faces#CARD}} */
  abstract Gallery gallery();

  @Test
  void enrolledPeopleAreFoundReplacedAndRemoved() {
    List<Embedding> ada = Faces.faces(3, 1);
    List<Embedding> bob = Faces.faces(2, 2);
    try (Gallery gallery = gallery()) {
      gallery.enrollAll(List.of(new Enrollment("ada", ada, Map.of("team", "engines"))));
      gallery.enroll("bob", bob);
      assertEquals(List.of("ada", "bob"), gallery.labels());
      assertEquals(5, gallery.size());
      assertEquals("ada", gallery.classify(ada.get(2)).label());
      assertEquals(ada, gallery.embeddings("ada"));
      assertEquals(
          List.of("bob"),
          Faces.labels(
              gallery.search(
                  ada.get(0), GalleryQuery.top(5).withFilter(p -> p.metadata().isEmpty()))));

      List<Embedding> other = Faces.faces(1, 3);
      gallery.replace(new Enrollment("ada", other, Map.of("desk", "4")));
      assertEquals(other, gallery.embeddings("ada"));
      assertEquals(
          Map.of("team", "engines", "desk", "4"), gallery.person("ada").orElseThrow().metadata());
      assertFalse(gallery.classify(ada.get(0)).isKnown());

      gallery.enroll("ada", ada.subList(0, 1));
      assertTrue(gallery.removeFace(gallery.faces("ada").get(0).id()));
      assertEquals(ada.subList(0, 1), gallery.embeddings("ada"));
      gallery.setMetadata("bob", Map.of("team", "boats"));
      gallery.merge("bob", "ada");
      assertEquals(List.of("ada"), gallery.labels());
      assertEquals(List.of(ada.get(0), bob.get(0), bob.get(1)), gallery.embeddings("ada"));
      assertEquals(3, gallery.remove("ada"));
      assertEquals(0, gallery.remove("ada"));
      assertEquals(0, gallery.size());
      assertFalse(gallery.removeFace(1));
      assertThrows(IllegalArgumentException.class, () -> gallery.merge("ada", "bob"));
      assertThrows(
          IllegalArgumentException.class, () -> gallery.setMetadata("ada", Map.of("a", "b")));
    }
  }

  @Test
  void oneCallMayNameAPersonSeveralTimes() {
    List<Embedding> ada = Faces.faces(4, 1);
    try (Gallery gallery = gallery()) {
      gallery.enrollAll(
          List.of(
              new Enrollment("ada", ada.subList(0, 2), Map.of("a", "1", "b", "1")),
              new Enrollment("ada", ada.subList(2, 4), Map.of("b", "2"))));
      assertEquals(ada, gallery.embeddings("ada"));
      assertEquals(Map.of("a", "1", "b", "2"), gallery.person("ada").orElseThrow().metadata());
    }
  }

  @Test
  void labelsAndMetadataComeBackAsTheyWere() {
    Map<String, String> odd = Map.of("é \"quoted\" \\ \uD83D\uDE00", "'; drop table x; --", "", "");
    try (Gallery gallery = gallery()) {
      List<String> labels = List.of("O'Brien", "张三", "a\\b", "%_", "x".repeat(255));
      labels.forEach(
          label -> gallery.enrollAll(List.of(new Enrollment(label, Faces.faces(1, 1), odd))));
      assertEquals(labels, gallery.labels());
      for (String label : labels) {
        assertEquals(odd, gallery.person(label).orElseThrow().metadata());
      }
      gallery.remove("%_");
      assertEquals(4, gallery.labels().size());
    }
  }

  @Test
  void aRandomHistoryEndsAsInMemory() {
    for (long seed = 1; seed <= 3; seed++) {
      try (Gallery gallery = gallery();
          Gallery plain = Gallery.inMemory(Faces.CARD)) {
        gallery.labels().forEach(gallery::remove);
        History.run(seed, 60, List.of(gallery), plain);
        assertEquals(Faces.contents(plain), Faces.contents(gallery), "seed " + seed);
        assertEquals(plain.labels(), gallery.labels());
        Embedding probe = Faces.face(new Random(seed));
        assertEquals(plain.search(probe, 5), gallery.search(probe, 5));
      }
    }
  }

  @Test
  void manyThreadsLoseNothing() {
    try (Gallery gallery = gallery()) {
      CompletableFuture<?>[] all =
          IntStream.range(0, 4)
              .mapToObj(
                  thread ->
                      CompletableFuture.runAsync(
                          () -> {
                            for (int i = 0; i < 25; i++) {
                              String label = "t" + thread + " " + i;
                              gallery.enroll(label, Faces.faces(2, i));
                              assertEquals(2, gallery.person(label).orElseThrow().faces());
                              if (i % 5 == 0) {
                                assertEquals(2, gallery.remove(label));
                              }
                            }
                          }))
              .toArray(CompletableFuture[]::new);
      CompletableFuture.allOf(all).join();
      assertEquals(80, gallery.labels().size());
      List<Long> ids =
          new ArrayList<>(
              Faces.numbers(gallery).values().stream().flatMap(List::stream).distinct().toList());
      Collections.sort(ids);
      assertEquals(160, ids.size(), "every face has a number of its own");
    }
  }

  @Test
  void exportsAndImports() {
    try (Gallery gallery = gallery();
        Gallery plain = Gallery.inMemory(Faces.CARD)) {
      gallery.enroll("ada", Faces.faces(3, 1));
      gallery.enroll("bob", Faces.faces(1, 2));
      Path file = folder.resolve("people.npz");
      gallery.exportTo(file, ProgressListener.NONE);
      assertEquals(4, plain.importFrom(file, ProgressListener.NONE));
      assertEquals(Faces.contents(plain), Faces.contents(gallery));
      gallery.labels().forEach(gallery::remove);
      assertEquals(4, gallery.importFrom(file, ProgressListener.NONE));
      assertEquals(Faces.contents(plain), Faces.contents(gallery));
      gallery.compact(ProgressListener.NONE);
      assertEquals(4, gallery.stats().faces());
      assertEquals(
          List.of("ada", "bob"), gallery.people().stream().map(GalleryPerson::label).toList());
    }
  }

  @Test
  void aClosedGalleryRefuses() {
    Gallery gallery = gallery();
    gallery.close();
    gallery.close();
    assertThrows(IllegalStateException.class, () -> gallery.enroll("ada", Faces.faces(1, 1)));
    assertThrows(IllegalStateException.class, gallery::labels);
  }
}
