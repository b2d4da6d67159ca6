package io.facepipeline.onnx;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.google.common.hash.Hashing;
import io.facepipeline.onnx.graph.StrangeModels;
import io.facepipeline.onnx.internal.ModelScan;
import io.facepipeline.onnx.internal.OnnxContent;
import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What a model of a stranger may do: read the weights beside it, and compute to an end. */
class StrangeModelsTest {
  private static final OnnxOptions OPTIONS = OnnxOptions.defaults().withIntraOpThreads(1);

  @TempDir Path folder;

  private Path models;

  @BeforeEach
  void folders() throws IOException {
    models = Files.createDirectory(folder.resolve("models"));
  }

  private static byte[] floats(float... values) {
    ByteBuffer bytes = ByteBuffer.allocate(4 * values.length).order(ByteOrder.LITTLE_ENDIAN);
    for (float value : values) {
      bytes.putFloat(value);
    }
    return bytes.array();
  }

  private Path put(String name, byte[] content) throws IOException {
    Path file = models.resolve(name);
    Files.createDirectories(file.getParent());
    return Files.write(file, content);
  }

  private static float[] run(OnnxModel model) {
    try (model) {
      return model.run(Buffers.direct(1, 2), new long[] {2}, "y");
    }
  }

  private static MalformedModelException refused(Path file) {
    return assertThrows(MalformedModelException.class, () -> OnnxModel.load(file, OPTIONS));
  }

  @Test
  void aModelOfTwoFilesWorksWhereverItLies() throws IOException {
    for (String name : List.of("w.bin", "below/w.bin", "./w.bin", "below/../w2.bin")) {
      put(name, floats(10, 20));
      byte[] content = StrangeModels.external(name);
      Path file = put("m.onnx", content);
      assertArrayEquals(new float[] {11, 22}, run(OnnxModel.load(file, OPTIONS)), name);
      assertArrayEquals(new float[] {11, 22}, run(OnnxModel.load(content, models, OPTIONS)), name);
      assertTrue(OnnxContent.hasExternalData(file));
      // Not in the working folder, wherever that is.
      MalformedModelException e =
          assertThrows(MalformedModelException.class, () -> OnnxModel.load(content, OPTIONS));
      assertTrue(e.getMessage().contains("load it from its file"), e.getMessage());
    }
  }

  private static void assertRunsAlone(Path file) {
    byte[] whole = OnnxContent.readWhole(file);
    assertFalse(ModelScan.of(whole).hasExternalData());
    assertArrayEquals(new float[] {11, 22}, run(OnnxModel.load(whole, OPTIONS)));
  }

  @Test
  void aModelOfTwoFilesBecomesOne() throws IOException {
    put("below/w.bin", floats(10, 20));
    assertRunsAlone(put("m.onnx", StrangeModels.external("below/w.bin")));
    assertRunsAlone(put("constant.onnx", StrangeModels.externalAttribute("below/w.bin")));
    put("more.bin", floats(0, 0, 10, 20, 0));
    for (Map<String, String> place :
        List.of(
            Map.of("location", "more.bin", "offset", "8"),
            Map.of("location", "more.bin", "offset", "8", "length", "8", "checksum", "00"))) {
      assertRunsAlone(put("part.onnx", StrangeModels.external(place, 2)));
    }
    byte[] alone = StrangeModels.choice();
    assertArrayEquals(alone, OnnxContent.readWhole(put("alone.onnx", alone)));
  }

  @Test
  void dataThatDoesNotFillItsTensorIsRefused() throws IOException {
    put("w.bin", floats(10, 20));
    for (Map<String, String> place :
        List.of(
            Map.of("location", "w.bin", "offset", "4"),
            Map.of("location", "w.bin", "length", "4"),
            Map.of("location", "w.bin", "length", "12"),
            Map.of("location", "w.bin", "offset", "-4", "length", "8"),
            Map.of("location", "w.bin", "offset", "9223372036854775800", "length", "8"),
            Map.of("location", "w.bin", "offset", "999999999999999999", "length", "8"),
            Map.of("location", "w.bin", "offset", "one"))) {
      MalformedModelException e = cannotBeOne(StrangeModels.external(place, 2));
      assertTrue(e.getMessage().contains("the tensor 'w'"), e.getMessage());
    }
    cannotBeOne(StrangeModels.external(Map.of("location", "w.bin"), -1));
    cannotBeOne(StrangeModels.external(Map.of("location", "w.bin"), Long.MAX_VALUE));
    cannotBeOne(StrangeModels.external(Map.of("location", "missing.bin"), 2));
  }

