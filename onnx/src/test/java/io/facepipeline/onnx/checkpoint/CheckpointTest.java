package io.facepipeline.onnx.checkpoint;

import static io.facepipeline.onnx.checkpoint.CheckpointFixtures.array;
import static io.facepipeline.onnx.checkpoint.CheckpointFixtures.dict;
import static io.facepipeline.onnx.checkpoint.CheckpointFixtures.everyFormat;
import static io.facepipeline.onnx.checkpoint.CheckpointFixtures.floats;
import static io.facepipeline.onnx.checkpoint.CheckpointFixtures.legacy;
import static io.facepipeline.onnx.checkpoint.CheckpointFixtures.legacyId;
import static io.facepipeline.onnx.checkpoint.CheckpointFixtures.littleEndian;
import static io.facepipeline.onnx.checkpoint.CheckpointFixtures.npy;
import static io.facepipeline.onnx.checkpoint.CheckpointFixtures.npyHeader;
import static io.facepipeline.onnx.checkpoint.CheckpointFixtures.npyPickle;
import static io.facepipeline.onnx.checkpoint.CheckpointFixtures.safetensors;
import static io.facepipeline.onnx.checkpoint.CheckpointFixtures.stateDict;
import static io.facepipeline.onnx.checkpoint.CheckpointFixtures.tensor;
import static io.facepipeline.onnx.checkpoint.CheckpointFixtures.tuple;
import static io.facepipeline.onnx.checkpoint.CheckpointFixtures.zip;
import static io.facepipeline.onnx.checkpoint.CheckpointFixtures.zipId;
import static io.facepipeline.onnx.checkpoint.CheckpointFixtures.zipOf;
import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.facepipeline.onnx.MalformedModelException;
import io.facepipeline.onnx.checkpoint.CheckpointFixtures.Storage;
import io.facepipeline.onnx.checkpoint.bytes.DataType;
import io.facepipeline.onnx.checkpoint.pickle.PickleWriter;
import io.facepipeline.onnx.checkpoint.pickle.PickleWriter.Built;
import io.facepipeline.onnx.checkpoint.pickle.PickleWriter.Call;
import io.facepipeline.onnx.checkpoint.pickle.PickleWriter.Name;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.math.BigInteger;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import java.util.zip.ZipEntry;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

@SuppressWarnings("ByteBufferBackingArray") // every buffer here is allocated with its array
class CheckpointTest {
  private static final float[] ONE_TO_SIX = {1, 2, 3, 4, 5, 6};

  @TempDir Path folder;

  private Checkpoint read(byte[] bytes) {
    return Checkpoint.read(write(bytes));
  }

