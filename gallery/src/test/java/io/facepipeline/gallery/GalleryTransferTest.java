package io.facepipeline.gallery;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.facepipeline.Embedding;
import io.facepipeline.Enrollment;
import io.facepipeline.ProgressListener;
import io.facepipeline.gallery.GalleryException.Reason;
import io.facepipeline.gallery.GalleryScript.Contents;
import io.facepipeline.internal.NpyArray;
import io.facepipeline.testkit.Python;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import java.util.zip.ZipEntry;
import java.util.zip.ZipFile;
import java.util.zip.ZipOutputStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

final class GalleryTransferTest {
  @TempDir Path folder;

  private static Gallery empty() {
    return Gallery.inMemory(CrashRounds.card(), 0.5f);
  }

  private static Gallery filled() {
    Gallery gallery = empty();
    GalleryScript.steps(11, 40).forEach(step -> step.run(gallery));
    float[] vector = new float[GalleryScript.DIMENSIONS];
    vector[3] = -1e-8f;
    vector[4] = 0.7f;
    gallery.enrollAll(
        List.of(
            new Enrollment(
                "zoë, \"the\" \uD83D\uDE00",
                List.of(Embedding.of(GalleryScript.MODEL, vector)),
                Map.of("a,b", "c\"d\r\nnext line", "é", "\uD83D\uDE00"))));
    return gallery;
  }

  @ParameterizedTest
  @ValueSource(strings = {"gallery.csv", "gallery.npz"})
  void whatWasExportedComesBack(String name) throws IOException {
    Path file = folder.resolve(name);
    Gallery gallery = filled();
    Gallery back = empty();

    gallery.exportTo(file, ProgressListener.NONE);
    long faces = back.importFrom(file, ProgressListener.NONE);

    assertEquals(gallery.size(), faces);
    assertTrue(Contents.of(back).sameAs(Contents.of(gallery)));
    try (Stream<Path> files = Files.list(folder)) {
      assertEquals(List.of(file), files.toList(), "no temporary file is left");
    }
    empty().exportTo(file, ProgressListener.NONE);
    assertEquals(0, back.importFrom(file, ProgressListener.NONE));
  }

  @Test
  void npzIsOfTheFormNumpyWrites() throws IOException {
    Path file = folder.resolve("gallery.npz");
    Gallery gallery = empty();
    float[] vector = new float[GalleryScript.DIMENSIONS];
    vector[0] = 1;
    gallery.enroll("aé", List.of(Embedding.of(GalleryScript.MODEL, vector)));
    gallery.exportTo(file, ProgressListener.NONE);
    try (ZipFile zip = new ZipFile(file.toFile())) {
      byte[] labels = zip.getInputStream(zip.getEntry("labels.npy")).readAllBytes();
      // As numpy.save writes np.array(["aé"]): 128 bytes of header, then UTF-32.
      String header =
          "\u0093NUMPY\u0001\0v\0{'descr': '<U2', 'fortran_order': False, 'shape': (1,), }";
      byte[] expected = new byte[136];
      java.util.Arrays.fill(expected, 0, 128, (byte) ' ');
      System.arraycopy(
          header.getBytes(StandardCharsets.ISO_8859_1), 0, expected, 0, header.length());
      expected[127] = '\n';
      expected[128] = 'a';
      expected[132] = (byte) 0xe9;
      assertEquals(hex(expected), hex(labels));
      byte[] embeddings = zip.getInputStream(zip.getEntry("embeddings.npy")).readAllBytes();
      assertEquals(128 + 4 * GalleryScript.DIMENSIONS, embeddings.length);
      assertEquals(1f, ByteBuffer.wrap(embeddings).order(ByteOrder.LITTLE_ENDIAN).getFloat(128));
    }
  }

  private static String hex(byte[] bytes) {
    return java.util.HexFormat.ofDelimiter(" ").formatHex(bytes);
  }

