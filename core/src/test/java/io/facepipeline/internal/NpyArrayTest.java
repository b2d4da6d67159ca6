package io.facepipeline.internal;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.DataInputStream;
import java.io.EOFException;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class NpyArrayTest {
  private static NpyArray read(byte[] bytes) throws IOException {
    return NpyArray.read(new DataInputStream(new ByteArrayInputStream(bytes)));
  }

  private static byte[] file(int major, String header) {
    byte[] text = header.getBytes(StandardCharsets.ISO_8859_1);
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    out.writeBytes(new byte[] {(byte) 0x93, 'N', 'U', 'M', 'P', 'Y', (byte) major, 0});
    out.write(text.length);
    out.write(text.length >> 8);
    if (major > 1) {
      out.write(0);
      out.write(0);
    }
    out.writeBytes(text);
    return out.toByteArray();
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "0", "3", "3 512", "2 0 9000000000"})
  void whatIsWrittenIsReadAndTheElementsAreAligned(String lengths) throws IOException {
    List<Long> shape =
        lengths.isEmpty()
            ? List.of()
            : List.of(lengths.split(" ", -1)).stream().map(Long::valueOf).toList();
    NpyArray array = new NpyArray(NpyArray.FLOATS, shape);
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    array.write(out);
    assertEquals(0, out.size() % 64);
    assertEquals(array, read(out.toByteArray()));
    long elements = shape.stream().reduce(1L, (a, b) -> a * b);
    assertEquals(elements, array.elements());
  }

  @ParameterizedTest
  @ValueSource(ints = {1, 2, 3})
  void everyVersionIsReadAndTheFieldsMayStandInAnyOrder(int major) throws IOException {
    String header = "{\"shape\":(3L,  4L), 'fortran_order' : True,\"descr\": \">f8\" }  \n";
    assertEquals(new NpyArray(">f8", true, List.of(3L, 4L)), read(file(major, header)));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "{'descr': [('a', '<f4')], 'fortran_order': False, 'shape': (1,), }",
        "{'descr': '<f4', 'fortran_order': 0, 'shape': (1,), }",
        "{'descr': '<f4', 'fortran_order': False, 'shape': (-1,), }",
        "{'descr': '<f4', 'fortran_order': False, 'shape': (99999999999999999999,), }",
        "{'descr': '<f4', 'fortran_order': False}",
        ""
      })
  void whatIsNoPlainArrayIsRefused(String header) {
    assertThrows(NpyArray.FormatException.class, () -> read(file(1, header)));
  }

  @Test
  void otherFilesAndShortOnesAreRefused() {
    String header = "{'descr': '<f4', 'fortran_order': False, 'shape': (1,), }";
    byte[] whole = file(1, header);
    assertThrows(
        NpyArray.FormatException.class,
        () -> read("\u0093NUMPI: text".getBytes(StandardCharsets.ISO_8859_1)));
    assertTrue(
        assertThrows(NpyArray.FormatException.class, () -> read(file(4, header)))
            .getMessage()
            .contains("version 4.0"));
    for (int length = 0; length < whole.length; length++) {
      byte[] part = Arrays.copyOf(whole, length);
      assertThrows(EOFException.class, () -> read(part));
    }
    byte[] long2 = file(2, header);
    long2[11] = 1;
    assertTrue(
        assertThrows(NpyArray.FormatException.class, () -> read(long2))
            .getMessage()
            .contains("more than any array needs"));
  }

  @Test
  void stringsOfAnyAlphabetComeBack() throws IOException {
    List<String> strings = List.of("", "a", "zo\u00eb", "\uD83D\uDE00\uFEFF", "\uFEFFx");
    int width = NpyArray.widthOf(strings);
    assertEquals(3, width);
    assertEquals("<U3", NpyArray.stringType(width));
    assertEquals(3, new NpyArray("<U3", List.of()).width());
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    for (String string : strings) {
      NpyArray.writeString(out, string, width);
    }
    DataInputStream in = new DataInputStream(new ByteArrayInputStream(out.toByteArray()));
    for (String string : strings) {
      assertEquals(string, NpyArray.readString(in, width));
    }
    assertThrows(EOFException.class, () -> NpyArray.readString(in, width));
  }
}
