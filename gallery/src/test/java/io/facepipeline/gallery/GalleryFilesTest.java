package io.facepipeline.gallery;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.facepipeline.Enrollment;
import io.facepipeline.ProgressListener;
import io.facepipeline.gallery.GalleryException.Reason;
import io.facepipeline.testkit.FlightEvents;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.List;
import java.util.Map;
import jdk.jfr.consumer.RecordedEvent;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What stands in a gallery's folder and beside its exports, for whom, and for how long. */
final class GalleryFilesTest {
  @TempDir Path root;

  @Test
  void anInterruptBreaksNothingOff() throws IOException {
    Path folder = root.resolve("gallery");
    Path file = root.resolve("people.npz");
    Thread.currentThread().interrupt();
    try (Gallery gallery = CrashRounds.open(folder)) {
      gallery.enroll("ada", List.of(GalleryScript.face(1)));
      gallery.enroll("bob", List.of(GalleryScript.face(2)));
      gallery.remove("ada");
      gallery.compact(ProgressListener.NONE);
      gallery.exportTo(file, ProgressListener.NONE);
      assertEquals("bob", gallery.search(GalleryScript.face(2), 1).get(0).label());
    } finally {
      assertTrue(Thread.interrupted(), "the thread stays interrupted");
    }
    try (Gallery gallery = CrashRounds.open(folder)) {
      assertEquals(List.of("bob"), gallery.labels());
      assertEquals(1, gallery.importFrom(file, ProgressListener.NONE));
    }
  }

  @Test
  void flightRecorderIsToldOfEachWrite() throws Exception {
    Path folder = root.resolve("gallery");
    try (Gallery gallery = CrashRounds.open(folder)) {
      long before = gallery.stats().bytesOnDisk();
      List<RecordedEvent> writes =
          FlightEvents.of(
              "GalleryWrite",
              () -> {
                gallery.enroll("ada", List.of(GalleryScript.face(1), GalleryScript.face(2)));
                gallery.remove("ada");
                gallery.remove("nobody");
              });
      assertEquals(List.of(2, 0), writes.stream().map(w -> w.getInt("faces")).toList());
      assertEquals(
          gallery.stats().bytesOnDisk() - before,
          writes.stream().mapToLong(w -> w.getLong("bytes")).sum());
    }
    try (Gallery reader = Gallery.in(folder).readOnly().open()) {
      assertEquals(
          List.of(),
          FlightEvents.of("GalleryWrite", () -> reader.search(GalleryScript.face(1), 1)));
    }
  }

  @Test
  void readingWritesNothingAndChangesAreRefused() throws IOException {
    Path folder = root.resolve("gallery");
    try (Gallery writer = CrashRounds.open(folder)) {
      writer.enroll("ada", List.of(GalleryScript.face(1)));
      try (Gallery reader = Gallery.in(folder).readOnly().open()) {
        writer.enroll("bob", List.of(GalleryScript.face(2)));
        writer.compact(ProgressListener.NONE);
        assertTrue(reader.isReadOnly());
        assertEquals(List.of("ada"), reader.labels());
        assertEquals("ada", reader.search(GalleryScript.face(1), 1).get(0).label());
        GalleryException e =
            assertThrows(
                GalleryException.class, () -> reader.enroll("x", List.of(GalleryScript.face(3))));
        assertEquals(Reason.READ_ONLY, e.reason());
      }
      writer.enroll("cid", List.of(GalleryScript.face(3)));
    }
    Files.delete(folder.resolve("gallery.lock"));
    Gallery.in(folder).readOnly().open().close();
    assertTrue(Files.notExists(folder.resolve("gallery.lock")));
  }

  @Test
  void theNextOpeningDeletesWhatAKilledExportLeft() throws IOException {
    Path folder = root.resolve("gallery");
    Path part = root.resolve(".people.npz.0.part");
    Path other = root.resolve("mine");
    try (Gallery gallery = CrashRounds.open(folder)) {
      gallery.enroll("ada", List.of(GalleryScript.face(1)));
    }
    Files.writeString(part, "half");
    Files.writeString(other, "not a part");
    Files.write(folder.resolve("faces.exports"), List.of(part.toString(), other.toString()));
    try (Gallery gallery = CrashRounds.open(folder)) {
      assertEquals(List.of(part.toString()), gallery.recovery().orElseThrow().leftovers());
    }
    assertTrue(Files.notExists(part) && Files.exists(other));
    assertTrue(Files.notExists(folder.resolve("faces.exports")));
  }

  @Test
  void whatHoldsEmbeddingsIsItsOwnersAlone() throws IOException {
    org.junit.jupiter.api.Assumptions.assumeTrue(
        Files.getFileStore(root).supportsFileAttributeView("posix"), "no owners");
    Path folder = root.resolve("gallery");
    Path log = folder.resolve("faces.log");
    try (Gallery gallery = CrashRounds.open(folder)) {
      gallery.enroll("ada", List.of(GalleryScript.face(1)));
      Path file = root.resolve("people.csv");
      gallery.exportTo(file, ProgressListener.NONE);
      for (Path each : List.of(log, file)) {
        assertEquals(
            "rw-------", PosixFilePermissions.toString(Files.getPosixFilePermissions(each)));
      }
      Files.setPosixFilePermissions(log, PosixFilePermissions.fromString("rw-r-----"));
      gallery.compact(ProgressListener.NONE);
      assertEquals("rw-r-----", PosixFilePermissions.toString(Files.getPosixFilePermissions(log)));
    }
  }

  @Test
  void whatWasAcceptedCanBeCompacted() {
    Path folder = root.resolve("gallery");
    try (Gallery gallery = CrashRounds.open(folder)) {
      String half = "x".repeat(600_000);
      gallery.enrollAll(
          List.of(new Enrollment("ada", List.of(GalleryScript.face(1)), Map.of("a", half))));
      Enrollment more = new Enrollment("ada", List.of(GalleryScript.face(2)), Map.of("b", half));
      assertThrows(IllegalArgumentException.class, () -> gallery.enrollAll(List.of(more)));
      assertThrows(
          IllegalArgumentException.class,
          () -> gallery.setMetadata("ada", Map.of("a", half, "b", half)));
      gallery.compact(ProgressListener.NONE);
      assertEquals(Map.of("a", half), gallery.person("ada").orElseThrow().metadata());
    }
  }
}