  @Test
  void numpyReadsAndWritesNpz() throws IOException {
    Python.assumeNumpy();
    Path file = folder.resolve("gallery.npz");
    Path written = folder.resolve("written.npz");
    Gallery gallery = filled();
    gallery.exportTo(file, ProgressListener.NONE);

    String problem =
        Python.complaintOf(
            "import numpy as np",
            "a = np.load('" + file + "', allow_pickle=False)",
            "e = a['embeddings']",
            "assert e.dtype == np.float32 and e.shape == (" + gallery.size() + ", 32), e.shape",
            "assert np.allclose((e * e).sum(1), 1, atol=1e-5)",
            "assert str(a['model']) == '" + GalleryScript.MODEL + "'",
            "assert len(set(a['labels'].tolist())) == " + gallery.labels().size(),
            "assert any('\\U0001F600' in l for l in a['labels'])",
            "assert len(set(a['faces'].tolist())) == len(e)",
            "for name in ['label', 'key', 'value']: assert a['metadata_' + name].ndim == 1",
            "np.savez_compressed('"
                + written
                + "', embeddings=e * 3, labels=a['labels'],"
                + " model=a['model'])");

    assertEquals("", problem);
    Gallery back = empty();
    back.importFrom(written, ProgressListener.NONE);
    assertEquals(gallery.labels(), back.labels());
    for (String label : gallery.labels()) {
      for (int i = 0; i < gallery.embeddings(label).size(); i++) {
        assertEquals(
            1, gallery.embeddings(label).get(i).similarity(back.embeddings(label).get(i)), 1e-6);
      }
    }
  }

  @Test
  void aFileWithAnErrorEnrolsNobody() throws IOException {
    Path csv = folder.resolve("gallery.csv");
    filled().exportTo(csv, ProgressListener.NONE);
    String good = Files.readString(csv);
    refused(csv, good.replaceFirst("(?s),([-0-9.E]+)\r\n$", ",x\r\n"), "not a number: x");
    refused(csv, good.replaceFirst("(?s),([-0-9.E]+)\r\n$", ",NaN\r\n"), "not zero");
    refused(csv, good.replaceFirst("(?s),([-0-9.E]+)\r\n$", "\r\n"), "cells");
    refused(csv, good.replace("label", "name"), "the column label");
    refused(csv, good.replaceFirst("e31", "e32"), "e31");
    refused(csv, good.replaceFirst("person \\d+", ""), "blank");
    refused(csv, good + "\"", "is not CSV");
    refused(csv, "", "lacks the column");
    refused(csv, good.replaceFirst(GalleryScript.MODEL, "other@1"), "other@1");

    Path npz = folder.resolve("gallery.npz");
    Files.writeString(npz, "no zip");
    refused(npz, null, "zip");
    filled().exportTo(npz, ProgressListener.NONE);
    byte[] whole = Files.readAllBytes(npz);
    for (int at : new int[] {2000, 3000}) {
      byte[] damaged = whole.clone();
      damaged[at] ^= 1;
      Files.write(npz, damaged);
      refused(npz, null, "damaged");
    }
    Files.write(npz, withoutLabels());
    refused(npz, null, "labels");
    assertThrows(
        IllegalArgumentException.class,
        () -> empty().exportTo(folder.resolve("a.txt"), ProgressListener.NONE));
  }

  private static byte[] withoutLabels() throws IOException {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    try (ZipOutputStream zip = new ZipOutputStream(bytes)) {
      zip.putNextEntry(new ZipEntry("model.npy"));
      int width = GalleryScript.MODEL.length();
      new NpyArray(NpyArray.stringType(width), List.of()).write(zip);
      NpyArray.writeString(zip, GalleryScript.MODEL, width);
    }
    return bytes.toByteArray();
  }

  private static void refused(Path file, String text, String problem) throws IOException {
    if (text != null) {
      Files.writeString(file, text);
    }
    Gallery gallery = empty();
    GalleryException e =
        assertThrows(
            GalleryException.class, () -> gallery.importFrom(file, ProgressListener.NONE), problem);
    assertTrue(e.getMessage().contains(problem), e.getMessage());
    assertTrue(
        e.reason() == Reason.MALFORMED_IMPORT || e.reason() == Reason.OTHER_MODEL, e.toString());
    assertEquals(0, gallery.size());
  }
}
