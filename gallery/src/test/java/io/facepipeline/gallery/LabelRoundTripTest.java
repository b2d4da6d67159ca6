package io.facepipeline.gallery;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.facepipeline.CropSpec;
import io.facepipeline.Embedding;
import io.facepipeline.Enrollment;
import io.facepipeline.FacePipelineException;
import io.facepipeline.ModelCard;
import io.facepipeline.ProgressListener;
import io.facepipeline.gallery.GalleryException.Reason;
import io.facepipeline.gallery.log.GalleryOpening;
import io.facepipeline.gallery.log.GalleryStore;
import io.facepipeline.gallery.log.LogFile;
import io.facepipeline.gallery.memory.GalleryChange;
import io.facepipeline.internal.Labels;
import io.facepipeline.testkit.LabelSamples;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.zip.ZipFile;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A label comes back as it went in from every form, or is refused before anything is kept. */
class LabelRoundTripTest {
  private static final int DIMENSIONS = 4;
  private static final ModelCard CARD =
      ModelCard.builder("fixture")
          .embeddingSize(DIMENSIONS)
          .crop(CropSpec.arcFace(112))
          .sourceSha256("0123456789abcdef")
          .build();
  private static final String COMPOSED = "Zo\u00eb";
  private static final String DECOMPOSED = "Zoe\u0308";

  @TempDir Path root;

  private static Embedding face(int number) {
    return Embedding.of(CARD.fingerprint(), new float[] {1, number, number * number, -1});
  }

  private static Gallery inMemory() {
    return Gallery.inMemory(CARD, 0.25f);
  }

  @Test
  void comesBackFromTheLogAndFromExports() {
    List<String> expected = LabelSamples.GOOD.stream().map(Labels::normalize).toList();
    Path folder = root.resolve("gallery");
    try (Gallery gallery = Gallery.in(folder).model(CARD).threshold(0.25f).open()) {
      for (int i = 0; i < LabelSamples.GOOD.size(); i++) {
        Map<String, String> notes = Map.of("note \ufefff", LabelSamples.GOOD.get(i) + "\r\n\ufeff");
        gallery.enrollAll(
            List.of(new Enrollment(LabelSamples.GOOD.get(i), List.of(face(i)), notes)));
      }
      for (String name : List.of("faces.csv", "faces.npz")) {
        Path file = root.resolve(name);
        gallery.exportTo(file, ProgressListener.NONE);
        try (Gallery back = inMemory()) {
          back.importFrom(file, ProgressListener.NONE);
          assertEquals(gallery.people(), back.people(), name);
        }
      }
    }
    try (Gallery again = Gallery.open(folder)) {
      assertEquals(expected, again.labels());
      again.compact(ProgressListener.NONE);
      assertEquals(expected, again.labels());
      assertEquals(1, again.remove("Jose\u0301"));
    }
  }

  @Test
  void isRefusedAtEveryDoor() {
    try (Gallery gallery = inMemory()) {
      for (String label : LabelSamples.BAD) {
        assertThrows(IllegalArgumentException.class, () -> gallery.enroll(label, List.of(face(1))));
        assertEquals(0, gallery.remove(label));
      }
      for (String text : List.of("a\0", "\ud83d")) {
        assertThrows(
            IllegalArgumentException.class,
            () -> new Enrollment("ada", List.of(face(1)), Map.of("k", text)));
        gallery.enroll("ada", List.of(face(1)));
        assertThrows(
            IllegalArgumentException.class, () -> gallery.setMetadata("ada", Map.of(text, "v")));
      }
      assertEquals(List.of("ada"), gallery.labels());
    }
  }

