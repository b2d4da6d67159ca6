package io.facepipeline.gallery;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.facepipeline.Embedding;
import io.facepipeline.Enrollment;
import io.facepipeline.ProgressListener;
import io.facepipeline.gallery.GalleryException.Reason;
import io.facepipeline.gallery.GalleryScript.Contents;
import io.facepipeline.gallery.log.GalleryEnd;
import io.facepipeline.gallery.log.GalleryRecord;
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

  private byte[] closedLog = {};
  private byte[] closedEnd = {};

  @BeforeEach
  void writeSomeChanges() throws IOException {
    log = folder.resolve("faces.log");
    Path end = folder.resolve(GalleryEnd.NAME);
    byte[] killedLog;
    byte[] killedEnd;
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
      // As a killed process leaves it: without an orderly end.
      killedLog = Files.readAllBytes(log);
      killedEnd = Files.readAllBytes(end);
    }
    closedLog = Files.readAllBytes(log);
    closedEnd = Files.readAllBytes(end);
    Files.write(log, killedLog);
    Files.write(end, killedEnd);
  }

  private void note(Gallery gallery) throws IOException {
    states.add(Contents.of(gallery));
    ends.add(Files.size(log));
  }

  private static Embedding face(int seed) {
    return GalleryScript.face(seed);
  }

  private Contents last() {
    return states.get(states.size() - 1);
  }

  /** Writes what is different: some file systems wait for the disk where a file is made anew. */
  private static void put(Path file, byte[] bytes) throws IOException {
    byte[] old = Files.exists(file) ? Files.readAllBytes(file) : new byte[0];
    try (var out = new java.io.RandomAccessFile(file.toFile(), "rw")) {
      int from = Arrays.mismatch(old, bytes);
      while (from >= 0 && from < bytes.length) {
        int to = from + 1;
        while (to < bytes.length && (to >= old.length || old[to] != bytes[to])) {
          to++;
        }
        out.seek(from);
        out.write(bytes, from, to - from);
        int next =
            Arrays.mismatch(old, Math.min(to, old.length), old.length, bytes, to, bytes.length);
        from = next < 0 ? -1 : to + next;
      }
      if (out.length() > bytes.length) {
        out.setLength(bytes.length);
      }
    }
  }

  /** Puts a log and its end into the folder, and says whether it is refused; else it is exact. */
  private boolean isRefused(byte[] logBytes, byte[] endBytes, boolean readOnly, String what)
      throws IOException {
    put(log, logBytes);
    put(folder.resolve(GalleryEnd.NAME), endBytes);
    GalleryBuilder builder = Gallery.in(folder).parallelism(1);
    try (Gallery gallery = readOnly ? builder.readOnly().open() : builder.open()) {
      assertTrue(Contents.of(gallery).sameAs(last()), what + " is served");
      return false;
    } catch (GalleryException e) {
      assertTrue(
          e.reason() == Reason.DAMAGED || e.reason() == Reason.NEWER_FORMAT, what + ": " + e);
      assertTrue(e.getMessage().contains("faces."), e.getMessage());
      assertArrayEquals(logBytes, Files.readAllBytes(log), "refusing changes nothing");
      assertArrayEquals(
          endBytes,
          Files.readAllBytes(folder.resolve(GalleryEnd.NAME)),
          "refusing changes nothing");
      return true;
    }
  }

  @Test
  void everyCutOfWhatWasAcknowledgedIsRefused() throws IOException {
    for (boolean closed : new boolean[] {true, false}) {
      byte[] whole = closed ? closedLog : Files.readAllBytes(log);
      byte[] end = closed ? closedEnd : Files.readAllBytes(folder.resolve(GalleryEnd.NAME));
      assertEquals(whole.length, ends.get(ends.size() - 1));
      assertFalse(isRefused(whole, end, false, "all"));
      for (int length = 0; length < whole.length; length++) {
        boolean readOnly = length % 16 > 0;
        String what = "the log cut at " + length;
        assertTrue(isRefused(Arrays.copyOf(whole, length), end, readOnly, what), what);
      }
      for (int length = 0; length < end.length; length++) {
        // One of the two states may be left.
        isRefused(whole, Arrays.copyOf(end, length), length % 16 > 0, "the end cut at " + length);
      }
      Files.write(log, whole);
      Files.write(folder.resolve(GalleryEnd.NAME), end);
    }
  }

  @Test
  void everyFallenBitIsRefusedOrCountsForNothing() throws IOException {
    for (boolean closed : new boolean[] {true, false}) {
      byte[] whole = closed ? closedLog : Files.readAllBytes(log);
      byte[] end = closed ? closedEnd : Files.readAllBytes(folder.resolve(GalleryEnd.NAME));
      for (int bit = 0; bit < 8 * whole.length; bit += closed ? 1 : 23) {
        byte[] damaged = whole.clone();
        damaged[bit / 8] ^= (byte) (1 << (bit % 8));
        String what = "bit " + bit % 8 + " of byte " + bit / 8;
        boolean refused = isRefused(damaged, end, bit % 256 > 0, what);
        assertEquals(!isPadding(whole, bit / 8), refused, what);
      }
      for (int bit = 0; bit < 8 * end.length; bit += closed ? 3 : 17) {
        byte[] damaged = end.clone();
        damaged[bit / 8] ^= (byte) (1 << (bit % 8));
        assertFalse(
            isRefused(whole, damaged, bit % 256 > 0, "bit " + bit + " of the end"),
            "one of the two states is left");
      }
      Files.write(log, whole);
      Files.write(folder.resolve(GalleryEnd.NAME), end);
    }
  }

  @Test
  void anUnfinishedWriteIsLeftOutAndKept() throws IOException {
    byte[] killedLog = Files.readAllBytes(log);
    byte[] killedEnd = Files.readAllBytes(folder.resolve(GalleryEnd.NAME));
    try (Gallery gallery = CrashRounds.open(folder)) {
      gallery.enroll("dan", List.of(face(6)));
      note(gallery);
    }
    byte[] more = Files.readAllBytes(log);
    for (int length = killedLog.length; length <= more.length; length += 5) {
      Files.write(log, Arrays.copyOf(more, length));
      Files.write(folder.resolve(GalleryEnd.NAME), killedEnd);
      int unfinished = length == more.length ? 0 : length - killedLog.length;
      int state = states.size() - (length == more.length ? 1 : 2);
      try (Gallery gallery = Gallery.in(folder).readOnly().open()) {
        assertTrue(Contents.of(gallery).sameAs(states.get(state)), "cut at " + length);
        assertEquals(unfinished, gallery.recovery().orElseThrow().bytesCut());
        assertEquals(length, Files.size(log), "reading changes nothing");
      }
      try (Gallery gallery = CrashRounds.open(folder)) {
        assertTrue(Contents.of(gallery).sameAs(states.get(state)), "cut at " + length);
        GalleryRecovery recovery = gallery.recovery().orElseThrow();
        assertEquals(unfinished, recovery.bytesCut(), "cut at " + length);
        assertEquals(unfinished == 0, recovery.isClean());
        assertEquals(List.of(), recovery.losses());
        assertEquals(unfinished == 0 ? 0 : 1, recovery.setAside().size());
        for (String name : recovery.setAside()) {
          assertArrayEquals(
              Arrays.copyOfRange(more, killedLog.length, length),
              Files.readAllBytes(folder.resolve(name)));
        }
        gallery.enroll("after", List.of(face(9)));
        if (length % 2 == 0) {
          gallery.compact(ProgressListener.NONE);
          for (String name : recovery.setAside()) {
            assertTrue(Files.notExists(folder.resolve(name)), "compacting leaves nothing of it");
          }
        }
      }
      try (Gallery gallery = CrashRounds.open(folder)) {
        assertTrue(gallery.recovery().orElseThrow().isClean());
        assertEquals(1, gallery.embeddings("after").size());
      }
    }
  }

  @Test
  void aLogWithoutItsEndAndAnEndWithoutItsLogAreRefused() throws IOException {
    CrashRounds.open(folder).close();
    Path end = folder.resolve(GalleryEnd.NAME);
    byte[] was = Files.readAllBytes(end);
    Files.delete(end);
    GalleryException e = assertThrows(GalleryException.class, () -> CrashRounds.open(folder));
    assertEquals(Reason.DAMAGED, e.reason());
    assertFalse(Files.exists(end), "refusing makes nothing");
    Files.write(end, was);
    byte[] records = Files.readAllBytes(log);
    Files.delete(log);
    e = assertThrows(GalleryException.class, () -> CrashRounds.open(folder));
    assertEquals(Reason.DAMAGED, e.reason());
    assertTrue(e.getMessage().contains("faces.log is gone"), e.getMessage());
    assertFalse(Files.exists(log), "nothing new is put in its place");
    Files.write(log, records);
    Files.delete(end);
    try (Gallery gallery = Gallery.in(folder).salvage().open()) {
      assertTrue(Contents.of(gallery).sameAs(last()));
      assertFalse(gallery.recovery().orElseThrow().isClean());
    }
    try (Gallery gallery = CrashRounds.open(folder)) {
      assertTrue(Contents.of(gallery).sameAs(last()));
    }
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
  void salvagingTellsWhatIsLostAndKeepsTheRest() throws IOException {
    byte[] damaged = Files.readAllBytes(log);
    damaged[(int) (ends.get(2) + 37)] ^= 1; // the removal of ada
    Files.write(log, damaged);
    assertEquals(
        Reason.DAMAGED,
        assertThrows(GalleryException.class, () -> CrashRounds.open(folder)).reason());
    assertEquals(damaged.length, Files.size(log), "refusing changes nothing");
    try (Gallery gallery =
        Gallery.in(folder).model(CrashRounds.card()).threshold(0.5f).salvage().open()) {
      GalleryRecovery recovery = gallery.recovery().orElseThrow();
      assertFalse(recovery.isClean());
      assertEquals(
          List.of(new GalleryRecovery.Loss(ends.get(2), ends.get(3), 4, 4)), recovery.losses());
      assertEquals(List.of("ada", "bob", "cid"), gallery.labels(), "the removal is lost");
      assertEquals(List.of(face(5)), gallery.embeddings("cid"));
      assertEquals(1, recovery.setAside().size());
      assertArrayEquals(
          damaged,
          Files.readAllBytes(folder.resolve(recovery.setAside().get(0))),
          "the damaged log is kept");
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
