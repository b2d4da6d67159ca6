package io.facepipeline.gallery;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.facepipeline.Enrollment;
import io.facepipeline.ProgressListener;
import io.facepipeline.gallery.GalleryException.Reason;
import io.facepipeline.gallery.GalleryScript.Contents;
import io.facepipeline.gallery.log.FileIdentity;
import io.facepipeline.gallery.log.GalleryEnd;
import java.io.File;
import java.io.IOException;
import java.lang.reflect.InvocationTargetException;
import java.net.URL;
import java.net.URLClassLoader;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.function.Consumer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Two writers, by every way in which a lock does not keep the second out. */
final class GalleryTakeOverTest {
  @TempDir Path root;

  /** The lock is dropped, as closing its file anywhere in this process does. */
  static void dropLock(Path folder) throws IOException {
    Files.readAllBytes(folder.resolve("gallery.lock"));
  }

  /** Nobody in this process knows any longer that the folder is open. */
  static void forget(Path folder) throws IOException {
    Files.deleteIfExists(folder.resolve("gallery.lock"));
    System.getProperties()
        .remove("io.facepipeline.gallery.open:" + FileIdentity.of(folder.toRealPath()).key());
  }

  private static void enroll(Gallery gallery, String label) {
    gallery.enroll(label, List.of(GalleryScript.face(label.hashCode())));
  }

  /** The other process: opens the folder, enrolls somebody, and perhaps compacts. */
  public static void main(String[] args) {
    try (Gallery gallery = CrashRounds.open(Path.of(args[0]))) {
      enroll(gallery, "theirs");
      if (args[1].equals("compact")) {
        gallery.compact(ProgressListener.NONE);
      }
    }
  }

  private static void inAnotherProcess(Path folder, String what)
      throws IOException, InterruptedException {
    Process process =
        new ProcessBuilder(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-cp",
                System.getProperty("java.class.path"),
                GalleryTakeOverTest.class.getName(),
                folder.toString(),
                what)
            .inheritIO()
            .start();
    assertEquals(0, process.waitFor());
  }

  @ParameterizedTest
  @ValueSource(strings = {"write", "compact"})
  void whereTheLocksFileWasReadAnotherProcessTakesTheFolder(String what) throws Exception {
    Path folder = root.resolve("gallery");
    try (Gallery gallery = CrashRounds.open(folder)) {
      enroll(gallery, "ours");
      dropLock(folder);
      inAnotherProcess(folder, what);
      assertLost(folder, gallery);
    }
    assertHolds(folder, "ours", "theirs");
  }

  @Test
  void whereTheLocksFileWasDeletedAnotherProcessTakesTheFolder() throws Exception {
    Path folder = root.resolve("gallery");
    try (Gallery gallery = CrashRounds.open(folder)) {
      enroll(gallery, "ours");
      Files.delete(folder.resolve("gallery.lock"));
      inAnotherProcess(folder, "write");
      assertLost(folder, gallery);
    }
    assertHolds(folder, "ours", "theirs");
  }

  private static void assertLost(Path folder, Gallery gallery) throws IOException {
    byte[] log = Files.readAllBytes(folder.resolve("faces.log"));
    byte[] end = Files.readAllBytes(folder.resolve(GalleryEnd.NAME));
    Contents before = Contents.of(gallery);
    long id = gallery.faces("ours").get(0).id();
    List<Consumer<Gallery>> changes =
        List.of(
            g -> enroll(g, "lost"),
            g -> g.replace(Enrollment.of("ours", List.of(GalleryScript.face(7)))),
            g -> g.remove("ours"),
            g -> g.removeFace(id),
            g -> g.setMetadata("ours", java.util.Map.of("k", "v")),
            g -> g.compact(ProgressListener.NONE));
    for (Consumer<Gallery> change : changes) {
      GalleryException e = assertThrows(GalleryException.class, () -> change.accept(gallery));
      assertEquals(Reason.TAKEN_OVER, e.reason(), e.getMessage());
    }
    assertTrue(Contents.of(gallery).sameAs(before), "what it shows is as it was");
    assertEquals("ours", gallery.search(GalleryScript.face("ours".hashCode()), 1).get(0).label());
    gallery.close();
    assertArrayEquals(log, Files.readAllBytes(folder.resolve("faces.log")));
    assertArrayEquals(end, Files.readAllBytes(folder.resolve(GalleryEnd.NAME)));
  }

  private static void assertHolds(Path folder, String... labels) {
    try (Gallery gallery = CrashRounds.open(folder)) {
      assertEquals(List.of(labels), gallery.labels());
      assertTrue(gallery.recovery().orElseThrow().isClean());
    }
  }

  @Test
  void anotherClassLoaderIsTurnedAwayAndTheLockIsKept() throws Exception {
    Path folder = root.resolve("gallery");
    List<URL> urls = new ArrayList<>();
    for (String entry : System.getProperty("java.class.path").split(File.pathSeparator, -1)) {
      urls.add(Path.of(entry).toUri().toURL());
    }
    try (Gallery gallery = CrashRounds.open(folder);
        URLClassLoader loader =
            new URLClassLoader(urls.toArray(new URL[0]), ClassLoader.getPlatformClassLoader())) {
      var open = loader.loadClass(Gallery.class.getName()).getMethod("open", Path.class);
      for (boolean noted : new boolean[] {true, false}) {
        String note = "io.facepipeline.gallery.open:" + FileIdentity.of(folder).key();
        if (!noted) {
          assertTrue(System.getProperties().remove(note) != null);
        }
        Throwable e =
            assertThrows(InvocationTargetException.class, () -> open.invoke(null, folder))
                .getCause();
        assertEquals(GalleryException.class.getName(), e.getClass().getName());
        assertEquals("IN_USE", e.getClass().getMethod("reason").invoke(e).toString());
        enroll(gallery, "ours " + noted);
      }
    }
    assertHolds(folder, "ours true", "ours false");
  }

