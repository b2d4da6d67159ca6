package io.facepipeline.onnx.checkpoint;

import com.google.gson.JsonArray;
import com.google.gson.JsonObject;
import com.google.gson.Strictness;
import com.google.gson.stream.JsonReader;
import com.google.gson.stream.JsonToken;
import io.facepipeline.onnx.checkpoint.bytes.ByteReader;
import io.facepipeline.onnx.checkpoint.bytes.CheckpointFile;
import io.facepipeline.onnx.checkpoint.bytes.DataType;
import io.facepipeline.onnx.checkpoint.bytes.Shapes;
import java.io.IOException;
import java.io.OutputStream;
import java.io.StringReader;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.FloatBuffer;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Reads and writes files of the safetensors format: the header's length in 8 little-endian bytes, a
 * JSON header with the type, shape and byte range of every tensor, and the bytes, which the tensors
 * cover without gap or overlap. See the section "Format" of the safetensors documentation.
 */
final class Safetensors {
  private static final int LENGTH_BYTES = 8;
  // The limit of the reference implementation.
  private static final long MAX_HEADER = 100_000_000;
  private static final int FLOATS_AT_A_TIME = 1 << 14;
  private static final String METADATA = "__metadata__";

  private static final class Entry {
    private final String name;
    private @Nullable DataType type;
    private int @Nullable [] shape;
    private long start = -1;
    private long end = -1;

    Entry(String name) {
      this.name = name;
    }

    long start() {
      return start;
    }

    long end() {
      return end;
    }
  }

  private Safetensors() {}

  static Map<String, Tensor> read(CheckpointFile file) throws IOException {
    ByteReader in = new ByteReader(file, 0, file.size());
    long length = in.i8();
    if (length < 0 || length > MAX_HEADER || length > in.remaining()) {
      throw file.problem(
          "has a safetensors header of "
              + Long.toUnsignedString(length)
              + " bytes where "
              + in.remaining()
              + " are left: the file is truncated or damaged");
    }
    List<Entry> entries = parse(file, new String(in.bytes(length), StandardCharsets.UTF_8));
    long data = LENGTH_BYTES + length;
    checkRanges(file, entries, file.size() - data);
    Map<String, Tensor> tensors = new LinkedHashMap<>();
    for (Entry entry : entries) {
      tensors.put(entry.name, tensor(file, entry, data));
    }
    return tensors;
  }

  /** Writes tensors as 32-bit floats, in the order of the map. */
  static void write(OutputStream out, Map<String, Tensor> tensors) throws IOException {
    JsonObject header = new JsonObject();
    // What PyTorch's own reader of the format asks for.
    JsonObject metadata = new JsonObject();
    metadata.addProperty("format", "pt");
    header.add(METADATA, metadata);
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
    byte[] json = header.toString().getBytes(StandardCharsets.UTF_8);
    byte[] length = new byte[LENGTH_BYTES];
    ByteBuffer.wrap(length).order(ByteOrder.LITTLE_ENDIAN).putLong(json.length);
    out.write(length);
    out.write(json);
    float[] values = new float[FLOATS_AT_A_TIME];
    byte[] bytes = new byte[FLOATS_AT_A_TIME * Float.BYTES];
    FloatBuffer floats = ByteBuffer.wrap(bytes).order(ByteOrder.LITTLE_ENDIAN).asFloatBuffer();
    for (Tensor tensor : tensors.values()) {
      int size = Math.toIntExact(tensor.size());
      for (int start = 0; start < size; start += FLOATS_AT_A_TIME) {
        int count = Math.min(FLOATS_AT_A_TIME, size - start);
        tensor.floats(start, values, count);
        floats.put(0, values, 0, count);
        out.write(bytes, 0, count * Float.BYTES);
      }
    }
  }

  private static Tensor tensor(CheckpointFile file, Entry entry, long data) throws IOException {
    String what = "tensor \"" + entry.name + "\"";
    if (entry.type == null || entry.shape == null) {
      throw file.problem(what + " lacks its dtype or shape: the file is damaged");
    }
    byte[] bytes = file.read(data + entry.start, entry.end - entry.start, what);
    return DenseTensors.of(
        file, what, entry.type, entry.shape, false, bytes, ByteOrder.LITTLE_ENDIAN);
  }

  private static void checkRanges(CheckpointFile file, List<Entry> entries, long available) {
    List<Entry> ordered = new ArrayList<>(entries);
    ordered.sort(Comparator.comparingLong(Entry::start).thenComparingLong(Entry::end));
    long at = 0;
    for (Entry entry : ordered) {
      if (entry.start != at || entry.end < at || entry.end > available) {
        throw file.problem(
            "tensor \""
                + entry.name
                + "\" has the bytes "
                + entry.start
                + " to "
                + entry.end
                + " where "
                + at
                + " follows and "
                + available
                + " are there: tensors overlap, leave gaps or are truncated");
      }
      at = entry.end;
    }
    if (at != available) {
      throw file.problem(
          "has " + (available - at) + " bytes after its last tensor: the file is damaged");
    }
  }

  private static List<Entry> parse(CheckpointFile file, String header) throws IOException {
    List<Entry> entries = new ArrayList<>();
    Set<String> names = new HashSet<>();
    try (JsonReader json = new JsonReader(new StringReader(header))) {
      json.setStrictness(Strictness.STRICT);
      json.beginObject();
      while (json.hasNext()) {
        String name = json.nextName();
        if (!names.add(name)) {
          throw file.problem("has the tensor \"" + name + "\" twice: the file is damaged");
        }
        if (name.equals(METADATA)) {
          json.skipValue();
        } else {
          entries.add(entry(file, json, name));
        }
      }
      json.endObject();
      if (json.peek() != JsonToken.END_DOCUMENT) {
        throw file.problem("has text after its safetensors header: the file is damaged");
      }
    } catch (IOException | IllegalStateException | NumberFormatException e) {
      // Gson reports malformed text, a value of another type and a number out of range this way.
      throw CheckpointFile.problem(
          file.path(), "has a malformed safetensors header: the file is damaged", e);
    }
    return entries;
  }

  private static Entry entry(CheckpointFile file, JsonReader json, String name) throws IOException {
    Entry entry = new Entry(name);
    json.beginObject();
    while (json.hasNext()) {
      switch (json.nextName()) {
        case "dtype" -> {
          String code = json.nextString();
          entry.type = DataType.ofSafetensors(code);
          if (entry.type == null) {
            throw file.problem(
                "tensor \""
                    + name
                    + "\" has the dtype "
                    + code
                    + ", which this library does not load; convert it to F32 first");
          }
        }
        case "shape" -> entry.shape = shape(file, json, name);
        case "data_offsets" -> {
          json.beginArray();
          entry.start = json.nextLong();
          entry.end = json.nextLong();
          json.endArray();
        }
        default -> json.skipValue();
      }
    }
    json.endObject();
    return entry;
  }

  private static int[] shape(CheckpointFile file, JsonReader json, String name) throws IOException {
    List<Integer> shape = new ArrayList<>();
    json.beginArray();
    while (json.hasNext()) {
      int length = json.nextInt();
      if (length < 0 || shape.size() == Shapes.MAX_RANK) {
        throw file.problem(
            "tensor \""
                + name
                + "\" has a negative length or too many dimensions: the file is damaged");
      }
      shape.add(length);
    }
    json.endArray();
    return shape.stream().mapToInt(Integer::intValue).toArray();
  }
}
