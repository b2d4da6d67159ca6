package io.facepipeline.training;

import com.google.gson.JsonArray;
import com.google.gson.JsonObject;
import io.facepipeline.FacePipelineException;
import java.io.BufferedOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.Map;
import org.bytedeco.javacpp.FloatPointer;
import org.bytedeco.javacpp.PointerScope;
import org.bytedeco.pytorch.Tensor;

/**
 * Writes tensors by name in the safetensors format, which every checkpoint reader of the library
 * takes; see the section "Format" of the safetensors documentation.
 */
public final class SafetensorsFile {
  private SafetensorsFile() {}

  /**
   * Writes a file that is there whole or not at all.
   *
   * @param file where to
   * @param tensors float tensors by name
   * @param metadata what else there is to say
   */
  public static void write(Path file, Map<String, Tensor> tensors, Map<String, String> metadata) {
    JsonObject header = new JsonObject();
    JsonObject said = new JsonObject();
    metadata.forEach(said::addProperty);
    header.add("__metadata__", said);
    long at = 0;
    for (Map.Entry<String, Tensor> entry : tensors.entrySet()) {
      JsonObject tensor = new JsonObject();
      tensor.addProperty("dtype", "F32");
      JsonArray shape = new JsonArray();
      for (long side : entry.getValue().shape()) {
        shape.add(side);
      }
      tensor.add("shape", shape);
      JsonArray range = new JsonArray();
      range.add(at);
      at += entry.getValue().numel() * Float.BYTES;
      range.add(at);
      tensor.add("data_offsets", range);
      header.add(entry.getKey(), tensor);
    }
    Path unfinished = file.resolveSibling(file.getFileName() + ".unfinished");
    try {
      Files.createDirectories(file.toAbsolutePath().getParent());
      try (OutputStream out = new BufferedOutputStream(Files.newOutputStream(unfinished))) {
        byte[] json = header.toString().getBytes(StandardCharsets.UTF_8);
        byte[] length = new byte[Long.BYTES];
        little(length).putLong(json.length);
        out.write(length);
        out.write(json);
        for (Tensor tensor : tensors.values()) {
          float[] values = values(tensor);
          byte[] bytes = new byte[values.length * Float.BYTES];
          little(bytes).asFloatBuffer().put(values);
          out.write(bytes);
        }
      }
      Files.move(unfinished, file, StandardCopyOption.ATOMIC_MOVE);
    } catch (IOException e) {
      throw new FacePipelineException("cannot write the checkpoint " + file + ": " + e, e);
    }
  }

  /** {@return a tensor's numbers, row by row} */
  @SuppressWarnings("try") // the scope is used by closing it
  public static float[] values(Tensor tensor) {
    try (PointerScope scope = new PointerScope()) {
      float[] values = new float[Math.toIntExact(tensor.numel())];
      new FloatPointer(tensor.detach().contiguous().data_ptr()).get(values);
      return values;
    }
  }

  private static ByteBuffer little(byte[] bytes) {
    return ByteBuffer.wrap(bytes).order(ByteOrder.LITTLE_ENDIAN);
  }
}
