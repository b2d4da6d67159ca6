package io.facepipeline.gallery;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.facepipeline.CropSpec;
import io.facepipeline.Embedding;
import io.facepipeline.Enrollment;
import io.facepipeline.FaceClassifier;
import io.facepipeline.FacePipelineException;
import io.facepipeline.ModelCard;
import io.facepipeline.ProgressListener;
import io.facepipeline.gallery.GalleryException.Reason;
import io.facepipeline.gallery.GalleryScript.Contents;
import io.facepipeline.gallery.GalleryScript.Step;
import io.facepipeline.gallery.log.GalleryEnd;
import io.facepipeline.gallery.log.GalleryRecord;
import io.facepipeline.testkit.FaceClassifierContract;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class PersistentGalleryTest extends FaceClassifierContract {
  @TempDir Path root;
  private final AtomicInteger made = new AtomicInteger();

  /** A gallery that was closed and opened again. */
  @Override
  protected FaceClassifier classifier(Map<String, List<Embedding>> people) {
    Path folder = root.resolve("gallery" + made.incrementAndGet());
    try (Gallery gallery = Gallery.open(folder, CARD)) {
      people.forEach(gallery::enroll);
    }
    return Gallery.open(folder);
  }

  @Test
  void everyChangeIsThereAfterOpeningAgain() {
    Path folder = root.resolve("script");
    Gallery inMemory = Gallery.inMemory(CrashRounds.card(), 0.5f);
    Contents expected = new Contents();
    for (int round = 0; round < 6; round++) {
      try (Gallery gallery = CrashRounds.open(folder)) {
        assertTrue(gallery.recovery().orElseThrow().isClean());
        assertTrue(Contents.of(gallery).sameAs(expected), "after opening, round " + round);
        for (Step step : GalleryScript.steps(100 + round, 40)) {
          step.run(gallery);
          step.run(inMemory);
          step.run(expected);
          assertTrue(Contents.of(gallery).sameAs(expected), step.toString());
          assertTrue(Contents.of(inMemory).sameAs(expected), step.toString());
        }
      }
    }
  }

  @Test
  void remembersThresholdMetadataAndNumbersOfFaces() {
    Path folder = root.resolve("gallery");
    long last;
    try (Gallery gallery = Gallery.in(folder).model(CARD).threshold(0.37f).open()) {
      gallery.enrollAll(
          List.of(
              new Enrollment("ada", List.of(photo(0, 0), photo(0, 1)), Map.of("born", "1815")),
              new Enrollment("ada", List.of(photo(0, 2)), Map.of("team", "a")),
              Enrollment.of("zoë \uD83D\uDE00", List.of(photo(1, 0)))));
      last = gallery.faces("zoë \uD83D\uDE00").get(0).id();
      assertTrue(gallery.removeFace(last));
      assertFalse(gallery.removeFace(last));
      assertEquals(List.of("ada"), gallery.labels(), "without a face nobody is there");
      gallery.compact(ProgressListener.NONE);
    }
    try (Gallery gallery = Gallery.open(folder)) {
      assertEquals(0.37f, gallery.threshold());
      assertEquals(
          List.of(new GalleryPerson("ada", Map.of("born", "1815", "team", "a"), 3)),
          gallery.people());
      gallery.enroll("eve", List.of(photo(2, 0)));
      assertTrue(gallery.faces("eve").get(0).id() > last, "a number is never given twice");
    }
    try (Gallery gallery = Gallery.in(folder).threshold(0.9f).open()) {
      assertEquals(0.9f, gallery.threshold());
    }
  }

  @Test
  void removedVectorsAreGoneFromTheDiskAfterCompacting() throws IOException {
    Path folder = root.resolve("gallery");
    List<Embedding> gone = List.of(photo(1, 0), photo(1, 1), photo(2, 0), photo(3, 0));
    List<Embedding> kept = List.of(photo(0, 0), photo(2, 7), photo(3, 7));
    try (Gallery gallery = Gallery.open(folder, CARD)) {
      gallery.enroll("keeper", List.of(kept.get(0)));
      gallery.enrollAll(
          List.of(new Enrollment("leaver", gone.subList(0, 2), Map.of("k", "secret"))));
      gallery.enroll("replaced", List.of(gone.get(2)));
      gallery.enroll("one less", List.of(gone.get(3), kept.get(2)));
      gallery.remove("leaver");
      gallery.replace(Enrollment.of("replaced", List.of(kept.get(1))));
      gallery.removeFace(gallery.faces("one less").get(0).id());
      for (Embedding face : gone) {
        assertTrue(isOnDisk(folder, bytes(face)), "the log keeps it until it is compacted");
      }
      Gallery.Stats before = gallery.stats();
      gallery.compact(ProgressListener.NONE);
      Gallery.Stats after = gallery.stats();
      assertTrue(before.bytesReclaimable() >= 4 * DIMENSIONS * Float.BYTES, before.toString());
      assertTrue(after.bytesReclaimable() < 100, after.toString());
      assertTrue(after.bytesOnDisk() < before.bytesOnDisk());
      assertGone(folder, gone, kept);
    }
    assertGone(folder, gone, kept);
  }

  private static void assertGone(Path folder, List<Embedding> gone, List<Embedding> kept)
      throws IOException {
    for (Embedding face : gone) {
      assertFalse(isOnDisk(folder, bytes(face)));
      // Not even a part of the vector.
      assertFalse(isOnDisk(folder, java.util.Arrays.copyOf(bytes(face), 12)));
    }
    assertFalse(isOnDisk(folder, "leaver".getBytes(StandardCharsets.UTF_8)));
    assertFalse(isOnDisk(folder, "secret".getBytes(StandardCharsets.UTF_8)));
    for (Embedding face : kept) {
      assertTrue(isOnDisk(folder, bytes(face)));
    }
  }

  private static byte[] bytes(Embedding face) {
    ByteBuffer bytes =
        ByteBuffer.allocate(face.size() * Float.BYTES).order(ByteOrder.LITTLE_ENDIAN);
    bytes.asFloatBuffer().put(face.toArray());
    return bytes.array();
  }

  private static boolean isOnDisk(Path folder, byte[] wanted) throws IOException {
    String needle = new String(wanted, StandardCharsets.ISO_8859_1);
    try (Stream<Path> files = Files.walk(folder)) {
      for (Path file : files.filter(Files::isRegularFile).toList()) {
        if (Files.readString(file, StandardCharsets.ISO_8859_1).contains(needle)) {
          return true;
        }
      }
    }
    return false;
  }

  @Test
  void aFolderIsOpenOnceInAProcess() {
    Path folder = root.resolve("gallery");
    try (Gallery gallery = Gallery.open(folder, CARD)) {
      GalleryException e = assertThrows(GalleryException.class, () -> Gallery.open(folder, CARD));
      assertEquals(Reason.IN_USE, e.reason());
      assertTrue(e.getMessage().contains(String.valueOf(ProcessHandle.current().pid())));
      gallery.enroll("ada", List.of(photo(0, 0)));
    }
    try (Gallery gallery = Gallery.open(folder)) {
      assertEquals(1, gallery.size());
    }
  }

  @Test
  void aFolderIsOpenInOneProcess() throws Exception {
    Path folder = root.resolve("gallery");
    Process other = child("hold", folder);
    try (BufferedReader lines =
        new BufferedReader(
            new InputStreamReader(other.getInputStream(), StandardCharsets.US_ASCII))) {
      assertEquals("open", lines.readLine());
      GalleryException e = assertThrows(GalleryException.class, () -> Gallery.open(folder, CARD));
      assertEquals(Reason.IN_USE, e.reason());
      assertTrue(e.getMessage().contains("process " + other.pid()), e.getMessage());
    } finally {
      other.destroyForcibly().waitFor();
    }
    try (Gallery gallery = Gallery.open(folder)) {
      assertEquals(List.of("held"), gallery.labels(), "a killed process holds nothing");
    }
  }

  /** The other process: opens a gallery and waits, or writes until it may not. */
  public static void main(String[] args) throws IOException {
    Gallery gallery = Gallery.open(Path.of(args[1]), CARD);
    if (args[0].equals("hold")) {
      gallery.enroll("held", List.of(photo(0, 0)));
      System.out.println("open");
      System.in.read();
      return;
    }
    int kept = 0;
    try {
      for (; kept < 100_000; kept++) {
        gallery.enroll("p" + kept, List.of(photo(kept, 0), photo(kept, 1)));
      }
    } catch (GalleryException e) {
      int found = gallery.labels().size();
      gallery.close();
      System.out.println(e.reason() + " " + kept + " " + found);
    }
  }

  private static Process child(String what, Path folder) throws IOException {
    String java = Path.of(System.getProperty("java.home"), "bin", "java").toString();
    String classPath = System.getProperty("java.class.path");
    String name = PersistentGalleryTest.class.getName();
    ProcessBuilder builder =
        what.equals("fill")
            ? new ProcessBuilder(
                "bash",
                "-c",
                "ulimit -f 40 && exec \"$@\"",
                "-",
                java,
                "-XX:-UsePerfData",
                "-cp",
                classPath,
                name,
                what,
                folder.toString())
            : new ProcessBuilder(java, "-cp", classPath, name, what, folder.toString());
    return builder.redirectError(ProcessBuilder.Redirect.INHERIT).start();
  }

  @Test
  void theSystemsOwnLimitLeavesTheOldState() throws Exception {
    org.junit.jupiter.api.Assumptions.assumeTrue(
        Files.isExecutable(Path.of("/bin/bash")), "no shell that sets limits");
    Path folder = root.resolve("gallery");
    Process writer = child("fill", folder);
    String said = new String(writer.getInputStream().readAllBytes(), StandardCharsets.US_ASCII);
    assertEquals(0, writer.waitFor());
    String[] words = said.strip().split(" ", -1);
    assertEquals("STORAGE", words[0], said);
    int kept = Integer.parseInt(words[1]);
    assertTrue(kept > 10, said);
    assertEquals(words[1], words[2], said);
    try (Gallery gallery = Gallery.open(folder)) {
      assertEquals(kept, gallery.labels().size());
      assertEquals(2 * kept, gallery.size());
      assertEquals(0, gallery.recovery().orElseThrow().bytesCut());
    }
  }

  @Test
  void aFullDiskLeavesTheOldStateWhereverItIsFull() {
    List<Step> steps = GalleryScript.steps(5, 12);
    int failed = 0;
    for (int room = 1500; room < 26_000; room += 700) {
      Path folder = root.resolve("full" + room);
      FullDisk disk = new FullDisk(room, true);
      Contents expected = new Contents();
      try (Gallery gallery =
          Gallery.in(folder).model(CrashRounds.card()).threshold(0.5f).open(disk)) {
        for (Step step : steps) {
          try {
            step.run(gallery);
            step.run(expected);
          } catch (GalleryException e) {
            assertEquals(Reason.STORAGE, e.reason());
            failed++;
          }
          assertTrue(Contents.of(gallery).sameAs(expected), "room " + room + ", " + step);
        }
        disk.free(1_000_000);
        steps.get(0).run(gallery);
        steps.get(0).run(expected);
        assertTrue(Contents.of(gallery).sameAs(expected), "with room again");
      }
      try (Gallery gallery = CrashRounds.open(folder)) {
        assertTrue(Contents.of(gallery).sameAs(expected), "room " + room + ", opened again");
        assertTrue(gallery.recovery().orElseThrow().isClean());
      }
    }
    assertTrue(failed > 20, failed + " writes failed");
  }

  @Test
  void aFailedDiskRefusesChangesUntilOpenedAgain() {
    Path folder = root.resolve("gallery");
    try (Gallery gallery = CrashRounds.open(folder)) {
      gallery.compact(ProgressListener.NONE);
    }
    Embedding face = Embedding.of(GalleryScript.MODEL, photoOf(1));
    try (Gallery gallery =
        Gallery.in(folder).model(CrashRounds.card()).open(new FullDisk(500, false))) {
      gallery.enroll("kept", List.of(face));
      for (int i = 0; i < 5; i++) {
        GalleryException e =
            assertThrows(
                GalleryException.class,
                () -> gallery.enroll("lost", List.of(face, face, face, face)));
        assertEquals(Reason.STORAGE, e.reason());
      }
      assertEquals(List.of("kept"), gallery.labels());
    }
    try (Gallery gallery = CrashRounds.open(folder)) {
      assertEquals(List.of("kept"), gallery.labels());
      assertTrue(gallery.recovery().orElseThrow().bytesCut() > 0);
    }
  }

  private static float[] photoOf(int person) {
    return java.util.Arrays.copyOf(photo(person, 0).toArray(), GalleryScript.DIMENSIONS);
  }

  @Test
  void refusesAFileWhereAFolderBelongs() throws IOException {
    Path file = Files.writeString(root.resolve("people.txt"), "ada");
    for (GalleryBuilder builder :
        List.of(Gallery.in(file).model(CARD), Gallery.in(file).readOnly(), Gallery.in(file))) {
      GalleryException e = assertThrows(GalleryException.class, builder::open);
      assertEquals(Reason.STORAGE, e.reason());
      assertTrue(e.getMessage().contains("people.txt: is a file"), e.getMessage());
    }
    assertEquals("ada", Files.readString(file));
  }

  @Test
  void aBuilderNamesItsFolder() {
    assertEquals("gallery in " + root, Gallery.in(root).toString());
  }

  @Test
  void refusesWhatIsNotItsOwn() throws IOException {
    Path folder = root.resolve("gallery");
    assertReason(Reason.NOT_FOUND, () -> Gallery.open(folder));
    assertFalse(Files.exists(folder), "a question leaves nothing behind");
    ModelCard unmeasured =
        ModelCard.builder("new").embeddingSize(DIMENSIONS).crop(CropSpec.arcFace(112)).build();
    assertThrows(FacePipelineException.class, () -> Gallery.open(folder, unmeasured));
    Gallery.open(folder, CARD).close();
    GalleryException e =
        assertThrows(GalleryException.class, () -> Gallery.open(folder, unmeasured));
    assertEquals(Reason.OTHER_MODEL, e.reason());
    assertTrue(e.getMessage().contains(MODEL) && e.getMessage().contains("new@"), e.getMessage());

    Path file = folder.resolve("faces.log");
    GalleryRecord.Head newer =
        new GalleryRecord.Head(
            GalleryRecord.FORMAT_VERSION + 1, 1, DIMENSIONS, 0.5f, 1, CARD.fingerprint());
    Files.write(file, GalleryRecord.encode(newer));
    assertReason(Reason.NEWER_FORMAT, () -> Gallery.open(folder));
    Files.write(file, new byte[100]);
    assertReason(Reason.DAMAGED, () -> Gallery.open(folder));
    Files.delete(file);
    Files.delete(folder.resolve(GalleryEnd.NAME));
    Gallery closed = Gallery.open(folder, CARD);
    closed.close();
    assertThrows(IllegalStateException.class, () -> closed.enroll("ada", List.of(photo(0, 0))));
    assertThrows(IllegalStateException.class, () -> closed.classify(photo(0, 0)));
    try (Gallery gallery = Gallery.open(folder)) {
      assertThrows(
          IllegalArgumentException.class, () -> gallery.enroll("\uD83D", List.of(photo(0, 0))));
      gallery.enroll("ada", List.of(photo(0, 0)));
      assertEquals(List.of("ada"), gallery.labels(), "a refused label leaves no trace");
    }
    assertEquals(1, Gallery.open(folder).size());
  }

  /** A file that the first version of the format wrote; later versions go on reading it. */
  @Test
  void opensWhatVersion1Wrote() throws IOException {
    Path folder = Files.createDirectories(root.resolve("v1"));
    try (var file = PersistentGalleryTest.class.getResourceAsStream("/gallery-v1/faces.log")) {
      Files.copy(file, folder.resolve("faces.log"));
    }
    try (Gallery gallery = Gallery.open(folder)) {
      assertTrue(gallery.recovery().orElseThrow().isClean());
      assertEquals("fixture@0123456789ab", gallery.fingerprint());
      assertEquals(0.25f, gallery.threshold());
      assertEquals(
          List.of(
              new GalleryPerson("ada", Map.of("team", "engines"), 2),
              new GalleryPerson("zo\u00eb", Map.of("k", "v"), 1)),
          gallery.people());
      Embedding ada = Embedding.of(gallery.fingerprint(), new float[] {1, 0, 0, 0});
      Embedding joined = Embedding.of(gallery.fingerprint(), new float[] {1, 1, 0, 0});
      assertEquals(List.of(ada, joined), gallery.embeddings("ada"));
      assertEquals(
          List.of(1L, 6L),
          gallery.faces("ada").stream().map(GalleryPerson.EnrolledFace::id).toList());
    }
  }

  private static void assertReason(Reason reason, org.junit.jupiter.api.function.Executable open) {
    assertEquals(reason, assertThrows(GalleryException.class, open).reason());
  }

  @Test
  void searchesSeeWholeBatchesWhileOthersChangeThem() {
    Path folder = root.resolve("gallery");
    try (Gallery gallery = Gallery.open(folder, CARD)) {
      people(3).forEach(gallery::enroll);
      CompletableFuture<Void> writer =
          CompletableFuture.runAsync(
              () -> {
                for (int i = 0; i < 60; i++) {
                  gallery.enrollAll(
                      List.of(
                          Enrollment.of("twin a", List.of(photo(50, i))),
                          Enrollment.of("twin b", List.of(photo(50, i)))));
                  if (i % 7 == 6) {
                    gallery.replace(Enrollment.of("twin a", List.of(photo(51, i))));
                    gallery.remove("twin b");
                    gallery.remove("twin a");
                  }
                  if (i % 20 == 19) {
                    gallery.compact(ProgressListener.NONE);
                  }
                }
              });
      List<String> wrong = new ArrayList<>();
      while (!writer.isDone()) {
        List<String> found =
            gallery.search(photo(50, 3), 5).stream()
                .filter(c -> c.score() > 0.7)
                .map(c -> c.label())
                .toList();
        if (found.equals(List.of("twin b"))) {
          // Seen only between the replacement of a and the removal of b.
          continue;
        }
        if (!found.isEmpty() && !found.equals(List.of("twin a", "twin b"))) {
          wrong.add(found.toString());
        }
        assertTrue(gallery.classify(photo(0, 77)).isKnown());
      }
      writer.join();
      assertEquals(List.of(), wrong);
    }
  }
}
