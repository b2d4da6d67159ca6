package io.facepipeline.onnx.checkpoint;

import static io.facepipeline.onnx.checkpoint.CheckpointFixtures.concat;
import static io.facepipeline.onnx.checkpoint.CheckpointFixtures.dict;
import static io.facepipeline.onnx.checkpoint.CheckpointFixtures.littleEndian;
import static io.facepipeline.onnx.checkpoint.CheckpointFixtures.zipOf;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.facepipeline.onnx.MalformedModelException;
import io.facepipeline.onnx.checkpoint.pickle.PickleWriter;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.zip.ZipEntry;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Writes files, and reads them in the hope that they are refused. */
@SuppressWarnings("ByteBufferBackingArray") // every buffer here is allocated with its array
@Timeout(120)
abstract class HostileFixture {
  @TempDir Path folder;

  Path write(byte[] bytes) {
    try {
      return Files.write(folder.resolve("hostile.bin"), bytes);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  void refused(byte[] bytes, String... inMessage) {
    Path file = write(bytes);
    MalformedModelException e =
        assertThrows(MalformedModelException.class, () -> Checkpoint.read(file));
    assertTrue(e.getMessage().startsWith(file + ": "), e.getMessage());
    for (String part : inMessage) {
      assertTrue(e.getMessage().contains(part), e.getMessage());
    }
  }

  /** Latin-1, so that "\u0080" is the byte 0x80. */
  static byte[] ascii(String text) {
    return text.getBytes(StandardCharsets.ISO_8859_1);
  }

  static byte[] pickled(byte[] pickle) {
    return zipOf(Map.of("a/data.pkl", pickle), ZipEntry.STORED);
  }

  static byte[] legacyOf(byte[] pickle) {
    return concat(
        PickleWriter.pickle(2, CheckpointFixtures.MAGIC),
        PickleWriter.pickle(2, 1001),
        PickleWriter.pickle(2, dict()),
        pickle,
        PickleWriter.pickle(2, List.of()),
        littleEndian(0).array());
  }
}
