package io.facepipeline.onnx.checkpoint;

import static io.facepipeline.onnx.checkpoint.CheckpointFixtures.array;
import static io.facepipeline.onnx.checkpoint.CheckpointFixtures.concat;
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
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assertions.fail;

import io.facepipeline.onnx.MalformedModelException;
import io.facepipeline.onnx.checkpoint.CheckpointFixtures.Storage;
import io.facepipeline.onnx.checkpoint.bytes.DataType;
import io.facepipeline.onnx.checkpoint.pickle.PickleWriter;
import io.facepipeline.onnx.checkpoint.pickle.PickleWriter.Call;
import io.facepipeline.onnx.checkpoint.pickle.PickleWriter.Name;
import io.facepipeline.onnx.checkpoint.pickle.PickleWriter.PersistentId;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.stream.Stream;
import java.util.zip.ZipEntry;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Files that are cut off, damaged or made to do harm. */
@SuppressWarnings("ByteBufferBackingArray") // every buffer here is allocated with its array
@Timeout(120)
class HostileCheckpointTest {
  @TempDir Path folder;

  private Path write(byte[] bytes) {
    try {
      return Files.write(folder.resolve("hostile.bin"), bytes);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private void refused(byte[] bytes, String... inMessage) {
    Path file = write(bytes);
    MalformedModelException e =
        assertThrows(MalformedModelException.class, () -> Checkpoint.read(file));
    assertTrue(e.getMessage().startsWith(file + ": "), e.getMessage());
    for (String part : inMessage) {
      assertTrue(e.getMessage().contains(part), e.getMessage());
    }
  }

  static Stream<Arguments> formats() {
    return everyFormat().entrySet().stream()
        .map(file -> Arguments.of(file.getKey(), file.getValue()));
  }

  @ParameterizedTest(name = "{0}")
  @MethodSource("formats")
  void aFileCutOffAnywhereIsRefused(String format, byte[] bytes) {
    for (int length = 0; length < bytes.length; length++) {
      refused(Arrays.copyOf(bytes, length));
    }
  }

  @ParameterizedTest(name = "{0}")
  @MethodSource("formats")
  void aDamagedFileIsReadOrRefusedAndNothingElse(String format, byte[] bytes) {
    Random random = new Random(20240607);
    for (int i = 0; i < 1500; i++) {
      byte[] damaged = bytes.clone();
      for (int changes = 1 + random.nextInt(4); changes > 0; changes--) {
        int at = random.nextInt(damaged.length);
        // Small and extreme values reach further into the readers than arbitrary ones.
        damaged[at] =
            switch (random.nextInt(4)) {
              case 0 -> (byte) (damaged[at] + 1);
              case 1 -> (byte) 0xff;
              case 2 -> damaged[random.nextInt(damaged.length)];
              default -> (byte) random.nextInt(256);
            };
      }
      try {
        for (Tensor tensor : Checkpoint.read(write(damaged)).tensors().values()) {
          tensor.floats();
        }
      } catch (MalformedModelException expected) {
        assertTrue(expected.getMessage().contains("hostile.bin"));
      } catch (RuntimeException | Error e) {
        fail("mutation " + i + " of " + format, e);
      }
    }
  }

  @ParameterizedTest
  @CsvSource({
    "os, system",
    "posix, system",
    "nt, system",
    "builtins, eval",
    "builtins, exec",
    "__builtin__, getattr",
    "subprocess, Popen",
    "torch.storage, _load_from_bytes",
    "builtins, open",
    "importlib, import_module",
    "torch.hub, load",
    "torch._utils, _rebuild_sparse_tensor",
    "numpy.core.multiarray, fromfile"
  })
  void hostileGlobalsAreRefusedByName(String module, String name) {
    Call call = new Call(new Name(module, name), "touch /tmp/harm");
    Storage storage = floats("0", 1);
    Object weight = tensor(zipId(storage), 0, tuple(1), tuple(1));
    refused(zip(stateDict("w", weight, "x", call), storage), module + "." + name, "state_dict()");
    refused(legacy(call), module + "." + name);
    refused(npyPickle(2, call), module + "." + name);
    refused(npyPickle(4, call), module + "." + name);
  }

  @Test
  void wholeModelsAreRefusedWithTheRemedy() {
    Object module =
        new PersistentId(tuple("module", new Name("torch", "Size"), "net.py", "class Net: pass"));
    refused(legacy(module), "whole model", "state_dict()");
    refused(
        zipOf(
            Map.of("m/data.pkl", PickleWriter.pickle(2, 1), "m/constants.pkl", new byte[0]),
            ZipEntry.STORED),
        "TorchScript");
  }

  @ParameterizedTest
  @ValueSource(longs = {1 << 20, 0xfffffffeL})
  void zipEntriesOfAbsurdSizesAreRefused(long size) {
    byte[] bytes = everyFormat().get("pytorch-zip");
    ByteBuffer buffer = ByteBuffer.wrap(bytes).order(ByteOrder.LITTLE_ENDIAN);
    for (int at = buffer.getInt(bytes.length - 6); at < bytes.length - 46; at++) {
      if (buffer.getInt(at) == 0x02014b50) {
        buffer.putInt(at + 20, (int) size).putInt(at + 24, (int) size);
      }
    }
    refused(bytes, "claims " + size + " bytes");
  }

  @Test
  void zip64EntriesOfAbsurdSizesAreRefused() {
    refused(
        CheckpointFixtures.zip64(everyFormat().get("pytorch-zip"), Long.MAX_VALUE - 1), "claims");
    refused(CheckpointFixtures.zip64(everyFormat().get("pytorch-zip"), -(1L << 62)), "claims");
  }

  @Test
  void compressedEntriesAreRefusedUnread() {
    refused(zipOf(Map.of("a/data.pkl", new byte[1 << 24]), ZipEntry.DEFLATED), "compressed");
  }

  @Test
  void storagesThatOverlapAreRefused() {
    Storage[] storages = new Storage[4];
    Object[] tensors = new Object[8];
    for (int i = 0; i < 4; i++) {
      storages[i] = floats(Integer.toString(i), new float[64]);
      tensors[2 * i] = "w" + i;
      tensors[2 * i + 1] = tensor(zipId(storages[i]), 0, tuple(64), tuple(1));
    }
    byte[] bytes = zip(stateDict(tensors), storages);
    ByteBuffer buffer = ByteBuffer.wrap(bytes).order(ByteOrder.LITTLE_ENDIAN);
    int directory = buffer.getInt(bytes.length - 6);
    int first = 0;
    for (int at = directory; at < bytes.length - 46; at++) {
      if (buffer.getInt(at) == 0x02014b50
          && new String(bytes, at + 46, 13, StandardCharsets.US_ASCII).equals("archive/data/")) {
        first = first == 0 ? buffer.getInt(at + 42) : first;
        // Each storage now begins at the first and ends with the last.
        int size = directory - first - 100;
        buffer.putInt(at + 20, size).putInt(at + 24, size).putInt(at + 42, first);
      }
    }
    refused(bytes, "overlap");
  }

  @Test
  void storagesTooShortForTheirTensorsAreRefused() {
    Storage storage = floats("0", 1, 2, 3);
    refused(zip(stateDict("w", tensor(zipId(storage), 0, tuple(4), tuple(1))), storage), "storage");
    refused(zip(stateDict("w", tensor(zipId(storage), 2, tuple(2), tuple(1))), storage), "storage");
    refused(zip(stateDict("w", tensor(zipId(storage), 0, tuple(2), tuple(3))), storage), "storage");
    refused(
        legacy(stateDict("w", tensor(legacyId(storage, null), 0, tuple(4), tuple(1))), storage),
        "storage");
    Storage shorter = new Storage("0", DataType.FLOAT, new byte[8]);
    refused(
        zip(stateDict("w", tensor(zipId(storage), 0, tuple(3), tuple(1))), shorter), "too short");
    refused(zip(stateDict("w", tensor(zipId(storage), 0, tuple(3), tuple(1)))), "archive/data/0");
    refused(
        legacy(stateDict("w", tensor(legacyId(storage, null), 0, tuple(3), tuple(1))), shorter),
        "elements");
    refused(
        legacy(stateDict("w", tensor(legacyId(storage, null), 0, tuple(3), tuple(1)))),
        "no storage 0");
  }

  @Test
  void shapesThatOverflowOrAreNegativeAreRefused() {
    Storage storage = floats("0", 1, 2, 3);
    int max = Integer.MAX_VALUE;
    for (List<Object> view :
        List.<List<Object>>of(
            List.of(0, tuple(max, max, max), tuple(0, 0, 0)),
            List.of(0, tuple(max), tuple(0)),
            List.of(0, tuple(2, 2), tuple(Long.MAX_VALUE, Long.MAX_VALUE)),
            List.of(0, tuple(-1), tuple(1)),
            List.of(2, tuple(3), tuple(-1)),
            List.of(-1, tuple(1), tuple(1)),
            List.of(0, tuple(1L << 40), tuple(1)),
            List.of(0, tuple(2, 1), tuple(1)),
            List.of(0, tuple("3"), tuple(1)))) {
      refused(
          zip(
              stateDict(
                  "w", tensor(zipId(storage), (Integer) view.get(0), view.get(1), view.get(2))),
              storage));
    }
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "(2147483647, 2147483647, 2147483647)",
        "(1000000000,)",
        "(99999999999,)",
        "(-1,)",
        "(7,)",
        "(5,)"
      })
  void npyShapesThatDoNotFitTheFileAreRefused(String shape) {
    refused(npy(1, npyHeader("<f4", false, shape), new byte[24]));
  }

  @Test
  void npyFilesOfOtherTypesAreRefused() {
    refused(npy(1, npyHeader("<U4", false, "(1,)"), new byte[16]), "'U4'");
    refused(
        npy(1, "{'descr': [('a', '<f4')], 'fortran_order': False, 'shape': (1,), }", new byte[4]),
        "descr");
    refused(npy(4, npyHeader("<f4", false, "(1,)"), new byte[4]), "version 4.0");
    refused(npyPickle(2, List.of(1, 2)), "no NumPy arrays");
    refused(npyPickle(2, dict("w", array("U4", "<", tuple(1), false, new byte[16]))), "'U4'");
    refused(npyPickle(2, dict("w", array("f4", "<", tuple(2), false, new byte[4]))), "storage");
  }

  @ParameterizedTest
  @ValueSource(longs = {1L << 60, -1, Long.MIN_VALUE, 100_000_001, 70})
  void safetensorsHeadersOfAbsurdLengthAreRefused(long length) {
    byte[] bytes = everyFormat().get("safetensors").clone();
    ByteBuffer.wrap(bytes).order(ByteOrder.LITTLE_ENDIAN).putLong(0, length);
    refused(bytes, "safetensors");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "{\"a\":{\"dtype\":\"F32\",\"shape\":[2],\"data_offsets\":[0,8]},\"b\":{\"dtype\":\"F32\",\"shape\":[1],\"data_offsets\":[4,8]}}",
        "{\"a\":{\"dtype\":\"F32\",\"shape\":[1],\"data_offsets\":[0,4]}}",
        "{\"a\":{\"dtype\":\"F32\",\"shape\":[1],\"data_offsets\":[4,8]}}",
        "{\"a\":{\"dtype\":\"F32\",\"shape\":[2],\"data_offsets\":[8,0]}}",
        "{\"a\":{\"dtype\":\"F32\",\"shape\":[2],\"data_offsets\":[0,9223372036854775807]}}",
        "{\"a\":{\"dtype\":\"F32\",\"shape\":[3],\"data_offsets\":[0,8]}}",
        "{\"a\":{\"dtype\":\"F8_E5M2\",\"shape\":[8],\"data_offsets\":[0,8]}}",
        "{\"a\":{\"dtype\":\"F32\",\"shape\":[-2],\"data_offsets\":[0,8]}}",
        "{\"a\":{\"dtype\":\"F32\",\"shape\":[1e99],\"data_offsets\":[0,8]}}",
        "{\"a\":{\"shape\":[2],\"data_offsets\":[0,8]}}",
        "{\"a\":{\"dtype\":\"F32\",\"shape\":[2]}}",
        "{\"a\":{\"dtype\":null,\"shape\":[2],\"data_offsets\":[0,8]}}",
        "{\"a\":[]}",
        "{\"a\":{\"dtype\":\"F32\",\"shape\":[2],\"data_offsets\":[0,8]},\"a\":{\"dtype\":\"F32\",\"shape\":[0],\"data_offsets\":[8,8]}}",
        "{}",
        "{\"a\":{\"dtype\":\"F32\",\"shape\":[2],\"data_offsets\":[0,8]}} x"
      })
  void malformedSafetensorsHeadersAreRefused(String header) {
    refused(safetensors(header, new byte[8]));
  }

