package io.facepipeline.onnx.checkpoint;

import static io.facepipeline.onnx.checkpoint.CheckpointFixtures.array;
import static io.facepipeline.onnx.checkpoint.CheckpointFixtures.dict;
import static io.facepipeline.onnx.checkpoint.CheckpointFixtures.floats;
import static io.facepipeline.onnx.checkpoint.CheckpointFixtures.legacy;
import static io.facepipeline.onnx.checkpoint.CheckpointFixtures.legacyId;
import static io.facepipeline.onnx.checkpoint.CheckpointFixtures.npyPickle;
import static io.facepipeline.onnx.checkpoint.CheckpointFixtures.stateDict;
import static io.facepipeline.onnx.checkpoint.CheckpointFixtures.tensor;
import static io.facepipeline.onnx.checkpoint.CheckpointFixtures.tuple;
import static io.facepipeline.onnx.checkpoint.CheckpointFixtures.zip;
import static io.facepipeline.onnx.checkpoint.CheckpointFixtures.zipId;
import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.facepipeline.onnx.MalformedModelException;
import io.facepipeline.onnx.checkpoint.CheckpointFixtures.Storage;
import io.facepipeline.onnx.checkpoint.bytes.DataType;
import io.facepipeline.onnx.checkpoint.pickle.PickleWriter;
import io.facepipeline.onnx.checkpoint.pickle.PickleWriter.Built;
import io.facepipeline.onnx.checkpoint.pickle.PickleWriter.Call;
import io.facepipeline.onnx.checkpoint.pickle.PickleWriter.Name;
import io.facepipeline.onnx.checkpoint.pickle.PickleWriter.PersistentId;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Checkpoints as the training scripts of others write them. */
class ForeignCheckpointTest {
  private static final Storage STORAGE = floats("0", 1, 2, 3, 4, 5, 6);

  @TempDir Path folder;

  private Checkpoint read(byte[] bytes) {
    try {
      return Checkpoint.read(Files.write(folder.resolve("foreign.pth"), bytes));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static Object weight() {
    return tensor(zipId(STORAGE), 0, tuple(2, 3), tuple(3, 1));
  }

  private static Object single() {
    return tensor(zipId(STORAGE), 0, tuple(), tuple());
  }

  private List<String> names(Object root) {
    return List.copyOf(read(zip(root, STORAGE)).tensors().keySet());
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "state_dict",
        "net_state_dict",
        "ema",
        "weights",
        "backbone",
        "model",
        "module",
        "params",
        "my_own_name"
      })
  void theStateDictIsFoundByWhatItHolds(String key) {
    Object state = stateDict("a.weight", weight(), "b.weight", weight());
    assertEquals(
        List.of("a.weight", "b.weight"),
        names(dict("epoch", 3, "best", single(), key, state, "optimizer", dict("x", weight()))));
    assertEquals(
        List.of("a.weight", "b.weight"),
        names(dict("step", 3, "saved", dict(key, state), "loss", single())));
    assertEquals(List.of("a.weight", "b.weight"), names(List.of(3, state)));
    assertEquals(key, read(zip(dict(key, state), STORAGE)).place());
  }

  @Test
  void theNetworkIsPreferredToItsMovingAverageAndToAHead() {
    Object root =
        dict(
            "ema",
            stateDict("ema.weight", weight(), "ema.bias", weight()),
            "model",
            stateDict("a.weight", weight(), "b.weight", weight()));
    assertEquals(List.of("a.weight", "b.weight"), names(root));
    Object parts =
        dict(
            "head",
            stateDict("kernel", weight()),
            "backbone",
            stateDict("a.weight", weight(), "b.weight", weight()));
    assertEquals(List.of("a.weight", "b.weight"), names(parts));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "module.",
        "model.",
        "backbone.",
        "_orig_mod.",
        "net.",
        "module.model.",
        "_orig_mod.module.",
        "model.backbone."
      })
  void prefixesOfWrappersAreRemoved(String prefix) {
    Checkpoint checkpoint =
        read(
            zip(
                stateDict(
                    prefix + "a.weight",
                    weight(),
                    prefix + "b.weight",
                    weight(),
                    "head.kernel",
                    weight()),
                STORAGE));
    assertEquals(
        List.of("a.weight", "b.weight", "head.kernel"), List.copyOf(checkpoint.tensors().keySet()));
    assertEquals("names without \"" + prefix + "\"", checkpoint.place());
    assertTrue(checkpoint.isForTraining("head.kernel"));
  }

