package io.facepipeline.fuzz;

import com.code_intelligence.jazzer.junit.FuzzTest;
import io.facepipeline.onnx.checkpoint.Checkpoint;
import io.facepipeline.onnx.checkpoint.Tensor;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.zip.CRC32;
import java.util.zip.ZipEntry;
import java.util.zip.ZipOutputStream;

/** Checkpoints of every form. The seeds were saved by PyTorch 1.13 and NumPy. */
final class CheckpointFuzzTest {
  private static final int STORAGES = 3;

  private static void read(byte[] file) {
    Hostile.read(
        () -> {
          Checkpoint checkpoint = Checkpoint.read(Hostile.file("checkpoint", file));
          checkpoint.tensors().values().forEach(CheckpointFuzzTest::values);
        });
  }

  private static void values(Tensor tensor) {
    if (!tensor.isIntegral()) {
      tensor.floats();
    } else {
      tensor.longs();
    }
  }

  /** Any of them; the first bytes decide. */
  @FuzzTest
  void anyFile(byte[] file) {
    read(file);
  }

  /** The pickle inside a zip file that is in order. */
  @FuzzTest
  void zippedPickle(byte[] pickle) throws IOException {
    Map<String, byte[]> members = new LinkedHashMap<>();
    members.put("archive/data.pkl", pickle);
    for (int i = 0; i < STORAGES; i++) {
      members.put("archive/data/" + i, new byte[64 << i]);
    }
    members.put("archive/version", "3\n".getBytes(StandardCharsets.US_ASCII));
    read(zip(members));
  }

  static byte[] zip(Map<String, byte[]> members) throws IOException {
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    try (ZipOutputStream zip = new ZipOutputStream(out)) {
      for (Map.Entry<String, byte[]> member : members.entrySet()) {
        ZipEntry entry = new ZipEntry(member.getKey());
        entry.setMethod(ZipEntry.STORED);
        entry.setSize(member.getValue().length);
        CRC32 crc = new CRC32();
        crc.update(member.getValue());
        entry.setCrc(crc.getValue());
        zip.putNextEntry(entry);
        zip.write(member.getValue());
        zip.closeEntry();
      }
    }
    return out.toByteArray();
  }
}
