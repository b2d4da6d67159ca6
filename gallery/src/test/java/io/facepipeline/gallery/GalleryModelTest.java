package io.facepipeline.gallery;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assertions.fail;

import io.facepipeline.Embedding;
import io.facepipeline.Enrollment;
import io.facepipeline.ProgressListener;
import io.facepipeline.gallery.GalleryException.Reason;
import io.facepipeline.gallery.GalleryScript.Contents;
import io.facepipeline.gallery.GalleryScript.Known;
import io.facepipeline.gallery.GalleryScript.Step;
import io.facepipeline.gallery.log.GalleryStore;
import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.CompletableFuture;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * Random histories of a gallery, against a plain map: changes, searches, calls from callbacks,
 * reopenings, kills at any byte written, cuts, fallen bits, second writers, sectors that go bad
 * under the mapping, full disks, and several threads.
 *
 * <p>{@code -Dfacepipeline.gallery.histories=N} runs N instead of 2,000, {@code
 * -Dfacepipeline.gallery.seed=S} begins with another seed. A failure names the seed that repeats
 * it.
 */
final class GalleryModelTest {
  @TempDir static Path temporary;

  private static Path root = Path.of("/dev/shm");

  /** In memory where the system has such a folder: a disk that is waited for is the most of it. */
  @BeforeAll
  static void choose() throws IOException {
    root = Files.isWritable(root) ? Files.createTempDirectory(root, "galleries") : temporary;
  }

  @AfterAll
  static void clear() throws IOException {
    if (!root.equals(temporary)) {
      delete(root);
    }
  }

  @Test
  void everyHistoryEndsAsThePlainMapSays() throws Exception {
    long first = Long.getLong("facepipeline.gallery.seed", 1);
    int histories = Integer.getInteger("facepipeline.gallery.histories", 2000);
    java.util.logging.Logger log = java.util.logging.Logger.getLogger(GalleryStore.class.getName());
    log.setLevel(java.util.logging.Level.OFF);
    try {
      for (long seed = first; seed < first + histories; seed++) {
        Path folder = root.resolve("history");
        try {
          new History(folder, seed).run();
        } catch (Exception | AssertionError e) {
          throw new AssertionError("history with seed " + seed + ": " + e, e);
        } finally {
          GalleryTakeOverTest.forget(folder);
          delete(folder);
        }
      }
    } finally {
      log.setLevel(null);
    }
  }

  private static void delete(Path folder) throws IOException {
    try (Stream<Path> files = Files.list(folder)) {
      for (Path file : files.toList()) {
        Files.delete(file);
      }
    }
    Files.delete(folder);
  }

  /** One history. */
  private static final class History {
    private final Path folder;
    private final Random random;
    private final List<Step> steps;
    private int next;

    /** What was acknowledged. */
    private Contents known = new Contents();

    private Gallery gallery;

    History(Path folder, long seed) {
      this.folder = folder;
      this.random = new Random(seed);
      this.steps = GalleryScript.steps(seed, 60);
      this.gallery = CrashRounds.open(folder);
    }

    void run() throws Exception {
      try {
        for (int event = 2 + random.nextInt(8); event > 0; event--) {
          event(random.nextInt(15));
        }
        reopen();
      } finally {
        gallery.close();
      }
    }

    private void event(int kind) throws Exception {
      switch (kind) {
        case 0, 1, 2, 3 -> change(gallery);
        case 4 -> search();
        case 5 -> callback();
        case 6 -> reopen();
        case 7, 8 -> kill();
        case 9 -> fallenBit();
        case 10 -> cut();
        case 11 -> secondWriter();
        case 12 -> fullDisk();
        case 13 -> badSector();
        default -> threads();
      }
    }

    private Step step() {
      return steps.get(next++ % steps.size());
    }

    private void change(Gallery in) {
      Step step = step();
      step.run(in);
      step.run(known);
    }

    private void check(Gallery found, String when) {
      assertTrue(Contents.of(found).sameAs(known), when);
    }

    private void reopen() {
      gallery.close();
      gallery = CrashRounds.open(folder);
      assertTrue(gallery.recovery().orElseThrow().isClean(), "after an orderly end");
      check(gallery, "opened again");
      try (Gallery reader = Gallery.in(folder).parallelism(1).readOnly().open()) {
        check(reader, "read only");
      }
    }