  @ParameterizedTest
  @CsvSource({
    "pathlib, PosixPath",
    "pathlib, WindowsPath",
    "argparse, Namespace",
    "omegaconf.dictconfig, DictConfig",
    "easydict, EasyDict",
    "yacs.config, CfgNode",
    "pytorch_lightning.utilities.parsing, AttributeDict",
    "datetime, datetime",
    "uuid, UUID",
    "decimal, Decimal",
    "__main__, Config",
    "torch.optim.adam, Adam",
    "torch.nn.modules.linear, Linear",
    "numpy, float64",
    "numpy.random._pickle, __randomstate_ctor"
  })
  void harmlessObjectsBesideTheTensorsDoNotMatter(String module, String name) {
    Name type = new Name(module, name);
    Object made = new Call(type, "x", 1);
    Object withState = new Built(new Call(type), tuple(null, dict("a", type)));
    Object reconstructed =
        new Call(new Name("copyreg", "_reconstructor"), type, new Name("builtins", "dict"), dict());
    Object root =
        dict(
            "state_dict",
            stateDict("w", weight()),
            "made",
            made,
            "class",
            type,
            "built",
            withState,
            "reconstructed",
            reconstructed);
    for (byte[] file :
        List.of(
            zip(root, STORAGE),
            legacy(
                2,
                dict(
                    "made",
                    made,
                    "state_dict",
                    stateDict("w", tensor(legacyId(STORAGE, null), 0, tuple(2, 3), tuple(3, 1)))),
                STORAGE))) {
      assertArrayEquals(new float[] {1, 2, 3, 4, 5, 6}, read(file).tensor("w").floats());
    }
  }

  @Test
  void aStateDictInADerivedDictIsFound() {
    Object config = new Built(new Call(new Name("easydict", "EasyDict")), dict("w", weight()));
    assertEquals(List.of("w"), names(config));
  }

  @Test
  void aWholeModelIsRefusedByItsClass() {
    Object model =
        new Built(new Call(new Name("nets.iresnet", "IResNet")), tuple(null, dict("a", 1)));
    MalformedModelException e =
        assertThrows(MalformedModelException.class, () -> read(zip(model, STORAGE)));
    assertTrue(e.getMessage().contains("nets.iresnet.IResNet"), e.getMessage());
    assertTrue(e.getMessage().contains("state_dict()"), e.getMessage());
    MalformedModelException inside =
        assertThrows(MalformedModelException.class, () -> read(zip(dict("net", model), STORAGE)));
    assertTrue(inside.getMessage().contains("nets.iresnet.IResNet"), inside.getMessage());
  }

  @ParameterizedTest
  @ValueSource(ints = {2, 3, 4, 5})
  void legacyFilesOfEveryProtocolAreRead(int protocol) {
    Object root = stateDict("w", tensor(legacyId(STORAGE, null), 0, tuple(2, 3), tuple(3, 1)));
    Checkpoint checkpoint = read(legacy(protocol, root, STORAGE));
    assertEquals("pytorch-legacy", checkpoint.format());
    assertArrayEquals(new float[] {1, 2, 3, 4, 5, 6}, checkpoint.tensor("w").floats());
  }

  private static PersistentId quantized(String type, String key, int length) {
    return new PersistentId(
        tuple("storage", new Name("torch", type + "Storage"), key, "cpu", length));
  }

  private static Call qtensor(PersistentId storage, Object shape, Object strides, Object how) {
    return new Call(
        new Name("torch._utils", "_rebuild_qtensor"),
        storage,
        0,
        shape,
        strides,
        how,
        false,
        CheckpointFixtures.orderedDict());
  }