  @Test
  void deeplyNestedTextAndPicklesAreNoStackOverflow() {
    refused(safetensors("{\"__metadata__\":" + "[".repeat(100_000), new byte[0]));
    byte[] lists = new byte[200_000];
    Arrays.fill(lists, (byte) ']');
    Arrays.fill(lists, 100_000, 199_999, (byte) 'a');
    lists[199_999] = '.';
    refused(pickled(lists), "state dict");
    byte[] tuples = new byte[100_000];
    Arrays.fill(tuples, (byte) 0x85);
    tuples[0] = ')';
    tuples[99_999] = '.';
    refused(pickled(tuples), "state dict");
  }

  @Test
  void structuresThatContainThemselvesAreNoEndlessLoop() {
    // A dict whose "model" is itself; a list within itself as a dict's key and as a codec's name.
    refused(pickled(ascii("}q\0X\5\0\0\0modelh\0s.")), "no tensors");
    refused(pickled(ascii("}]q\0h\0a0h\0h\0s.")), "no tensors");
    refused(pickled(ascii("c_codecs\nencode\nX\1\0\0\0a]q\0h\0a\u0086R.")), "_codecs.encode");
  }

  @Test
  void picklesThatMultiplyTheirContentsAreRefused() {
    ByteArrayOutputStream bomb = new ByteArrayOutputStream();
    bomb.writeBytes(ascii("cbuiltins\nlist\nq\0("));
    for (int i = 0; i < 100_000; i++) {
      bomb.write('N');
    }
    bomb.writeBytes(ascii("l\u0085q\1"));
    for (int i = 0; i < 100_000; i++) {
      bomb.writeBytes(ascii("h\0h\1R0"));
    }
    bomb.write('.');
    refused(pickled(bomb.toByteArray()), "hostile");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        ".",
        "0.",
        "a.",
        "e.",
        "u.",
        "t.",
        "h\7.",
        "R.",
        "b.",
        "Q.",
        "(u.",
        "]NNs.",
        "}Na.",
        "}(Nu.",
        "NNR.",
        "N)R.",
        "NNb.",
        "g-1\n.",
        "Ix\n.",
        "Fx\n.",
        "L99x\n.",
        "Sx\n.",
        "S'a\\n'\n.",
        "V\\uzzzz\n.",
        "\u0080\u0009N.",
        "\u0093.",
        "NN\u0093.",
        "X\u00ff\u00ff\u00ff\u00ffa.",
        "T\u00ff\u00ff\u00ff\u00ffa.",
        "B\u00ff\u00ff\u00ff\u007fa.",
        "\u008d\0\0\0\0\0\0\0\u0080.",
        "\u008e\u00ff\u00ff\u00ff\u00ff\u00ff\u00ff\u00ff\u007f.",
        "\u008b\u00ff\u00ff\u00ff\u00ff.",
        "\u008b\u00ff\u00ff\u00ff\u007f.",
        "\u0095\u00ff\0\0\0\0\0\0\0N.",
        "iposix\nsystem\n.",
        "\u0082\1.",
        "P0\n.",
        "N",
        "ctorch\nFloatStorage\n)R.",
        "cnumpy\ndtype\n)R.",
        "cnumpy.core.multiarray\n_reconstruct\n)R.",
        "ctorch._utils\n_rebuild_tensor_v2\n)R.",
        "N."
      })
  void malformedPicklesAreRefused(String pickle) {
    refused(pickled(ascii(pickle)));
    refused(legacyOf(ascii(pickle)));
  }

  @Test
  void referencesToStoragesThatAreMalformedAreRefused() {
    Name type = new Name("torch", "FloatStorage");
    for (Object id :
        List.of(
            "storage",
            tuple(),
            tuple("storage", type, "0", "cpu"),
            tuple("storage", "FloatStorage", "0", "cpu", 1),
            tuple("storage", new Name("torch", "Size"), "0", "cpu", 1),
            tuple("storage", type, "0", "cpu", -1),
            tuple("storage", type, "0", "cpu", "1"),
            tuple("storage", type, dict(), "cpu", 1),
            tuple("other", type, "0", "cpu", 1))) {
      refused(
          zip(stateDict("w", tensor(new PersistentId(id), 0, tuple(1), tuple(1))), floats("0", 1)));
    }
    Storage two = floats("0", 1, 2);
    Storage one = floats("0", 1);
    refused(
        zip(
            stateDict(
                "a",
                tensor(zipId(two), 0, tuple(1), tuple(1)),
                "b",
                tensor(zipId(one), 0, tuple(1), tuple(1))),
            two),
        "two ways");
  }

  @Test
  void filesOfOtherKindsAreNamed() {
    refused(ascii("<!DOCTYPE html><html></html>"), "web page");
    refused(ascii("version https://git-lfs.github.com/spec/v1\noid sha256:0\n"), "git lfs pull");
    refused(zipOf(Map.of("a.npy", new byte[1]), ZipEntry.STORED), "data.pkl");
    byte[] tar = new byte[1024];
    System.arraycopy(ascii("ustar"), 0, tar, 257, 5);
    refused(tar, "tar");
    Path missing = folder.resolve("missing.pt");
    assertTrue(
        assertThrows(MalformedModelException.class, () -> Checkpoint.read(missing))
            .getMessage()
            .contains("missing.pt"));
    assertTrue(
        assertThrows(MalformedModelException.class, () -> Checkpoint.read(folder))
            .getMessage()
            .contains("directory"));
  }

  /** Latin-1, so that "\u0080" is the byte 0x80. */
  private static byte[] ascii(String text) {
    return text.getBytes(StandardCharsets.ISO_8859_1);
  }

  private static byte[] pickled(byte[] pickle) {
    return zipOf(Map.of("a/data.pkl", pickle), ZipEntry.STORED);
  }

  private static byte[] legacyOf(byte[] pickle) {
    return concat(
        PickleWriter.pickle(2, CheckpointFixtures.MAGIC),
        PickleWriter.pickle(2, 1001),
        PickleWriter.pickle(2, dict()),
        pickle,
        PickleWriter.pickle(2, List.of()),
        littleEndian(0).array());
  }
}
