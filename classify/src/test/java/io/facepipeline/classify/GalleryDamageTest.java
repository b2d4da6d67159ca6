package io.facepipeline.classify;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.facepipeline.Embedding;
import io.facepipeline.classify.GalleryException.Reason;
import io.facepipeline.classify.GalleryScript.Contents;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A log that ends too early, or in which bits have fallen over. */
final class GalleryDamageTest {
  @TempDir Path folder;

  private Path log;

  /** The state after each change, and where the log ended then. */
  private final List<Contents> states = new ArrayList<>();

  private final List<Long> ends = new ArrayList<>();

  @BeforeEach
  void writeSomeChanges() throws IOException {
    log = folder.resolve("faces.log");
    try (Gallery gallery = CrashRounds.open(folder)) {
      note(gallery);
      gallery.enroll("ada", List.of(face(1)));
      note(gallery);
      gallery.enrollAll(
          List.of(
              new Enrollment("bob", List.of(face(2), face(3)), Map.of("k", "v")),
              Enrollment.of("cid", List.of(face(4)))));
      note(gallery);
      gallery.remove("ada");
      note(gallery);
      gallery.replace(Enrollment.of("cid", List.of(face(5))));
      note(gallery);
      // As a killed process leaves it: without the mark of an orderly end.
      Files.copy(log, folder.resolve("copy"));
    }
    Files.move(folder.resolve("copy"), log, java.nio.file.StandardCopyOption.REPLACE_EXISTING);
  }

  private void note(Gallery gallery) throws IOException {
    states.add(Contents.of(gallery));
    ends.add(Files.size(log));
  }

  private static Embedding face(int seed) {
    java.util.Random random = new java.util.Random(seed);
    float[] vector = new float[GalleryScript.DIMENSIONS];
    for (int i = 0; i < vector.length; i++) {
      vector[i] = (float) random.nextGaussian();
    }
    return Embedding.of(GalleryScript.MODEL, vector);
  }

  @Test
  void anEndCutAnywhereGivesTheLastWholeChange() throws IOException {
    byte[] whole = Files.readAllBytes(log);
    assertEquals(whole.length, ends.get(ends.size() - 1));
    for (int length = (int) (long) ends.get(0); length <= whole.length; length += 7) {
      Files.write(log, Arrays.copyOf(whole, length));
      int state = states.size() - 1;
      while (ends.get(state) > length) {
        state--;
      }
      try (Gallery gallery = CrashRounds.open(folder)) {
        assertTrue(Contents.of(gallery).sameAs(states.get(state)), "cut at " + length);
        GalleryRecovery recovery = gallery.recovery().orElseThrow();
        assertEquals(length - ends.get(state), recovery.bytesCut(), "cut at " + length);
        assertEquals(recovery.bytesCut() == 0, recovery.isClean());
        assertEquals(List.of(), recovery.losses());
        gallery.enroll("after", List.of(face(9)));
      }
      try (Gallery gallery = CrashRounds.open(folder)) {
        assertTrue(gallery.recovery().orElseThrow().isClean());
        assertEquals(1, gallery.embeddings("after").size());
      }
    }
  }

  @Test
  void aFallenBitIsNeverServed() throws IOException {
    byte[] whole = Files.readAllBytes(log);
    long lastRecord = ends.get(ends.size() - 2);
    int refused = 0;
    int cut = 0;
    for (int at = 0; at < whole.length; at += at < 200 ? 1 : 3) {
      byte[] damaged = whole.clone();
      damaged[at] ^= (byte) (1 << (at % 8));
      Files.write(log, damaged);
      try (Gallery gallery = CrashRounds.open(folder)) {
        Contents found = Contents.of(gallery);
        if (found.sameAs(states.get(states.size() - 1))) {
          assertTrue(isPadding(whole, at), "byte " + at + " counts for nothing");
        } else {
          // The last change's: it may as well be unfinished.
          assertTrue(at >= lastRecord, "byte " + at);
          assertTrue(found.sameAs(states.get(states.size() - 2)), "byte " + at);
          assertEquals(whole.length - lastRecord, gallery.recovery().orElseThrow().bytesCut());
          cut++;
        }
      } catch (GalleryException e) {
        assertTrue(at < lastRecord, "byte " + at + ": " + e.getMessage());
        assertTrue(
            e.reason() == Reason.DAMAGED || e.reason() == Reason.NEWER_FORMAT, e.getMessage());
        assertTrue(e.getMessage().contains("faces.log"), e.getMessage());
        refused++;
      }
    }
    assertTrue(refused > lastRecord / 4, refused + " refused of " + lastRecord);
    assertTrue(cut > 0);
  }