  @Test
  void composedAndDecomposedAreOnePerson() {
    try (Gallery gallery = inMemory()) {
      gallery.enroll(DECOMPOSED, List.of(face(1)));
      gallery.enroll(COMPOSED, List.of(face(2)));
      assertEquals(List.of(COMPOSED), gallery.labels());
      for (String label : List.of(COMPOSED, DECOMPOSED)) {
        assertEquals(2, gallery.embeddings(label).size());
        assertEquals(COMPOSED, gallery.person(label).orElseThrow().label());
        assertEquals(COMPOSED, gallery.faces(label).get(0).label());
      }
      gallery.setMetadata(DECOMPOSED, Map.of("k", "v"));
      assertEquals(Map.of("k", "v"), gallery.person(COMPOSED).orElseThrow().metadata());
      assertThrows(IllegalArgumentException.class, () -> gallery.merge(DECOMPOSED, COMPOSED));
      assertEquals(2, gallery.remove(DECOMPOSED));
    }
  }

  /** A log of the library before it looked at labels. */
  @Test
  void olderGalleriesAreBroughtToTheSameForm() throws IOException {
    Path folder = Files.createDirectories(root.resolve("older"));
    copy("/older-labels/faces.log", folder.resolve("faces.log"));
    try (Gallery gallery = Gallery.in(folder).readOnly().open()) {
      assertOlder(gallery);
    }
    try (Gallery gallery = Gallery.open(folder)) {
      assertOlder(gallery);
      assertEquals(1, gallery.remove("ann\0"), "what is refused today can be forgotten");
      assertEquals(1, gallery.remove(".."));
      assertEquals(2, gallery.remove(DECOMPOSED));
    }
    try (Gallery gallery = Gallery.open(folder)) {
      assertTrue(gallery.recovery().orElseThrow().isClean());
      assertEquals(List.of("ann", "\uFEFFbom", "x".repeat(2000), "Jos\u00e9"), gallery.labels());
      // What cannot be enrolled any more can still be exported, to the letter.
      Path file = root.resolve("older.csv");
      gallery.exportTo(file, ProgressListener.NONE);
      GalleryException e =
          assertThrows(
              GalleryException.class, () -> gallery.importFrom(file, ProgressListener.NONE));
      assertEquals(Reason.MALFORMED_IMPORT, e.reason());
      assertTrue(e.getMessage().contains("U+FEFF"), e.getMessage());
    }
  }

  private static void assertOlder(Gallery gallery) {
    assertEquals(
        List.of(COMPOSED, "ann", "ann\0", "\uFEFFbom", "..", "x".repeat(2000), "Jos\u00e9"),
        gallery.labels());
    GalleryPerson zoe = gallery.person(DECOMPOSED).orElseThrow();
    assertEquals(new GalleryPerson(COMPOSED, Map.of("team", "b", "desk", "1"), 2), zoe);
    GalleryPerson jose = gallery.person("Jose\u0301").orElseThrow();
    assertEquals(new GalleryPerson("Jos\u00e9", Map.of("k", "v"), 2), jose);
    assertEquals(
        List.of(3L, 9L),
        gallery.faces("Jos\u00e9").stream().map(GalleryPerson.EnrolledFace::id).toList());
    assertEquals(9, gallery.size());
  }

  @Test
  void npzKeepsApartWhatDiffersInItsLastCharacter() throws IOException {
    Path folder = Files.createDirectories(root.resolve("older"));
    copy("/older-labels/faces.log", folder.resolve("faces.log"));
    Path file = root.resolve("older.npz");
    try (Gallery gallery = Gallery.open(folder)) {
      gallery.exportTo(file, ProgressListener.NONE);
    }
    try (ZipFile zip = new ZipFile(file.toFile())) {
      byte[] labels = zip.getInputStream(zip.getEntry("labels_utf8.npy")).readAllBytes();
      assertTrue(new String(labels, StandardCharsets.UTF_8).contains("annann\0\uFEFFbom.."));
    }
  }

