package io.facepipeline.gallery;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTimeoutPreemptively;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.facepipeline.Enrollment;
import io.facepipeline.ProgressListener;
import io.facepipeline.gallery.GalleryScript.Contents;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.stream.IntStream;
import java.util.stream.LongStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** What a listener of compaction and of an export may do while it is called. */
final class GalleryListenerTest {
  /** Long enough for the slowest machine; only a hang takes it. */
  private static final Duration HANGS = Duration.ofSeconds(60);

  @TempDir Path root;

  private Gallery gallery(boolean inFolder) {
    Gallery gallery =
        inFolder
            ? CrashRounds.open(root.resolve("gallery"))
            : Gallery.inMemory(CrashRounds.card(), 0.5f);
    gallery.enroll("gone", List.of(GalleryScript.face(9)));
    gallery.enrollAll(
        List.of(
            new Enrollment(
                "ada", List.of(GalleryScript.face(0), GalleryScript.face(1)), Map.of("k", "1")),
            Enrollment.of("bob", List.of(GalleryScript.face(2))),
            Enrollment.of("cid", List.of(GalleryScript.face(4)))));
    gallery.remove("gone");
    return gallery;
  }

  /** Another thread does something, and this one waits for it. */
  private static void elsewhere(Runnable task) {
    CompletableFuture<Void> done = new CompletableFuture<>();
    new Thread(
            () -> {
              try {
                task.run();
                done.complete(null);
              } catch (Throwable e) {
                done.completeExceptionally(e);
              }
            })
        .start();
    try {
      done.get();
    } catch (InterruptedException | ExecutionException e) {
      throw new IllegalStateException(e);
    }
  }

  @ParameterizedTest
  @ValueSource(booleans = {false, true})
  void aListenerOfCompactMayWaitForAnotherThreadsChange(boolean inFolder) {
    Contents expected;
    try (Gallery gallery = gallery(inFolder)) {
      List<String> told = new ArrayList<>();
      assertTimeoutPreemptively(
          HANGS,
          () ->
              gallery.compact(
                  (done, all, item) -> {
                    told.add(item + " " + done + "/" + all);
                    elsewhere(
                        () ->
                            gallery.enroll(
                                "new " + done, List.of(GalleryScript.face(50 + (int) done))));
                  }));
      List<String> people = new ArrayList<>(List.of("ada", "bob", "cid"));
      if (inFolder) {
        assertEquals(List.of("ada 1/3", "bob 2/3", "cid 3/3"), told);
        people.addAll(List.of("new 1", "new 2", "new 3"));
      }
      assertEquals(people, gallery.labels());
      expected = Contents.of(gallery);
    }
    if (inFolder) {
      try (Gallery gallery = CrashRounds.open(root.resolve("gallery"))) {
        assertTrue(gallery.recovery().orElseThrow().isClean());
        assertTrue(Contents.of(gallery).sameAs(expected));
      }
    }
  }

  @ParameterizedTest
  @CsvSource({"false,csv", "false,npz", "true,csv", "true,npz"})
  void aListenerOfAnExportMayWaitForAnotherThreadsChange(boolean inFolder, String form) {
    Path file = root.resolve("people." + form);
    Contents expected;
    try (Gallery gallery = gallery(inFolder);
        Gallery copy = Gallery.inMemory(CrashRounds.card(), 0.5f)) {
      Contents before = Contents.of(gallery);
      List<String> told = new ArrayList<>();
      assertTimeoutPreemptively(
          HANGS,
          () ->
              gallery.exportTo(
                  file,
                  (done, all, item) -> {
                    told.add(item + " " + done + "/" + all);
                    elsewhere(
                        () ->
                            gallery.enroll(
                                "new " + done, List.of(GalleryScript.face(50 + (int) done))));
                  }));
      assertEquals(List.of("ada 1/3", "bob 2/3", "cid 3/3"), told);
      assertEquals(List.of("ada", "bob", "cid", "new 1", "new 2", "new 3"), gallery.labels());
      copy.importFrom(file, ProgressListener.NONE);
      assertTrue(Contents.of(copy).sameAs(before), "exported as it was when it began");
      expected = Contents.of(gallery);
    }
    if (inFolder) {
      try (Gallery gallery = CrashRounds.open(root.resolve("gallery"))) {
        assertTrue(Contents.of(gallery).sameAs(expected));
      }
    }
  }

  @Test
  @SuppressWarnings("try") // closed by the listener's other thread
  void aListenerMayWaitForAnotherThreadsLongWorkAndForItsEnd() {
    Path first = root.resolve("first.csv");
    Path second = root.resolve("second.npz");
    try (Gallery gallery = gallery(true)) {
      assertTimeoutPreemptively(
          HANGS,
          () ->
              gallery.exportTo(
                  first,
                  (done, all, item) ->
                      elsewhere(
                          () -> {
                            gallery.compact((d, a, i) -> assertEquals(all, a));
                            gallery.exportTo(second, (d, a, i) -> {});
                            if (done == all) {
                              gallery.close();
                            }
                          })));
      assertThrows(IllegalStateException.class, gallery::size);
    }
    try (Gallery gallery = CrashRounds.open(root.resolve("gallery"))) {
      for (Path file : List.of(first, second)) {
        try (Gallery copy = Gallery.inMemory(CrashRounds.card(), 0.5f)) {
          copy.importFrom(file, ProgressListener.NONE);
          assertTrue(Contents.of(copy).sameAs(Contents.of(gallery)), file.toString());
        }
      }
    }
  }

  @ParameterizedTest
  @ValueSource(longs = {1, 1500, 3000})
  void whatAListenerThrowsAtAnyStepLeavesTheFilesAsTheyWere(long step) throws IOException {
    Path folder = root.resolve("gallery");
    Path file = root.resolve("people.csv");
    Files.writeString(file, "as it was");
    try (Gallery gallery = gallery(true)) {
      gallery.enrollAll(
          IntStream.range(3, 3000)
              .mapToObj(i -> Enrollment.of("p" + i, List.of(GalleryScript.face(i))))
              .toList());
      byte[] log = Files.readAllBytes(folder.resolve("faces.log"));
      RuntimeException thrown = new RuntimeException("enough");
      List<Long> told = new ArrayList<>();
      ProgressListener throwing =
          (done, all, item) -> {
            told.add(done);
            if (done == step) {
              throw thrown;
            }
          };
      assertSame(thrown, assertThrows(RuntimeException.class, () -> gallery.compact(throwing)));
      assertEquals(LongStream.rangeClosed(1, step).boxed().toList(), told);
      assertArrayEquals(log, Files.readAllBytes(folder.resolve("faces.log")));
      assertSame(
          thrown, assertThrows(RuntimeException.class, () -> gallery.exportTo(file, throwing)));
      assertEquals("as it was", Files.readString(file));
      gallery.compact(ProgressListener.NONE);
      assertEquals(3000, gallery.people().size());
    }
  }

  @Test
  void aListenerIsCalledInTheCallingThreadWhichStaysInterrupted() {
    try (Gallery gallery = gallery(true)) {
      List<Thread> threads = new ArrayList<>();
      Thread.currentThread().interrupt();
      gallery.compact((done, all, item) -> threads.add(Thread.currentThread()));
      assertTrue(Thread.interrupted(), "the thread stays interrupted");
      Thread here = Thread.currentThread();
      assertEquals(List.of(here, here, here), threads);
    }
  }
}
