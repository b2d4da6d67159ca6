package io.facepipeline.training;

import com.google.gson.JsonArray;
import com.google.gson.JsonObject;
import io.facepipeline.FacePipelineException;
import io.facepipeline.onnx.checkpoint.Tensor;
import java.io.BufferedOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.Map;
import org.bytedeco.javacpp.FloatPointer;
import org.bytedeco.javacpp.PointerScope;

/**
 * Writes named tensors in the safetensors format, which every checkpoint reader of the library
 * accepts; see the section "Format" of the safetensors documentation.
 */
public final class SafetensorsFile {
  private SafetensorsFile() {}

  /**
   * Writes a file atomically.
   *
   * @param file the file to write
   * @param tensors float tensors by name
   */
  public static void write(Path file, Map<String, Tensor> tensors) {
    JsonObject header = new JsonObject();
    // What PyTorch's own reader of the format asks for.
    JsonObject metadata = new JsonObject();
    metadata.addProperty("format", "pt");
    header.add("__metadata__", metadata);
    long at = 0;
    for (Map.Entry<String, Tensor> entry : tensors.entrySet()) {
      JsonObject tensor = new JsonObject();
      tensor.addProperty("dtype", "F32");
      JsonArray shape = new JsonArray();
      for (int side : entry.getValue().shape()) {
        shape.add(side);
      }
      tensor.add("shape", shape);
      JsonArray range = new JsonArray();
      range.add(at);
      at += entry.getValue().size() * Float.BYTES;
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
          float[] values = tensor.floats();
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

  /** {@return copies of PyTorch's tensors} */
  @SuppressWarnings("try") // the scope is used by closing it
  public static Map<String, Tensor> copies(Map<String, org.bytedeco.pytorch.Tensor> tensors) {
    Map<String, Tensor> copies = new LinkedHashMap<>();
    try (PointerScope scope = new PointerScope()) {
      tensors.forEach(
          (name, tensor) -> {
            float[] values = new float[Math.toIntExact(tensor.numel())];
            new FloatPointer(tensor.detach().contiguous().data_ptr()).get(values);
            int[] shape = Arrays.stream(tensor.shape()).mapToInt(Math::toIntExact).toArray();
            copies.put(name, Tensor.of(shape, values));
          });
    }
    return copies;
  }

  private static ByteBuffer little(byte[] bytes) {
    return ByteBuffer.wrap(bytes).order(ByteOrder.LITTLE_ENDIAN);
  }
}