  /** One long text among many makes no array of as many long texts. */
  @Test
  void aLongTextAmongManyTakesUpWhatItIs() throws IOException {
    List<Enrollment> everyone = new ArrayList<>();
    for (int i = 0; i < 2000; i++) {
      Map<String, String> notes = Map.of("n", i == 7 ? "\ufefflong ".repeat(20_000) : "short " + i);
      everyone.add(new Enrollment("person " + i, List.of(face(i)), notes));
    }
    Path file = root.resolve("faces.npz");
    try (Gallery gallery = inMemory();
        Gallery back = inMemory()) {
      gallery.enrollAll(everyone);
      gallery.exportTo(file, ProgressListener.NONE);
      try (ZipFile zip = new ZipFile(file.toFile())) {
        long size = zip.stream().mapToLong(entry -> entry.getSize()).sum();
        assertTrue(size < 2_000_000, "the arrays take up " + size + " bytes");
      }
      back.importFrom(file, ProgressListener.NONE);
      assertEquals(gallery.people(), back.people());
    }
  }

  @Test
  void aColumnTwiceIsNamed() throws IOException {
    Path file = root.resolve("faces.csv");
    for (String twice : List.of("e1", "label", "model", "meta:k", "other")) {
      Files.writeString(
          file,
          String.join(",", "label,model,e0,e1,e2,e3,meta:k,other", twice)
              + "\nada,"
              + CARD.fingerprint()
              + ",1,0,0,0,k,o,1\n");
      try (Gallery gallery = inMemory()) {
        GalleryException e =
            assertThrows(
                GalleryException.class, () -> gallery.importFrom(file, ProgressListener.NONE));
        assertEquals(Reason.MALFORMED_IMPORT, e.reason());
        assertTrue(e.getMessage().contains("\"" + twice + "\" twice"), e.getMessage());
        assertEquals(0, gallery.size());
      }
    }
  }

  @Test
  void aSpreadsheetsByteOrderMarkIsNoPartOfTheFirstColumn() throws IOException {
    Path file = root.resolve("faces.csv");
    Files.writeString(
        file, "\uFEFFlabel,model,e0,e1,e2,e3\nada," + CARD.fingerprint() + ",1,0,0,0\n");
    try (Gallery gallery = inMemory()) {
      assertEquals(1, gallery.importFrom(file, ProgressListener.NONE));
      assertEquals(List.of("ada"), gallery.labels());
    }
  }

  /** The checksums are right, and yet no embedder makes such vectors. */
  @Test
  void vectorsThatNoEmbedderMakesAreDamage() throws IOException {
    for (float wrong : new float[] {Float.NaN, Float.POSITIVE_INFINITY, 1e30f, 0, 0.5f, 2}) {
      Path folder = Files.createTempDirectory(root, "wrong");
      Gallery.in(folder).model(CARD).threshold(0.25f).open().close();
      try (Gallery gallery = Gallery.open(folder)) {
        gallery.enroll("ada", List.of(face(1)));
      }
      Path log = folder.resolve("faces.log");
      try (GalleryStore store = GalleryOpening.writable(folder, null, false, LogFile::open)) {
        store.append(
            List.of(
                new GalleryChange.Enroll(
                    "bao", false, Map.of(), new long[] {2}, new float[] {wrong, 0, 0, 0}, -1)),
            3);
      }
      GalleryException e = assertThrows(GalleryException.class, () -> Gallery.open(folder));
      assertEquals(Reason.DAMAGED, e.reason(), wrong + " in " + log);
      try (Gallery saved = Gallery.in(folder).salvage().open()) {
        assertEquals(List.of("ada"), saved.labels());
        assertFalse(saved.recovery().orElseThrow().losses().isEmpty());
      }
    }
  }

  private static void copy(String resource, Path to) throws IOException {
    try (InputStream file = LabelRoundTripTest.class.getResourceAsStream(resource)) {
      if (file == null) {
        throw new FacePipelineException("no " + resource);
      }
      Files.copy(file, to);
    }
  }
}