  @Test
  void quantizedTensorsAreTheNumbersTheyStandFor() {
    Storage bytes = new Storage("q", DataType.BYTE, new byte[] {-128, -1, 0, 1, 2, 127});
    Object perTensor = tuple(new Name("torch", "per_tensor_affine"), 0.5, 1);
    Checkpoint signed =
        read(
            zip(
                stateDict("w", qtensor(quantized("QInt8", "q", 6), tuple(6), tuple(1), perTensor)),
                bytes));
    assertArrayEquals(new float[] {-64.5f, -1, -0.5f, 0, 0.5f, 63}, signed.tensor("w").floats());
    assertEquals(DataType.FLOAT, signed.tensor("w").type());
    Checkpoint unsigned =
        read(
            zip(
                stateDict("w", qtensor(quantized("QUInt8", "q", 6), tuple(6), tuple(1), perTensor)),
                bytes));
    assertArrayEquals(new float[] {63.5f, 127, -0.5f, 0, 0.5f, 63}, unsigned.tensor("w").floats());
  }

  @Test
  void eachChannelOfAQuantisedTensorMayHaveItsScale() {
    Storage bytes = new Storage("q", DataType.BYTE, new byte[] {1, 2, 3, 4, 5, 6});
    Storage scales =
        new Storage(
            "s",
            DataType.DOUBLE,
            ByteBuffer.allocate(16)
                .order(ByteOrder.LITTLE_ENDIAN)
                .putDouble(1)
                .putDouble(2)
                .array());
    Storage zeros =
        new Storage(
            "z",
            DataType.LONG,
            ByteBuffer.allocate(16).order(ByteOrder.LITTLE_ENDIAN).putLong(0).putLong(3).array());
    Object how =
        tuple(
            new Name("torch", "per_channel_affine"),
            tensor(zipId(scales), 0, tuple(2), tuple(1)),
            tensor(zipId(zeros), 0, tuple(2), tuple(1)),
            0);
    Object packed =
        tuple(qtensor(quantized("QInt8", "q", 6), tuple(2, 3), tuple(3, 1), how), weight());
    Checkpoint checkpoint =
        read(
            zip(
                stateDict(
                    "fc.scale", weight(),
                    "fc.zero_point", weight(),
                    "scale", weight(),
                    "fc._packed_params._packed_params", packed),
                bytes,
                scales,
                zeros,
                STORAGE));
    assertArrayEquals(new float[] {1, 2, 3, 2, 4, 6}, checkpoint.tensor("fc.weight").floats());
    assertArrayEquals(new int[] {2, 3}, checkpoint.tensor("fc.weight").shape());
    // How what the layer gives was to be quantized is no part of the network.
    assertEquals(Set.of("scale", "fc.weight", "fc.bias"), checkpoint.tensors().keySet());
  }

  @Test
  void tensorsOfFourBitsAreRefusedByTheirName() {
    Storage bytes = new Storage("q", DataType.UBYTE, new byte[3]);
    Object how = tuple(new Name("torch", "per_tensor_affine"), 0.5, 1);
    byte[] file =
        zip(stateDict("w", qtensor(quantized("QUInt4x2", "q", 6), tuple(6), tuple(1), how)), bytes);
    MalformedModelException e = assertThrows(MalformedModelException.class, () -> read(file));
    assertTrue(e.getMessage().contains("torch.QUInt4x2Storage"), e.getMessage());
  }

  @Test
  void dictsAndListsWithinPickledArraysBecomeNames() {
    Object weights = array("f4", "<", tuple(2, 3), false, STORAGE.bytes());
    Map<Object, Object> nested =
        dict("conv1", dict("weights", weights), "pnet", List.of(weights, weights));
    Checkpoint numpy = read(npyPickle(2, nested));
    assertEquals(
        List.of("conv1.weights", "pnet.0", "pnet.1"), List.copyOf(numpy.tensors().keySet()));
    Checkpoint plain = read(PickleWriter.pickle(4, nested));
    assertEquals("pickle", plain.format());
    assertEquals(numpy.tensors().keySet(), plain.tensors().keySet());
  }

  @Test
  void numbersThatAreNoneAreFound() {
    assertEquals(Optional.empty(), Tensor.of(new int[] {2}, 1, -1).firstNotFinite());
    Tensor broken = Tensor.of(new int[] {3}, 1, Float.NEGATIVE_INFINITY, Float.NaN);
    assertEquals(Optional.of(Float.NEGATIVE_INFINITY), broken.firstNotFinite());
  }
}