  private Path write(byte[] bytes) {
    try {
      return Files.write(folder.resolve("checkpoint.bin"), bytes);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  static Stream<Arguments> formats() {
    return everyFormat().entrySet().stream()
        .map(file -> Arguments.of(file.getKey(), file.getValue()));
  }

  @ParameterizedTest(name = "{0}")
  @MethodSource("formats")
  void everyFormatIsRecognisedByContent(String format, byte[] bytes) {
    Checkpoint checkpoint = read(bytes);

    assertTrue(format.startsWith(checkpoint.format()), checkpoint::format);
    assertEquals(folder.resolve("checkpoint.bin"), checkpoint.file());
    Tensor tensor = checkpoint.tensor(format.equals("npy") ? "value" : "w");
    assertArrayEquals(new int[] {2, 3}, tensor.shape());
    assertEquals(6, tensor.size());
    assertEquals(DataType.FLOAT, tensor.type());
    assertArrayEquals(ONE_TO_SIX, tensor.floats());
  }

  @ParameterizedTest(name = "{0}")
  @MethodSource("formats")
  void theFileIsNotKeptOpenNorNeededAfterwards(String format, byte[] bytes) throws IOException {
    Checkpoint checkpoint = read(bytes);
    Files.delete(checkpoint.file());

    assertArrayEquals(ONE_TO_SIX, checkpoint.tensors().values().iterator().next().floats());
    assertEquals(64, checkpoint.sha256().length());
  }

  static Stream<Arguments> types() {
    return Stream.of(
        Arguments.of(DataType.FLOAT, littleEndian(8).putFloat(1.5f).putFloat(-2)),
        Arguments.of(
            DataType.HALF, littleEndian(4).putShort((short) 0x3e00).putShort((short) 0xc000)),
        Arguments.of(
            DataType.BFLOAT16, littleEndian(4).putShort((short) 0x3fc0).putShort((short) 0xc000)),
        Arguments.of(DataType.DOUBLE, littleEndian(16).putDouble(1.5).putDouble(-2)),
        Arguments.of(DataType.LONG, littleEndian(16).putLong(1L << 40).putLong(-2)),
        Arguments.of(DataType.INT, littleEndian(8).putInt(1 << 30).putInt(-2)),
        Arguments.of(DataType.SHORT, littleEndian(4).putShort((short) 300).putShort((short) -2)),
        Arguments.of(DataType.BYTE, littleEndian(2).put((byte) 100).put((byte) -2)),
        Arguments.of(DataType.UBYTE, littleEndian(2).put((byte) 100).put((byte) -2)),
        Arguments.of(DataType.BOOL, littleEndian(2).put((byte) 1).put((byte) 0)));
  }

  @ParameterizedTest
  @MethodSource("types")
  void everyTypeIsConverted(DataType type, ByteBuffer data) {
    Storage storage = new Storage("0", type, data.array());
    Checkpoint fromZip =
        read(zip(stateDict("w", tensor(zipId(storage), 0, tuple(2), tuple(1))), storage));
    Tensor tensor = fromZip.tensor("w");
    double[] expected =
        switch (type) {
          case FLOAT, HALF, BFLOAT16, DOUBLE -> new double[] {1.5, -2};
          case LONG -> new double[] {1L << 40, -2};
          case INT -> new double[] {1 << 30, -2};
          case SHORT -> new double[] {300, -2};
          case BYTE -> new double[] {100, -2};
          case UBYTE -> new double[] {100, 254};
          case BOOL -> new double[] {1, 0};
        };
    assertEquals(type, tensor.type());
    assertArrayEquals(new float[] {(float) expected[0], (float) expected[1]}, tensor.floats());
    if (type.isIntegral()) {
      assertArrayEquals(new long[] {(long) expected[0], (long) expected[1]}, tensor.longs());
    } else {
      assertThrows(IllegalStateException.class, tensor::longs);
    }
    Tensor old =
        read(legacy(
                stateDict("w", tensor(legacyId(storage, null), 0, tuple(2), tuple(1))), storage))
            .tensor("w");
    assertArrayEquals(tensor.floats(), old.floats());
  }

  @Test
  void halvesAreConvertedExactly() {
    assertEquals(0x1p-24f, DataType.halfToFloat((short) 1));
    assertEquals(-0x1.ff8p-15f, DataType.halfToFloat((short) 0x83ff));
    assertEquals(65504f, DataType.halfToFloat((short) 0x7bff));
    assertEquals(Float.NEGATIVE_INFINITY, DataType.halfToFloat((short) 0xfc00));
    assertTrue(Float.isNaN(DataType.halfToFloat((short) 0x7e01)));
    assertEquals(
        Float.floatToIntBits(-0f), Float.floatToIntBits(DataType.halfToFloat((short) 0x8000)));
  }

  @Test
  void viewsOfOneStorageAreReadWithTheirOffsetsAndStrides() {
    Storage storage = floats("0", 0, 1, 2, 3, 4, 5, 6);
    Checkpoint checkpoint =
        read(
            zip(
                stateDict(
                    "plain", tensor(zipId(storage), 1, tuple(2, 3), tuple(3, 1)),
                    "transposed", tensor(zipId(storage), 1, tuple(3, 2), tuple(1, 3)),
                    "everySecond", tensor(zipId(storage), 0, tuple(4), tuple(2)),
                    "expanded", tensor(zipId(storage), 5, tuple(2, 2), tuple(0, 1)),
                    "number", tensor(zipId(storage), 6, tuple(), tuple()),
                    "empty", tensor(zipId(storage), 0, tuple(0, 3), tuple(3, 1))),
                storage));

    assertEquals(
        List.of("plain", "transposed", "everySecond", "expanded", "number", "empty"),
        List.copyOf(checkpoint.tensors().keySet()));
    assertArrayEquals(ONE_TO_SIX, checkpoint.tensor("plain").floats());
    assertArrayEquals(new float[] {1, 4, 2, 5, 3, 6}, checkpoint.tensor("transposed").floats());
    assertArrayEquals(new float[] {0, 2, 4, 6}, checkpoint.tensor("everySecond").floats());
    assertArrayEquals(new float[] {5, 6, 5, 6}, checkpoint.tensor("expanded").floats());
    assertArrayEquals(new float[] {6}, checkpoint.tensor("number").floats());
    assertEquals(0, checkpoint.tensor("number").shape().length);
    assertArrayEquals(new float[0], checkpoint.tensor("empty").floats());
  }

  @Test
  void legacyFilesMayHaveViewsOfStorages() {
    Storage storage = floats("94897569342944", 0, 1, 2, 3, 4, 5, 6);
    Object view = tuple("94897569342948", 1, 6);
    Checkpoint checkpoint =
        read(
            legacy(
                stateDict("w", tensor(legacyId(storage, view), 0, tuple(6), tuple(1))), storage));
    assertArrayEquals(ONE_TO_SIX, checkpoint.tensor("w").floats());

    byte[] beyondTheView =
        legacy(
            stateDict("w", tensor(legacyId(storage, tuple("v", 1, 3)), 0, tuple(4), tuple(1))),
            storage);
    assertThrows(MalformedModelException.class, () -> read(beyondTheView));
    byte[] beyondTheStorage =
        legacy(
            stateDict("w", tensor(legacyId(storage, tuple("v", 2, 6)), 0, tuple(4), tuple(1))),
            storage);
    assertThrows(MalformedModelException.class, () -> read(beyondTheStorage));
  }

  @ParameterizedTest
  @ValueSource(strings = {"state_dict", "model_state_dict", "model", "net"})
  void trainingCheckpointsAreUnwrappedAndTheirOtherStoragesNotRead(String key) {
    Storage weight = floats("0", ONE_TO_SIX);
    Storage moment = floats("1", 9, 9);
    Storage best = floats("2", 0.5f);
    Object root =
        dict(
            "epoch",
            12,
            "best_prec",
            tensor(zipId(best), 0, tuple(), tuple()),
            "loss",
            0.25,
            "big",
            BigInteger.ONE.shiftLeft(100),
            "args",
            new Built(new Call(new Name("argparse", "Namespace")), tuple(null, dict("lr", 0.1))),
            "history",
            new Call(new Name("collections", "defaultdict"), new Name("builtins", "dict")),
            "accuracy",
            new Call(
                new Name("numpy.core.multiarray", "scalar"),
                new Call(new Name("numpy", "dtype"), "f8", 0, 1),
                new byte[8]),
            "optimizer",
            dict("state", dict(0, dict("exp_avg", tensor(zipId(moment), 0, tuple(2), tuple(1))))),
            key,
            stateDict(
                "module.w",
                tensor(zipId(weight), 0, tuple(6), tuple(1)),
                "module.p",
                new Call(
                    new Name("torch._utils", "_rebuild_parameter"),
                    tensor(
                        zipId(weight),
                        0,
                        new Call(new Name("torch", "Size"), tuple(2, 3)),
                        tuple(3, 1)),
                    true,
                    CheckpointFixtures.orderedDict())));

    // The optimizer's storage is missing, which shows only if it is read.
    Checkpoint checkpoint = read(zip(root, weight));

    assertEquals(List.of("w", "p"), List.copyOf(checkpoint.tensors().keySet()));
    assertArrayEquals(ONE_TO_SIX, checkpoint.tensor("p").floats());
  }

  @Test
  void aPrefixIsKeptUnlessAllNamesHaveIt() {
    Storage storage = floats("0", 1);
    Object tensor = tensor(zipId(storage), 0, tuple(1), tuple(1));
    Checkpoint checkpoint = read(zip(stateDict("module.a", tensor, "b", tensor), storage));
    assertTrue(checkpoint.contains("module.a"));
    assertFalse(checkpoint.contains("a"));
  }

  @Test
  void nestedWrappersAndLoneTensorsAreFound() {
    Storage storage = floats("0", 1);
    Object tensor = tensor(zipId(storage), 0, tuple(1), tuple(1));
    assertTrue(
        read(zip(dict("net", dict("state_dict", stateDict("a", tensor))), storage)).contains("a"));
    assertTrue(read(zip(tensor, storage)).contains("value"));
  }

  @Test
  void orderedDictsOfPython2HoldTheirItemsInTheCall() {
    Storage storage = floats("0", 1);
    Object tensor = tensor(zipId(storage), 0, tuple(1), tuple(1));
    Object root =
        new Call(
            new Name("collections", "OrderedDict"),
            List.of(List.of("a", tensor), List.of("b", tensor)));
    assertEquals(List.of("a", "b"), List.copyOf(read(zip(root, storage)).tensors().keySet()));
  }

  @Test
  void bigEndianZipsAreRead() {
    byte[] bytes = ByteBuffer.allocate(8).putFloat(1).putFloat(2).array();
    Storage storage = new Storage("0", DataType.FLOAT, bytes);
    Map<String, byte[]> entries = new LinkedHashMap<>();
    entries.put(
        "a/data.pkl",
        PickleWriter.pickle(4, stateDict("w", tensor(zipId(storage), 0, tuple(2), tuple(1)))));
    entries.put("a/byteorder", "big".getBytes(StandardCharsets.US_ASCII));
    entries.put("a/data/0", bytes);
    assertArrayEquals(
        new float[] {1, 2}, read(zipOf(entries, ZipEntry.STORED)).tensor("w").floats());
  }

  @ParameterizedTest
  @ValueSource(ints = {1, 2, 3})
  void npyVersionsOrdersAndByteOrdersAreRead(int version) {
    byte[] columnMajor = floats("", 1, 4, 2, 5, 3, 6).bytes();
    assertArrayEquals(
        ONE_TO_SIX,
        read(npy(version, npyHeader("<f4", true, "(2, 3)"), columnMajor)).tensor("value").floats());
    byte[] bigEndian = ByteBuffer.allocate(4).putShort((short) 300).putShort((short) -2).array();
    assertArrayEquals(
        new long[] {300, -2},
        read(npy(version, npyHeader(">i2", false, "(2L,)"), bigEndian)).tensor("value").longs());
  }

  static Stream<Arguments> numpyTypes() {
    return Stream.of(
        Arguments.of("<f4", littleEndian(4).putFloat(7)),
        Arguments.of("<f2", littleEndian(2).putShort((short) 0x4700)),
        Arguments.of("<f8", littleEndian(8).putDouble(7)),
        Arguments.of("<i8", littleEndian(8).putLong(7)),
        Arguments.of("<i4", littleEndian(4).putInt(7)),
        Arguments.of("<i2", littleEndian(2).putShort((short) 7)),
        Arguments.of("|i1", littleEndian(1).put((byte) 7)),
        Arguments.of("|u1", littleEndian(1).put((byte) 7)));
  }

  @ParameterizedTest
  @MethodSource("numpyTypes")
  void numpyTypesAreReadFlatAndPickled(String code, ByteBuffer data) {
    assertArrayEquals(
        new float[] {7},
        read(npy(1, npyHeader(code, false, "()"), data.array())).tensor("value").floats());
    for (int protocol : new int[] {2, 4}) {
      Object array = array(code.substring(1), code.substring(0, 1), tuple(1), false, data.array());
      assertArrayEquals(
          new float[] {7}, read(npyPickle(protocol, dict("w", array))).tensor("w").floats());
    }
  }

  @Test
  void pickledArraysMayBeColumnMajorAndEmpty() {
    byte[] columnMajor = floats("", 1, 4, 2, 5, 3, 6).bytes();
    Checkpoint checkpoint =
        read(
            npyPickle(
                2,
                dict(
                    "a", array("f4", "<", tuple(2, 3), true, columnMajor),
                    "b", array("f4", "<", tuple(0), false, new byte[0]))));
    assertArrayEquals(ONE_TO_SIX, checkpoint.tensor("a").floats());
    assertEquals(0, checkpoint.tensor("b").size());
  }

  @ParameterizedTest
  @MethodSource("safetensorsTypes")
  void safetensorsTypesAreRead(String code, ByteBuffer data) {
    String header =
        "{\"__metadata__\":{\"format\":\"pt\"},\"module.b\":{\"dtype\":\"F32\",\"shape\":[0,2],\"data_offsets\":[0,0]},"
            + "\"module.a\":{\"dtype\":\""
            + code
            + "\",\"shape\":[],\"data_offsets\":[0,"
            + data.capacity()
            + "]}}   ";
    Checkpoint checkpoint = read(safetensors(header, data.array()));
    assertEquals(List.of("b", "a"), List.copyOf(checkpoint.tensors().keySet()));
    assertArrayEquals(new float[] {1}, checkpoint.tensor("a").floats());
  }

  static Stream<Arguments> safetensorsTypes() {
    return Stream.of(
        Arguments.of("F32", littleEndian(4).putFloat(1)),
        Arguments.of("F16", littleEndian(2).putShort((short) 0x3c00)),
        Arguments.of("BF16", littleEndian(2).putShort((short) 0x3f80)),
        Arguments.of("F64", littleEndian(8).putDouble(1)),
        Arguments.of("I64", littleEndian(8).putLong(1)),
        Arguments.of("I32", littleEndian(4).putInt(1)),
        Arguments.of("I16", littleEndian(2).putShort((short) 1)),
        Arguments.of("I8", littleEndian(1).put((byte) 1)),
        Arguments.of("U8", littleEndian(1).put((byte) 1)),
        Arguments.of("BOOL", littleEndian(1).put((byte) 1)));
  }

  @Test
  void aMissingTensorIsReportedWithTheNearestNames() {
    Checkpoint checkpoint =
        Checkpoint.of(
            Map.of(
                "conv1.weight",
                Tensor.of(new int[] {1}, 1),
                "fc.bias",
                Tensor.of(new int[] {1}, 1)));
    MalformedModelException e =
        assertThrows(MalformedModelException.class, () -> checkpoint.tensor("conv1.wieght"));
    assertTrue(e.getMessage().startsWith("memory: has no tensor \"conv1.wieght\""), e.getMessage());
    assertTrue(e.getMessage().contains("[conv1.weight, fc.bias]"), e.getMessage());
  }

  @Test
  void checkpointsAndTensorsAreImmutable() {
    float[] values = {1, 2};
    int[] shape = {2};
    Tensor tensor = Tensor.of(shape, values);
    values[0] = 9;
    shape[0] = 9;
    tensor.shape()[0] = 9;
    tensor.floats()[0] = 9;
    assertArrayEquals(new float[] {1, 2}, tensor.floats());
    assertArrayEquals(new int[] {2}, tensor.shape());
    Checkpoint checkpoint = Checkpoint.of(Map.of("w", tensor));
    assertThrows(UnsupportedOperationException.class, () -> checkpoint.tensors().clear());
    assertEquals("", checkpoint.sha256());
    assertEquals("memory", checkpoint.format());
  }

  @Test
  void tensorsOfAWrongShapeAreRefused() {
    assertThrows(IllegalArgumentException.class, () -> Tensor.of(new int[] {3}, 1, 2));
    assertThrows(IllegalArgumentException.class, () -> Tensor.of(new int[] {-1, -2}, 1, 2));
    assertThrows(
        IllegalArgumentException.class,
        () -> Tensor.of(new int[] {Integer.MAX_VALUE, Integer.MAX_VALUE, Integer.MAX_VALUE}, 1));
    assertEquals(1, Tensor.of(new int[0], 5).size());
  }

  @Test
  void whatIsWrittenIsReadAgain() {
    Map<String, Tensor> tensors = new LinkedHashMap<>();
    float[] many = new float[40_000];
    for (int i = 0; i < many.length; i++) {
      many[i] = i / 7f - 1000;
    }
    tensors.put("b.weight", Tensor.of(new int[] {200, 200}, many));
    tensors.put("a", Tensor.of(new int[0], 5));
    tensors.put("empty", Tensor.of(new int[] {0, 3}));
    Path file = folder.resolve("new/folder/weights.safetensors");
    assertEquals(file, Checkpoint.of(tensors).write(file));
    Checkpoint read = Checkpoint.read(file);
    assertEquals("safetensors", read.format());
    assertEquals(List.copyOf(tensors.keySet()), List.copyOf(read.tensors().keySet()));
    tensors.forEach(
        (name, tensor) -> {
          assertArrayEquals(tensor.shape(), read.tensor(name).shape());
          assertArrayEquals(tensor.floats(), read.tensor(name).floats());
        });
    Path below = file.resolve("weights.safetensors");
    MalformedModelException e =
        assertThrows(MalformedModelException.class, () -> Checkpoint.of(tensors).write(below));
    assertTrue(String.valueOf(e.getMessage()).startsWith(below + ": cannot be written"));
  }
}