  /** The zeros that fill a record up to a multiple of eight. */
  private static boolean isPadding(byte[] log, int at) {
    java.nio.ByteBuffer bytes =
        java.nio.ByteBuffer.wrap(log).order(java.nio.ByteOrder.LITTLE_ENDIAN);
    int record = 0;
    while (true) {
      int end = record + GalleryRecord.HEADER_BYTES + bytes.getInt(record + 8);
      int next =
          record + GalleryRecord.HEADER_BYTES + GalleryRecord.padded(bytes.getInt(record + 8));
      if (at < next) {
        return at >= end;
      }
      record = next;
    }
  }

  @Test
  void afterAnOrderlyEndTheLastChangeIsDamageToo() throws IOException {
    CrashRounds.open(folder).close();
    byte[] whole = Files.readAllBytes(log);
    whole[(int) (ends.get(ends.size() - 1) - 9)] ^= 1;
    Files.write(log, whole);
    GalleryException e = assertThrows(GalleryException.class, () -> CrashRounds.open(folder));
    assertEquals(Reason.DAMAGED, e.reason());
    assertTrue(e.getMessage().contains("changes 6 to 6"), e.getMessage());
  }

  @Test
  void salvagingTellsWhatIsLostAndKeepsTheRest() throws IOException {
    byte[] damaged = Files.readAllBytes(log);
    damaged[(int) (ends.get(2) + 37)] ^= 1; // the removal of ada
    Files.write(log, damaged);
    assertEquals(
        Reason.DAMAGED,
        assertThrows(GalleryException.class, () -> CrashRounds.open(folder)).reason());
    assertEquals(damaged.length, Files.size(log), "refusing changes nothing");
    try (Gallery gallery =
        Gallery.builder(folder).model(CrashRounds.card()).threshold(0.5f).salvage().open()) {
      GalleryRecovery recovery = gallery.recovery().orElseThrow();
      assertFalse(recovery.isClean());
      assertEquals(
          List.of(new GalleryRecovery.Loss(ends.get(2), ends.get(3), 5, 5)), recovery.losses());
      assertEquals(List.of("ada", "bob", "cid"), gallery.labels(), "the removal is lost");
      assertEquals(List.of(face(5)), gallery.embeddings("cid"));
    }
    try (Gallery gallery = CrashRounds.open(folder)) {
      assertTrue(gallery.recovery().orElseThrow().isClean());
      assertEquals(List.of("ada", "bob", "cid"), gallery.labels());
    }
  }

  @Test
  void aLabelCannotPassForARecord() throws IOException {
    byte[] whole = Files.readAllBytes(log);
    byte[] record = Arrays.copyOfRange(whole, (int) (long) ends.get(0), (int) (long) ends.get(1));
    // A record of another log, as a hostile label would have to bring it, in a torn end.
    Path other = folder.resolve("other");
    CrashRounds.open(other).close();
    byte[] torn = Files.readAllBytes(other.resolve("faces.log"));
    byte[] joined = Arrays.copyOf(torn, torn.length + 8 + record.length);
    System.arraycopy(record, 0, joined, torn.length + 8, record.length);
    Files.write(other.resolve("faces.log"), joined);
    try (Gallery gallery = CrashRounds.open(other)) {
      assertEquals(0, gallery.size());
      assertEquals(8 + record.length, gallery.recovery().orElseThrow().bytesCut());
    }
  }
}