    private void search() {
      Embedding probe = GalleryScript.face(random.nextInt());
      double best = -2;
      for (Known person : known.people().values()) {
        for (Embedding face : person.embeddings()) {
          best = Math.max(best, face.similarity(probe));
        }
      }
      var found = gallery.search(probe, 1);
      assertEquals(known.people().isEmpty(), found.isEmpty());
      if (!found.isEmpty()) {
        assertEquals(best, found.get(0).score(), 1e-5);
      }
      check(gallery, "searched");
    }

    private void callback() throws IOException {
      boolean[] refused = {false};
      Runnable callback =
          () -> {
            try {
              gallery.enroll("from a callback", List.of(GalleryScript.face(5)));
              gallery.remove("from a callback");
            } catch (IllegalStateException e) {
              refused[0] = true;
            }
          };
      boolean anybody = !known.people().isEmpty();
      switch (random.nextInt(3)) {
        case 0 -> {
          gallery.compact((done, all, item) -> callback.run());
          assertEquals(anybody, refused[0]);
        }
        case 1 -> {
          Path file = root.resolve("export.npz");
          gallery.exportTo(file, (done, all, item) -> callback.run());
          assertEquals(anybody, refused[0]);
          Files.delete(file);
        }
        default -> {
          gallery.search(
              GalleryScript.face(1),
              GalleryQuery.top(2)
                  .withFilter(
                      p -> {
                        callback.run();
                        return true;
                      }));
          assertFalse(refused[0]);
        }
      }
      check(gallery, "called back");
    }

    /** Changes until the process is killed; the last change is there wholly or not at all. */
    private void kill() throws IOException {
      gallery.close();
      DyingDisk disk = new DyingDisk(1 + random.nextInt(random.nextBoolean() ? 100 : 6000));
      Contents begun = known.copy();
      try {
        Gallery dying = Gallery.in(folder).parallelism(1).open(disk);
        try {
          while (true) {
            Step step = step();
            begun = known.copy();
            step.run(begun);
            step.run(dying);
            known = begun;
          }
        } finally {
          closeDead(dying);
        }
      } catch (GalleryException e) {
        assertEquals(Reason.STORAGE, e.reason(), e.toString());
      }
      assertTrue(disk.isDead());
      gallery = CrashRounds.open(folder);
      Contents found = Contents.of(gallery);
      if (!found.sameAs(known)) {
        assertTrue(found.sameAs(begun), "killed: neither before nor after the change");
        known = begun;
      }
      gallery
          .recovery()
          .orElseThrow()
          .setAside()
          .forEach(n -> assertTrue(Files.exists(folder.resolve(n))));
    }

    private static void closeDead(Gallery dying) {
      try {
        dying.close();
      } catch (GalleryException e) {
        assertEquals(Reason.STORAGE, e.reason());
      }
    }

    private void fallenBit() throws IOException {
      gallery.close();
      Path file = folder.resolve("faces.log");
      long at = random.nextInt((int) Files.size(file));
      int bit = 1 << random.nextInt(8);
      flip(file, at, bit);
      refusedOrExact("bit " + bit + " of byte " + at);
      flip(file, at, bit);
      gallery = CrashRounds.open(folder);
      check(gallery, "the bit put right");
    }

    private void cut() throws IOException {
      gallery.close();
      Path file = folder.resolve("faces.log");
      byte[] whole = Files.readAllBytes(file);
      int length = random.nextInt(whole.length);
      try (RandomAccessFile log = new RandomAccessFile(file.toFile(), "rw")) {
        log.setLength(length);
      }
      try (Gallery opened = CrashRounds.open(folder)) {
        fail("cut at " + length + " of " + whole.length + " and opened: " + opened);
      } catch (GalleryException e) {
        assertEquals(Reason.DAMAGED, e.reason());
      }
      assertEquals(length, Files.size(file), "refusing changes nothing");
      try (RandomAccessFile log = new RandomAccessFile(file.toFile(), "rw")) {
        log.seek(length);
        log.write(whole, length, whole.length - length);
      }
      gallery = CrashRounds.open(folder);
      check(gallery, "put back");
    }

    private static void flip(Path file, long at, int bit) throws IOException {
      try (RandomAccessFile bytes = new RandomAccessFile(file.toFile(), "rw")) {
        bytes.seek(at);
        int old = bytes.read();
        bytes.seek(at);
        bytes.write(old ^ bit);
      }
    }

