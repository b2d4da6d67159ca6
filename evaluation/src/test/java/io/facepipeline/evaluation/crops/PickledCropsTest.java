package io.facepipeline.evaluation.crops;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.facepipeline.FacePipelineException;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

final class PickledCropsTest {
  @TempDir Path folder;

  @ParameterizedTest
  @ValueSource(
      strings = {
        "python2-protocol0",
        "python2-protocol1",
        "python2-protocol2",
        "python3-protocol0",
        "python3-protocol1",
        "python3-protocol2",
        "python3-protocol3",
        "python3-protocol4",
        "python3-protocol5",
        "numpy-arrays",
        "numpy-booleans"
      })
  void readsWhatEachPythonWrites(String name) throws IOException {
    try (PickledCrops crops = PickledCrops.open(FormulaCrops.file(name + ".bin"))) {
      assertEquals(2, crops.pairs());
      assertTrue(crops.same(0));
      assertFalse(crops.same(1));
      for (int i = 0; i < FormulaCrops.COUNT; i++) {
        assertEquals(FormulaCrops.crop(i), crops.crop(i), "crop " + i);
      }
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"python2-protocol0", "python2-protocol2", "python3-protocol4"})
  void aTruncatedFileIsNamed(String name) throws IOException {
    byte[] whole = Files.readAllBytes(FormulaCrops.file(name + ".bin"));
    for (int length = 0; length < whole.length; length += 7) {
      assertRefused(Arrays.copyOf(whole, length), "");
    }
  }

  @Test
  void aTextIsNoPickle() throws IOException {
    assertRefused(ascii("hello, these are no crops\n"), "is no pickle; give a file as InsightFace");
  }

  @ParameterizedTest
  @CsvSource({
    "os, system",
    "posix, system",
    "builtins, eval",
    "builtins, list",
    "collections, OrderedDict",
    "torch._utils, _rebuild_tensor_v2",
    "numpy.core.multiarray, fromfile"
  })
  void aNameThatNoSetNeedsIsRefused(String module, String name) throws IOException {
    String call = "c" + module + "\n" + name + "\n(S'touch executed'\ntR.";

    assertRefused(ascii(call), module + "." + name);
    assertRefused(ascii(call), "nothing was executed");
  }

  @Test
  void aLengthThatLiesIsRefused() throws IOException {
    assertRefused(pickle(2, "]B\u00ff\u00ff\u00ff\u00ffx"), "4294967295 bytes");
    assertRefused(pickle(2, "]T\u00ff\u00ff\u00ff\u00ffx"), "claims");
    assertRefused(pickle(4, "]\u008e\u0000\u0000\u0000\u0000\u0000\u0001\u0000\u0000"), "claims");
    assertRefused(pickle(4, "\u0095\u0000\u0000\u0000\u0000\u0000\u0001\u0000\u0000]"), "frame");
  }

  @Test
  void tooFewBooleansAreRefused() throws IOException {
    assertRefused(set(2, 0), "0 pairs need 0 crops, but there are 2");
    assertRefused(set(4, 1), "1 pairs need 2 crops, but there are 4");
    assertRefused(set(2, 2), "2 pairs need 4 crops, but there are 2");
    assertRefused(set(0, 0), "0 pairs");
  }

  @Test
  void otherPicklesAreRefused() throws IOException {
    assertRefused(pickle(2, "K\u0001."), "another pickle");
    assertRefused(pickle(2, "](K\u0001K\u0002K\u0003e."), "another pickle");
    assertRefused(pickle(2, "]]\u0086}\u0086."), "no list of booleans");
    assertRefused(pickle(2, "]K\u0001aK\u0001a](K\u0007e\u0086."), "pair 0 is told the same");
    assertRefused(concat(set(2, 1), ascii("more")), "4 bytes after its pickle");
    assertRefused(ascii("not a pickle"), "as InsightFace writes it");
  }

  /** Lists of lists that would be 2^40 long if anyone went through them. */
  @Test
  void aMemoBombGrowsNothing() throws IOException {
    StringBuilder lists = new StringBuilder("]q\u0000");
    for (int i = 1; i < 40; i++) {
      char before = (char) (i - 1);
      lists.append("0](h").append(before).append('h').append(before).append("eq").append((char) i);
    }
    Path file = write(pickle(2, lists + "0](h&h&e](\u0088e\u0086."));

    try (PickledCrops crops = PickledCrops.open(file)) {
      assertProblem(
          file,
          "crop 1 is not the bytes of a picture",
          assertThrows(FacePipelineException.class, () -> crops.crop(1)));
    }
    assertRefused(pickle(2, "]q\u0000h\u0000ah\u0000\u0086."), "pair 0 is told the same");
  }

  @Test
  void aPictureThatIsCutIsNamed() throws IOException {
    byte[] png = FormulaCrops.crop(0).toPng();
    ByteArrayOutputStream pickle = new ByteArrayOutputStream();
    pickle.writeBytes(ascii("\u0080\u0003]("));
    for (byte[] picture : new byte[][] {png, Arrays.copyOf(png, png.length / 2)}) {
      pickle.write('B');
      pickle.writeBytes(
          ByteBuffer.allocate(4).order(ByteOrder.LITTLE_ENDIAN).putInt(picture.length).array());
      pickle.writeBytes(picture);
    }
    pickle.writeBytes(ascii("e](\u0088e\u0086."));
    Path file = write(pickle.toByteArray());

    try (PickledCrops crops = PickledCrops.open(file)) {
      assertEquals(FormulaCrops.crop(0), crops.crop(0));
      FacePipelineException e = assertThrows(FacePipelineException.class, () -> crops.crop(1));
      assertProblem(file, "crop 1 cannot be decoded", e);
    }
  }

  @Test
  void aFileThatIsNotThereIsNamed() {
    Path file = folder.resolve("lfw.bin");

    FacePipelineException e =
        assertThrows(FacePipelineException.class, () -> PickledCrops.open(file));

    assertProblem(file, "NoSuchFile", e);
  }

  private void assertRefused(byte[] pickle, String problem) throws IOException {
    Path file = write(pickle);
    FacePipelineException e =
        assertThrows(
            FacePipelineException.class,
            () -> {
              try (PickledCrops crops = PickledCrops.open(file)) {
                crops.pairs();
              }
            });
    assertProblem(file, problem, e);
  }

  private static void assertProblem(Path file, String problem, FacePipelineException e) {
    String message = String.valueOf(e.getMessage());
    assertTrue(message.contains(file.toString()) && message.contains(problem), message);
  }

  private Path write(byte[] content) throws IOException {
    return Files.write(folder.resolve("set.bin"), content);
  }

  /** A set of so many empty pictures and booleans. */
  private static byte[] set(int crops, int booleans) {
    return pickle(
        3, "](" + "C\u0000".repeat(crops) + "e](" + "\u0088".repeat(booleans) + "e\u0086.");
  }

  private static byte[] pickle(int protocol, String body) {
    return ascii("\u0080" + (char) protocol + body);
  }

  private static byte[] ascii(String text) {
    return text.getBytes(StandardCharsets.ISO_8859_1);
  }

  private static byte[] concat(byte[] a, byte[] b) {
    byte[] all = Arrays.copyOf(a, a.length + b.length);
    System.arraycopy(b, 0, all, a.length, b.length);
    return all;
  }
}
