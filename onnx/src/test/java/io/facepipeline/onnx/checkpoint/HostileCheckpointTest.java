package io.facepipeline.onnx.checkpoint;

import static io.facepipeline.onnx.checkpoint.CheckpointFixtures.everyFormat;
import static io.facepipeline.onnx.checkpoint.CheckpointFixtures.floats;
import static io.facepipeline.onnx.checkpoint.CheckpointFixtures.legacy;
import static io.facepipeline.onnx.checkpoint.CheckpointFixtures.legacyId;
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
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.stream.Stream;
import java.util.zip.ZipEntry;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Files that are cut off, damaged or made to do harm. */
@SuppressWarnings("ByteBufferBackingArray") // every buffer here is allocated with its array
@Timeout(120)
class HostileCheckpointTest extends HostileFixture {
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
}
