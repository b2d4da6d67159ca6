package io.facepipeline.testkit;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.Charset;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.zip.ZipEntry;
import java.util.zip.ZipOutputStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The search finds an address wherever it is in a library. */
class NativeLibrariesTest {
  private static final String ADDRESS = "https://mobile.events.data.microsoft.com/1.0";

  private static byte[] library(int before, Charset letters) {
    byte[] address = ADDRESS.getBytes(letters);
    byte[] library = new byte[before + address.length + 10];
    System.arraycopy(address, 0, library, before, address.length);
    return library;
  }

  @Test
  void findsAnAddressAcrossTheChunksItReads() throws IOException {
    for (int before : new int[] {0, 1, (1 << 20) - 20, (1 << 20) - 1, 1 << 20, (2 << 20) - 30}) {
      for (Charset letters : List.of(StandardCharsets.US_ASCII, StandardCharsets.UTF_16LE)) {
        assertEquals(
            List.of("events.data.microsoft.com"),
            NativeLibraries.marksIn(new ByteArrayInputStream(library(before, letters))),
            before + " " + letters);
      }
    }
    assertEquals(List.of(), NativeLibraries.marksIn(new ByteArrayInputStream(new byte[3 << 20])));
  }

  @Test
  void looksIntoEveryLibraryOfAnArtifactAndNothingElse(@TempDir Path folder) throws IOException {
    Path jar = folder.resolve("thing.jar");
    try (OutputStream out = Files.newOutputStream(jar);
        ZipOutputStream zip = new ZipOutputStream(out)) {
      for (String name : List.of("a/libx.so", "a/liby.so.1.2", "a/z.dll", "a/w.dylib", "a/v.txt")) {
        zip.putNextEntry(new ZipEntry(name));
        zip.write(library(5, StandardCharsets.US_ASCII));
      }
    }
    Map<String, List<String>> found = new TreeMap<>();
    assertEquals(4, NativeLibraries.search(jar, found));
    assertEquals(
        List.of(
            "thing.jar!a/libx.so",
            "thing.jar!a/liby.so.1.2",
            "thing.jar!a/w.dylib",
            "thing.jar!a/z.dll"),
        List.copyOf(found.keySet()));
    assertThrows(AssertionError.class, () -> NativeLibraries.thatReport("no such artifact"));
  }
}
