package io.facepipeline.testkit;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Map;

/** Checkpoints in the safetensors format, for tests that need a file. */
public final class SafetensorsFile {
  private SafetensorsFile() {}

  /** Writes tensors as 32-bit floats, and returns the file. */
  public static Path write(Path file, Map<String, FormulaTensor> tensors) throws IOException {
    StringBuilder header = new StringBuilder("{");
    int end = 0;
    for (Map.Entry<String, FormulaTensor> entry : tensors.entrySet()) {
      int start = end;
      end += entry.getValue().values().length * Float.BYTES;
      header
          .append(header.length() > 1 ? "," : "")
          .append("\"" + entry.getKey() + "\":{\"dtype\":\"F32\",\"shape\":")
          .append(Arrays.toString(entry.getValue().shape()))
          .append(",\"data_offsets\":[" + start + "," + end + "]}");
    }
    byte[] json = header.append("}").toString().getBytes(StandardCharsets.UTF_8);
    byte[] content = new byte[Long.BYTES + json.length + end];
    ByteBuffer bytes = ByteBuffer.wrap(content).order(ByteOrder.LITTLE_ENDIAN);
    bytes.putLong(json.length).put(json);
    for (FormulaTensor tensor : tensors.values()) {
      bytes.asFloatBuffer().put(tensor.values());
      bytes.position(bytes.position() + tensor.values().length * Float.BYTES);
    }
    return Files.write(file, content);
  }
}