  @Test
  void anotherPathToTheFolderIsTheSameFolder() throws IOException {
    Path folder = root.resolve("gallery");
    try (Gallery gallery = CrashRounds.open(folder)) {
      Path link = Files.createSymbolicLink(root.resolve("link"), folder);
      GalleryException e = assertThrows(GalleryException.class, () -> CrashRounds.open(link));
      assertEquals(Reason.IN_USE, e.reason());
      enroll(gallery, "ours");
    }
    assertHolds(folder, "ours");
  }

  @Test
  void aFolderThatWasMovedIsTheSameFolder() throws IOException {
    Path folder = root.resolve("gallery");
    Path moved = root.resolve("moved");
    try (Gallery gallery = CrashRounds.open(folder)) {
      enroll(gallery, "ours");
      Files.move(folder, moved);
      GalleryException e = assertThrows(GalleryException.class, () -> CrashRounds.open(moved));
      assertEquals(Reason.IN_USE, e.reason());
      Files.move(moved, folder);
      enroll(gallery, "also ours");
    }
    assertHolds(folder, "ours", "also ours");
  }

  /** File systems give the name of a deleted folder to the next one. */
  @Test
  void theNoteOfADeletedFolderKeepsNobodyOut() throws IOException {
    Path folder = Files.createDirectory(root.resolve("gallery"));
    String note = "io.facepipeline.gallery.open:" + FileIdentity.of(folder).key();
    System.setProperty(note, root.resolve("deleted").toString());
    try (Gallery gallery = CrashRounds.open(folder)) {
      enroll(gallery, "ours");
      assertThrows(GalleryException.class, () -> CrashRounds.open(folder));
    }
    assertNull(System.getProperty(note));
  }

  @Test
  void whoeverOpensLastHasTheFolder() throws IOException {
    Path folder = root.resolve("gallery");
    Gallery first = CrashRounds.open(folder);
    enroll(first, "ours");
    forget(folder);
    Gallery second = CrashRounds.open(folder);
    assertLost(folder, first);
    enroll(second, "also ours");
    second.close();
    assertHolds(folder, "ours", "also ours");
  }

  @Test
  void aFolderThatWasPutBackFromACopyIsNotWrittenOver() throws IOException {
    Path folder = root.resolve("gallery");
    Gallery gallery = CrashRounds.open(folder);
    enroll(gallery, "ours");
    Path log = folder.resolve("faces.log");
    byte[] older = Files.readAllBytes(log);
    byte[] olderEnd = Files.readAllBytes(folder.resolve(GalleryEnd.NAME));
    enroll(gallery, "newer");
    Files.delete(log);
    Files.write(log, older);
    Files.write(folder.resolve(GalleryEnd.NAME), olderEnd);
    assertLost(folder, gallery);
    assertHolds(folder, "ours");
  }

  /** Writers who all believe that they have the folder, at the same time. */
  @Test
  void nothingThatWasAcknowledgedIsLostAmongWritersWhoDoNotKnowOfEachOther() throws Exception {
    int rounds = Integer.getInteger("facepipeline.gallery.takeovers", 15);
    for (int round = 0; round < rounds; round++) {
      Path folder = root.resolve("gallery" + round);
      CrashRounds.open(folder).close();
      Set<String> acknowledged = Collections.synchronizedSet(new LinkedHashSet<>());
      List<CompletableFuture<Void>> writers = new ArrayList<>();
      List<String> others = Collections.synchronizedList(new ArrayList<>());
      for (int writer = 0; writer < 3; writer++) {
        String name = "writer " + writer + " ";
        boolean compacts = writer == 1;
        writers.add(
            CompletableFuture.runAsync(
                () -> {
                  for (int session = 0; session < 3; session++) {
                    write(folder, name + session + " ", compacts, acknowledged, others);
                  }
                }));
      }
      writers.forEach(CompletableFuture::join);
      forget(folder);
      try (Gallery gallery = CrashRounds.open(folder)) {
        Set<String> lost = new LinkedHashSet<>(acknowledged);
        lost.removeAll(gallery.labels());
        assertEquals(Set.of(), lost, "round " + round);
        assertEquals(List.of(), others, "round " + round);
        for (String label : gallery.labels()) {
          assertEquals(
              List.of(GalleryScript.face(label.hashCode())), gallery.embeddings(label), label);
        }
      }
    }
  }

  private static void write(
      Path folder, String name, boolean compacts, Set<String> acknowledged, List<String> others) {
    try {
      forget(folder);
      try (Gallery gallery = CrashRounds.open(folder)) {
        for (int i = 0; i < 8; i++) {
          enroll(gallery, name + i);
          acknowledged.add(name + i);
          if (compacts && i % 3 == 2) {
            gallery.compact(ProgressListener.NONE);
          }
        }
      }
    } catch (GalleryException e) {
      if (!Set.of(Reason.TAKEN_OVER, Reason.IN_USE).contains(e.reason())) {
        others.add(e.toString());
      }
    } catch (IOException e) {
      others.add(e.toString());
    }
  }
}
