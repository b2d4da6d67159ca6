package io.facepipeline.gallery;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.facepipeline.ProgressListener;
import io.facepipeline.gallery.GalleryException.Reason;
import io.facepipeline.gallery.log.GalleryEnd;
import java.io.IOException;
import java.nio.file.FileSystem;
import java.nio.file.FileSystems;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Folders that share files with others by links, and folders in other file systems. */
final class GalleryLinksTest {
  @TempDir Path root;
  private Path folder;
  private Path copy;

  @BeforeEach
  void make() throws IOException {
    folder = root.resolve("gallery");
    copy = Files.createDirectory(root.resolve("copy"));
    try (Gallery gallery = CrashRounds.open(folder)) {
      enroll(gallery, "ann");
      enroll(gallery, "bob");
    }
  }

  private static void enroll(Gallery gallery, String label) {
    gallery.enroll(label, List.of(GalleryScript.face(label.hashCode())));
  }

  /** As {@code cp -al} copies, and programs that look for equal files. */
  @Test
  void aCopyByHardLinksOutlivesACompaction() throws IOException {
    assumeTrue(FileSystems.getDefault().supportedFileAttributeViews().contains("unix"));
    try (Stream<Path> files = Files.list(folder)) {
      for (Path file : files.toList()) {
        Files.createLink(copy.resolve(file.getFileName()), file);
      }
    }
    compactWithout("bob", folder);
    assertHolds(folder, "ann");
    assertTrue(labels(copy).contains("ann"), labels(copy).toString());
    compactWithout("ann", copy);
    assertHolds(folder, "ann");
  }

  @Test
  void aFolderOfSymbolicLinksLeavesTheOtherWhole() throws IOException {
    for (String name : List.of("faces.log", GalleryEnd.NAME)) {
      Files.createSymbolicLink(copy.resolve(name), folder.resolve(name));
    }
    compactWithout("bob", copy);
    assertFalse(Files.isSymbolicLink(copy.resolve(GalleryEnd.NAME)));
    assertHolds(copy, "ann");
    assertTrue(labels(folder).contains("ann"), labels(folder).toString());
  }

  private static void compactWithout(String label, Path folder) {
    try (Gallery gallery = Gallery.open(folder)) {
      gallery.remove(label);
      gallery.compact(ProgressListener.NONE);
    }
  }

  private static List<String> labels(Path folder) {
    try (Gallery gallery = Gallery.open(folder)) {
      return gallery.labels();
    }
  }

  private static void assertHolds(Path folder, String... people) {
    assertEquals(List.of(people), labels(folder));
  }

  @Test
  void aFolderInsideOfAZipFileIsRefusedForWhatItIs() throws IOException {
    try (FileSystem zip =
        FileSystems.newFileSystem(root.resolve("a.zip"), Map.of("create", "true"))) {
      Path inside = Files.createDirectory(zip.getPath("/gallery"));
      Files.copy(folder.resolve("faces.log"), inside.resolve("faces.log"));
      Files.copy(folder.resolve(GalleryEnd.NAME), inside.resolve(GalleryEnd.NAME));
      for (GalleryBuilder builder : List.of(Gallery.in(inside), Gallery.in(inside).readOnly())) {
        GalleryException e = assertThrows(GalleryException.class, builder::open);
        assertEquals(Reason.STORAGE, e.reason());
        assertTrue(e.getMessage().contains("file system"), e.getMessage());
      }
      Path npz = inside.resolve("faces.npz");
      try (Gallery gallery = Gallery.open(folder)) {
        gallery.exportTo(npz, ProgressListener.NONE);
        GalleryException e =
            assertThrows(
                GalleryException.class, () -> gallery.importFrom(npz, ProgressListener.NONE));
        assertEquals(Reason.STORAGE, e.reason());
        assertTrue(e.getMessage().contains("file system"), e.getMessage());
      }
    }
  }

  /** It is not the export's file that cannot be written. */
  @Test
  void anExportFromAFolderThatIsGoneNamesTheFolder() throws IOException {
    try (Gallery gallery = Gallery.open(folder)) {
      Files.move(folder, root.resolve("moved"));
      GalleryException e =
          assertThrows(
              GalleryException.class,
              () -> gallery.exportTo(root.resolve("out.csv"), ProgressListener.NONE));
      assertEquals(Reason.STORAGE, e.reason());
      assertTrue(e.getMessage().contains(folder.toString()), e.getMessage());
      assertFalse(Files.exists(root.resolve("out.csv")));
    }
  }
}
