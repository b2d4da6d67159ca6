package io.facepipeline.internal;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.facepipeline.FacePipelineException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

final class PhotoCacheTest {
  @TempDir Path folder;

  private List<Path> files() throws IOException {
    try (Stream<Path> files = Files.walk(folder)) {
      return files.filter(Files::isRegularFile).toList();
    }
  }

  @Test
  void aDamagedEntryCountsAsMissing() throws IOException {
    PhotoCache cache = new PhotoCache(folder.resolve("new/cache"));
    byte[] content = {1, 2, 3, 4, 5, 6, 7, 8};
    assertTrue(cache.get("photo").isEmpty());
    cache.put("photo", content);
    assertArrayEquals(content, cache.get("photo").orElseThrow());
    assertTrue(cache.get("another").isEmpty());

    Path file = files().get(0);
    byte[] bytes = Files.readAllBytes(file);
    for (int length = 0; length < bytes.length; length++) {
      Files.write(file, Arrays.copyOf(bytes, length));
      assertTrue(cache.get("photo").isEmpty(), "cut after " + length + " bytes");
    }
    for (int at = 0; at < bytes.length; at++) {
      byte[] changed = bytes.clone();
      changed[at] ^= 0x10;
      Files.write(file, changed);
      assertTrue(cache.get("photo").isEmpty(), "changed at " + at);
    }
    cache.put("photo", content);
    assertArrayEquals(content, cache.get("photo").orElseThrow());
  }

  @Test
  void anEntryIsNotTakenForAnother() throws IOException {
    PhotoCache cache = new PhotoCache(folder);
    cache.put("one", new byte[] {1});
    Path one = files().get(0);
    cache.put("two", new byte[] {2});
    for (Path file : files()) {
      if (!file.equals(one)) {
        Files.copy(one, file, java.nio.file.StandardCopyOption.REPLACE_EXISTING);
      }
    }
    assertTrue(cache.get("two").isEmpty());
  }

  @Test
  void aFolderThatCannotBeUsedIsNamed() throws IOException {
    Path file = Files.writeString(folder.resolve("file"), "no folder");
    FacePipelineException e =
        assertThrows(
            FacePipelineException.class, () -> new PhotoCache(file).put("photo", new byte[1]));
    assertTrue(String.valueOf(e.getMessage()).startsWith("the cache in " + file + " cannot be"));
  }
}