    private void refusedOrExact(String what) {
      try (Gallery opened = CrashRounds.open(folder)) {
        check(opened, what);
      } catch (GalleryException e) {
        assertTrue(
            e.reason() == Reason.DAMAGED || e.reason() == Reason.NEWER_FORMAT, what + ": " + e);
      }
    }

    private void secondWriter() throws IOException {
      Gallery lost = gallery;
      switch (random.nextInt(3)) {
        case 0 -> GalleryTakeOverTest.forget(folder);
        case 1 -> {
          GalleryTakeOverTest.dropLock(folder);
          GalleryTakeOverTest.forget(folder);
        }
        default -> {
          try (Gallery second = CrashRounds.open(folder)) {
            fail("two have the folder: " + second);
          } catch (GalleryException e) {
            assertEquals(Reason.IN_USE, e.reason());
          }
          GalleryTakeOverTest.forget(folder);
        }
      }
      gallery = CrashRounds.open(folder);
      for (int i = random.nextInt(3); i > 0; i--) {
        change(gallery);
      }
      try {
        lost.enroll("lost", List.of(GalleryScript.face(3)));
        fail("two writers");
      } catch (GalleryException e) {
        assertEquals(Reason.TAKEN_OVER, e.reason());
      }
      lost.close();
      change(gallery);
      check(gallery, "a second writer");
    }

    private void fullDisk() {
      gallery.close();
      FullDisk disk = new FullDisk(random.nextInt(5000), true);
      try (Gallery full = Gallery.in(folder).parallelism(1).open(disk)) {
        for (int i = 0; i < 4; i++) {
          Step step = step();
          try {
            step.run(full);
            step.run(known);
          } catch (GalleryException e) {
            assertEquals(Reason.STORAGE, e.reason());
          }
          check(full, "a full disk");
        }
      }
      gallery = CrashRounds.open(folder);
      check(gallery, "after a full disk");
    }

    /** A record changes on the disk while it is mapped. */
    private void badSector() throws IOException {
      reopen();
      if (known.people().isEmpty()) {
        return;
      }
      Path file = folder.resolve("faces.log");
      // The last bytes of a face: a person's record is what they are in.
      String label = gallery.labels().get(random.nextInt(gallery.labels().size()));
      byte[] needle = bytes(gallery.embeddings(label).get(0));
      int at = find(Files.readAllBytes(file), needle);
      if (at < 0) {
        // Brought to unit length once more, which moved the last digit.
        return;
      }
      flip(file, at + 5, 4);
      for (boolean compact : new boolean[] {true, false}) {
        try {
          if (compact) {
            gallery.compact(ProgressListener.NONE);
          } else {
            gallery.exportTo(root.resolve("bad.npz"), ProgressListener.NONE);
          }
          fail("a bad sector is copied");
        } catch (GalleryException e) {
          assertEquals(Reason.DAMAGED, e.reason(), e.toString());
          assertTrue(e.getMessage().contains(label), e.getMessage());
        }
      }
      assertTrue(Files.notExists(root.resolve("bad.npz")));
      flip(file, at + 5, 4);
      reopen();
    }

    private static byte[] bytes(Embedding face) {
      var bytes =
          java.nio.ByteBuffer.allocate(4 * face.size()).order(java.nio.ByteOrder.LITTLE_ENDIAN);
      bytes.asFloatBuffer().put(face.toArray());
      return bytes.array();
    }

    private static int find(byte[] all, byte[] needle) {
      for (int at = 0; at + needle.length <= all.length; at += 4) {
        if (java.util.Arrays.equals(all, at, at + needle.length, needle, 0, needle.length)) {
          return at;
        }
      }
      return -1;
    }

    /** Several threads enroll and search; each one's people are their own. */
    private void threads() {
      List<CompletableFuture<Void>> all = new ArrayList<>();
      for (int thread = 0; thread < 3; thread++) {
        String label = "thread " + thread;
        all.add(
            CompletableFuture.runAsync(
                () -> {
                  for (int i = 0; i < 3; i++) {
                    Embedding face = GalleryScript.face(1000 * label.hashCode() + i);
                    gallery.replace(Enrollment.of(label, List.of(face)));
                    assertEquals(label, gallery.search(face, 1).get(0).label());
                  }
                  gallery.remove(label);
                }));
      }
      all.forEach(CompletableFuture::join);
      check(gallery, "several threads");
      gallery.enrollAll(
          List.of(new Enrollment("after", List.of(GalleryScript.face(77)), Map.of("k", "v"))));
      assertEquals(1, gallery.remove("after"));
    }
  }
}