  private MalformedModelException cannotBeOne(byte[] model) throws IOException {
    Path file = put("m.onnx", model);
    return assertThrows(MalformedModelException.class, () -> OnnxContent.readWhole(file));
  }

  @Test
  void twoGigabytesDoNotFitIntoOneFile() throws IOException {
    long bytes = 1L << 31;
    try (RandomAccessFile sparse = new RandomAccessFile(models.resolve("w.bin").toFile(), "rw")) {
      sparse.setLength(bytes);
    }
    MalformedModelException e =
        cannotBeOne(StrangeModels.external(Map.of("location", "w.bin"), bytes / Float.BYTES));
    assertTrue(e.getMessage().contains("limited to 2 GiB"), e.getMessage());
    assertTrue(e.getMessage().contains("a file beside it"), e.getMessage());
  }

  @Test
  void theHashCoversTheWeightsBesideIt() throws IOException {
    Path file = put("m.onnx", StrangeModels.external("w.bin"));
    put("w.bin", floats(10, 20));
    String first = OnnxContent.sha256(file);
    assertEquals(first, OnnxContent.sha256(file));
    put("w.bin", floats(10, 21));
    assertNotEquals(first, OnnxContent.sha256(file));
    byte[] whole = StrangeModels.choice();
    Path alone = put("alone.onnx", whole);
    assertEquals(Hashing.sha256().hashBytes(whole).toString(), OnnxContent.sha256(alone));
    assertFalse(OnnxContent.hasExternalData(alone));
  }

  @Test
  void aModelReadsNothingOutsideOfItsFolder() throws IOException {
    Path secret = Files.write(folder.resolve("secret"), floats(10, 20));
    Files.createSymbolicLink(models.resolve("link"), secret);
    Files.createSymbolicLink(models.resolve("up"), folder);
    for (String name :
        List.of(
            "../secret",
            secret.toString(),
            "link",
            "up/secret",
            "below/../../secret",
            "..",
            "",
            "/dev/zero",
            "/proc/self/mem")) {
      Path file = put("m.onnx", StrangeModels.external(name));
      MalformedModelException e = refused(file);
      assertTrue(e.getMessage().contains("'" + name + "'"), e.getMessage());
      assertTrue(
          e.getMessage().contains("outside") || e.getMessage().contains("not in its folder"),
          e.getMessage());
      assertThrows(
          MalformedModelException.class,
          () -> OnnxModel.load(StrangeModels.external(name), models, OPTIONS));
      assertThrows(MalformedModelException.class, () -> OnnxContent.sha256(file));
      assertThrows(MalformedModelException.class, () -> OnnxContent.readWhole(file));
    }
    for (String name : List.of("missing.bin", "*/_ORT_MEM_ADDR_/*", "a\u0000b")) {
      MalformedModelException e = refused(put("m.onnx", StrangeModels.external(name)));
      assertTrue(e.getMessage().contains(name), e.getMessage());
    }
  }

  @Test
  void controlFlowIsForThoseWhoAskForIt() throws IOException {
    Path file = put("m.onnx", StrangeModels.choice());
    MalformedModelException e = refused(file);
    assertTrue(e.getMessage().contains("[If]"), e.getMessage());
    assertTrue(e.getMessage().contains("withControlFlow"), e.getMessage());
    assertArrayEquals(new float[] {1, 2}, run(OnnxModel.load(file, OPTIONS.withControlFlow(true))));
    assertTrue(
        refused(put("loop.onnx", StrangeModels.hiddenLoop())).getMessage().contains("[Loop]"));
  }

  @Test
  void whatIsCutOffOrDamagedIsRefused() throws IOException {
    byte[] sound = StrangeModels.choice();
    for (int length = 0; length < sound.length; length++) {
      Path file = put("cut.onnx", Arrays.copyOf(sound, length));
      assertThrows(MalformedModelException.class, () -> OnnxModel.load(file, OPTIONS));
    }
    for (int at = 0; at < sound.length; at++) {
      byte[] changed = sound.clone();
      changed[at] ^= (byte) 0xff;
      Path file = put("changed.onnx", changed);
      try (OnnxModel model = OnnxModel.load(file, OPTIONS.withControlFlow(true))) {
        model.inputName();
      } catch (MalformedModelException e) {
        assertFalse(String.valueOf(e.getMessage()).isEmpty());
      }
    }
  }
}
