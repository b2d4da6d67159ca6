package io.facepipeline.onnx.checkpoint.pickle;

import static io.facepipeline.onnx.checkpoint.CheckpointFixtures.concat;
import static io.facepipeline.onnx.checkpoint.CheckpointFixtures.npy;
import static io.facepipeline.onnx.checkpoint.CheckpointFixtures.npyHeader;
import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;

import io.facepipeline.onnx.checkpoint.Checkpoint;
import io.facepipeline.onnx.checkpoint.bytes.ByteReader;
import io.facepipeline.onnx.checkpoint.bytes.CheckpointFile;
import java.io.IOException;
import java.math.BigInteger;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/** Single instructions, written out, as later and earlier protocols than PyTorch's have them. */
class UnpicklerTest {
  @TempDir Path folder;

  private Object read(String pickle) throws IOException {
    Path path = Files.write(folder.resolve("pickle"), latin1(pickle));
    try (CheckpointFile file = CheckpointFile.open(path)) {
      return Unpickler.read(new ByteReader(file, 0, file.size()));
    }
  }

  static Stream<Arguments> values() {
    return Stream.of(
        Arguments.of("I00\n.", false),
        Arguments.of("I01\n.", true),
        Arguments.of("I-7\n.", -7L),
        Arguments.of("L7L\n.", 7L),
        Arguments.of("L18446744073709551616L\n.", BigInteger.ONE.shiftLeft(64)),
        Arguments.of("\u008a\0.", 0L),
        Arguments.of("\u008a\2\0\u0080.", -32768L),
        Arguments.of("\u008b\1\0\0\0\5.", 5L),
        Arguments.of("J\u00ff\u00ff\u00ff\u00ff.", -1L),
        Arguments.of("M\u00ff\u00ff.", 65535L),
        Arguments.of("F1.5\n.", 1.5),
        Arguments.of("Fnan\n.", Double.NaN),
        Arguments.of("Finf\n.", Double.POSITIVE_INFINITY),
        Arguments.of("F-inf\n.", Double.NEGATIVE_INFINITY),
        Arguments.of("G\u00bf\u00f8\0\0\0\0\0\0.", -1.5),
        Arguments.of("S'ab'\n.", "ab"),
        Arguments.of("S\"a'b\"\n.", "a'b"),
        Arguments.of("Va\\u00e9\u00e9\n.", "a\u00e9\u00e9"),
        Arguments.of("U\2ab.", "ab"),
        Arguments.of("T\2\0\0\0ab.", "ab"),
        Arguments.of("X\2\0\0\0\u00c3\u00a9.", "\u00e9"),
        Arguments.of("\u008d\2\0\0\0\0\0\0\0ab.", "ab"),
        Arguments.of("(NI1\nl0(K\1K\2l.", List.of(1L, 2L)),
        Arguments.of("\u008f(K\1K\2\u0090.", List.of(1L, 2L)),
        Arguments.of("(K\1\u0091.", List.of(1L)),
        Arguments.of("]K\1a.", List.of(1L)),
        Arguments.of("](K\0001K\2a.", List.of(2L)),
        Arguments.of("K\1(0.", 1L),
        Arguments.of("K\0012\u0086K\3.", 3L),
        Arguments.of("K\1p5\n0g5\n.", 1L),
        Arguments.of("K\1r\0\1\0\0000j\0\1\0\0.", 1L),
        Arguments.of("K\1\u0094K\2\u009400h\1.", 2L),
        Arguments.of("cbuiltins\nset\n]K\1a\u0085R.", List.of(1L)),
        Arguments.of("cbuiltins\nset\n)\u0081.", List.of()));
  }

  @ParameterizedTest
  @MethodSource("values")
  void instructionsGiveTheirValues(String pickle, Object expected) throws IOException {
    assertEquals(expected, read(pickle));
  }

  @Test
  void bytesAndDictsOfLaterProtocolsAreRead() throws IOException {
    for (String bytes :
        List.of(
            "C\2ab.", "B\2\0\0\0ab.", "\u008e\2\0\0\0\0\0\0\0ab.", "\u0096\2\0\0\0\0\0\0\0ab.")) {
      assertArrayEquals(latin1("ab"), (byte[]) read(bytes));
    }
    PyDict dict = (PyDict) read("(K\1K\2dK\3K\4s.");
    assertEquals(List.of(1L, 3L), List.copyOf(dict.entries().keySet()));
    PyDict copy = (PyDict) read("ccollections\nOrderedDict\n(K\1K\2d\u0085R.");
    assertEquals(2L, copy.entries().get(1L));
  }

  @Test
  void arraysOfProtocol5AndOfPython2AreRead() throws IOException {
    String dtype = "cnumpy\ndtype\nU\2i2\u0085R";
    String protocol5 =
        "cnumpy._core.numeric\n_frombuffer\n(\u0096\2\0\0\0\0\0\0\0\7\0"
            + dtype
            + "K\1\u0085U\1CtR";
    String python2 =
        "cnumpy.core.multiarray\n_reconstruct\n(cnumpy\nndarray\nK\0\u0085U\1btR(K\1K\1\u0085"
            + dtype
            + "\u0089U\2\7\0tb";
    for (String array : List.of(protocol5, python2)) {
      String objects =
          "cnumpy.core.multiarray\n"
              + "_reconstruct\n"
              + "(cnumpy\n"
              + "ndarray\n"
              + "K\0\u0085U\1btR(K\1)cnumpy\n"
              + "dtype\n"
              + "U\2O8\u0085R\u0089]}U\1w"
              + array
              + "satb.";
      Path file =
          Files.write(
              folder.resolve("a.npy"),
              concat(npy(1, npyHeader("|O", false, "()"), latin1(objects))));
      assertArrayEquals(new long[] {7}, Checkpoint.read(file).tensor("w").longs());
    }
  }

  private static byte[] latin1(String text) {
    return text.getBytes(StandardCharsets.ISO_8859_1);
  }
}
