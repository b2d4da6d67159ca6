package io.facepipeline;

import static io.facepipeline.ColorStages.photo;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.facepipeline.ColorStages.ColourGallery;
import io.facepipeline.ColorStages.Colours;
import io.facepipeline.ColorStages.Squares;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** What reaches the gallery when people are enrolled, and what is told of their photos. */
class EnrollingTest {
  private static final int RED = 0xff4040;
  private static final int BLUE = 0x4040ff;

  private final Colours embedder = new Colours("colours");
  private final ColourGallery gallery = new ColourGallery(embedder.card());
  private final FacePipeline faces =
      FacePipeline.builder()
          .detector(new Squares())
          .embedder(embedder)
          .classifier(gallery)
          .selection((found, width, height) -> found.stream().findFirst())
          .parallelism(2)
          .build();

  @AfterEach
  void close() {
    faces.close();
  }

  @Test
  void oneFaceIsEmbeddedAsEnrollingSeesIt() {
    Image photo = photo(BLUE, RED, RED);
    FaceSelection.Selected one = faces.embedOne(photo);
    List<EmbeddedFace> all = faces.embed(photo);
    assertEquals(all.get(0).face(), one.face());
    assertEquals(all.get(0).embedding(), one.embedding());
    assertEquals(List.of(all.get(1).face(), all.get(2).face()), one.others());
    assertEquals(FaceQuality.of(photo, one.face()), one.quality());
    assertEquals(one, faces.enroll("ada", photo));
    assertEquals(List.of(one.embedding()), gallery.enrolled.get(0).embeddings());
    FaceCountException nobody =
        assertThrows(FaceCountException.class, () -> faces.embedOne(photo()));
    assertTrue(nobody.getMessage().startsWith("no face found"), nobody.getMessage());
  }

  @Test
  void oneFaceOfEachPhotoOfAStreamIsEmbedded() {
    List<Image> photos = List.of(photo(BLUE, RED, RED), photo(), photo(RED));
    try (Stream<Outcome<FaceSelection.Selected>> each = faces.embedOneEach(photos.stream())) {
      List<Outcome<FaceSelection.Selected>> outcomes = each.toList();
      assertEquals(faces.embedOne(photos.get(0)), outcomes.get(0).get());
      assertEquals(List.of(), ((FaceCountException) outcomes.get(1).error().orElseThrow()).faces());
      assertEquals(faces.embedOne(photos.get(2)), outcomes.get(2).get());
    }
  }

  @Test
  void severalPhotosAreOneChangeWithItsNotes() {
    List<String> told = new ArrayList<>();
    Enrollment.Options options =
        Enrollment.Options.defaults()
            .withMetadata(Map.of("team", "engines"))
            .withListener((done, total, item) -> told.add(done + " of " + total));
    List<Outcome<FaceSelection.Selected>> outcomes =
        faces.enrollAll("ada", List.of(photo(RED), photo(), photo(BLUE)), options);
    assertEquals(List.of(true, false, true), outcomes.stream().map(Outcome::isPresent).toList());
    Enrollment enrollment =
        new Enrollment(
            "ada",
            List.of(outcomes.get(0).get().embedding(), outcomes.get(2).get().embedding()),
            Map.of("team", "engines"));
    assertEquals(List.of(enrollment), gallery.enrolled);
    assertEquals(List.of("1 of 3", "2 of 3", "3 of 3"), told);
    assertEquals(List.of(), gallery.replaced);

    faces.enrollAll("ada", List.of(photo(BLUE)), options.withReplacing(true));
    assertEquals(1, gallery.enrolled.size());
    assertEquals(1, gallery.replaced.size());
    assertEquals(Map.of("team", "engines"), gallery.replaced.get(0).metadata());
  }

  @Test
  void withoutAnyUsablePhotoTheGalleryIsLeftAlone() {
    List<Outcome<FaceSelection.Selected>> outcomes =
        faces.enrollAll(
            "ada", List.of(photo(), photo()), Enrollment.Options.defaults().withReplacing(true));
    assertFalse(outcomes.get(0).isPresent() || outcomes.get(1).isPresent());
    assertEquals(List.of(), gallery.enrolled);
    assertEquals(List.of(), gallery.replaced);
  }

  @Test
  void badNotesAreRefusedBeforeAnyWork() {
    Enrollment.Options options = Enrollment.Options.defaults();
    assertThrows(IllegalArgumentException.class, () -> options.withMetadata(Map.of("a", "\ud800")));
    assertThrows(IllegalArgumentException.class, () -> options.withMetadata(Map.of("a\0", "b")));
  }
}
