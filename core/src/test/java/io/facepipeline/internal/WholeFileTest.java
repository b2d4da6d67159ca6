package io.facepipeline.internal;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Instant;
import java.util.List;
import java.util.UUID;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

final class WholeFileTest {
  private static final byte[] OLD = {1};
  private static final byte[] NEW = {2, 3};

  @TempDir Path folder;

  private List<Path> files() throws IOException {
    try (Stream<Path> files = Files.list(folder)) {
      return files.sorted().toList();
    }
  }

  private static String mode(Path file) throws IOException {
    return PosixFilePermissions.toString(Files.getPosixFilePermissions(file));
  }

  @Test
  void theUmaskDecidesWhoReadsAFileUnlessItIsForItsOwner() throws IOException {
    assumeTrue(Files.getFileStore(folder).supportsFileAttributeView("posix"));
    Path usual = Files.createFile(folder.resolve("usual"));
    Path results = folder.resolve("results.json");
    WholeFile.write(results, WholeFile.Access.UMASK, NEW);
    assertEquals(mode(usual), mode(results));
    Path embeddings = folder.resolve("embeddings");
    WholeFile.write(embeddings, WholeFile.Access.OWNER, NEW);
    assertEquals("rw-------", mode(embeddings));
  }

  /** As a killed process leaves it; another may be writing the same file now. */
  @Test
  void whatKilledProcessesLeftIsCleared() throws IOException {
    Path file = folder.resolve("faces.npz");
    Path left = folder.resolve("." + file.getFileName() + "." + UUID.randomUUID() + ".part");
    Path fresh = folder.resolve("." + file.getFileName() + "." + UUID.randomUUID() + ".part");
    Path other = folder.resolve(".other.npz." + UUID.randomUUID() + ".part");
    Path own = folder.resolve(".faces.npz.notes.part");
    for (Path path : List.of(left, fresh, other, own)) {
      Files.write(path, OLD);
      if (path != fresh) {
        Files.setLastModifiedTime(path, FileTime.from(Instant.now().minusSeconds(3600)));
      }
    }
    WholeFile.deleteAbandonedPartsOf(file);
    assertEquals(Stream.of(fresh, other, own).sorted().toList(), files());
    WholeFile.deleteAbandonedPartsOf(folder.resolve("missing").resolve("file"));
    WholeFile.deletePartsOf(file);
    assertEquals(Stream.of(other, own).sorted().toList(), files());
  }

  @Test
  void aWriteThatFailsLeavesWhatWasThereAndNothingElse() throws IOException {
    Path file = folder.resolve("file");
    WholeFile.write(file, WholeFile.Access.UMASK, OLD);
    IOException full = new IOException("no space left");
    assertEquals(
        full,
        assertThrows(
            IOException.class,
            () ->
                WholeFile.write(
                    file,
                    WholeFile.Access.UMASK,
                    part -> {
                      Files.write(part, NEW);
                      throw full;
                    })));
    assertArrayEquals(OLD, Files.readAllBytes(file));
    assertEquals(List.of(file), files());
  }

  @Test
  void missingFoldersAreMadeAndAFolderIsNotReplaced() throws IOException {
    Path deep = folder.resolve("a/b/file");
    WholeFile.write(deep, WholeFile.Access.UMASK, NEW);
    assertArrayEquals(NEW, Files.readAllBytes(deep));
    Path empty = Files.createDirectory(folder.resolve("empty"));
    IOException e =
        assertThrows(IOException.class, () -> WholeFile.write(empty, WholeFile.Access.UMASK, NEW));
    assertTrue(String.valueOf(e.getMessage()).contains("folder"), e.getMessage());
    assertTrue(Files.isDirectory(empty));
  }

  @Test
  void aLinkStaysAndADeviceIsWrittenAsItIs() throws IOException {
    assumeTrue(Files.exists(Path.of("/dev/null")));
    Path file = folder.resolve("file");
    Path link = Files.createSymbolicLink(folder.resolve("link"), Path.of("file"));
    WholeFile.write(link, WholeFile.Access.UMASK, OLD);
    WholeFile.write(link, WholeFile.Access.UMASK, NEW);
    assertTrue(Files.isSymbolicLink(link));
    assertArrayEquals(NEW, Files.readAllBytes(file));
    WholeFile.write(Path.of("/dev/null"), WholeFile.Access.UMASK, NEW);
    assertTrue(!Files.isRegularFile(Path.of("/dev/null")));
    assertEquals(List.of(file, link), files());
  }

  @Test
  void whatAKilledProcessLeftIsDeletedAndNothingElse() throws IOException {
    Path whole = folder.resolve("crops");
    Path other = folder.resolve(".crops.part");
    Files.write(other, OLD);
    WholeFile.write(
        whole,
        WholeFile.Access.UMASK,
        part -> {
          Files.write(part, NEW);
          // As a process that was killed here leaves it.
          Files.copy(part, Path.of(part.toString().replace(".crops.", ".killed.")));
        });
    assertEquals(3, files().size());
    WholeFile.deleteParts(folder);
    assertEquals(List.of(other, whole), files());
    WholeFile.deleteParts(folder.resolve("missing"));
  }
}
