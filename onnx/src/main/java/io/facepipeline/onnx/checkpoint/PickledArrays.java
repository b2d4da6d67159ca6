package io.facepipeline.onnx.checkpoint;

import io.facepipeline.onnx.checkpoint.bytes.ByteReader;
import io.facepipeline.onnx.checkpoint.bytes.CheckpointFile;
import io.facepipeline.onnx.checkpoint.pickle.PickledArray;
import io.facepipeline.onnx.checkpoint.pickle.PyDict;
import io.facepipeline.onnx.checkpoint.pickle.PyObject;
import io.facepipeline.onnx.checkpoint.pickle.PyTuple;
import io.facepipeline.onnx.checkpoint.pickle.Unpickler;
import java.io.IOException;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Pickled dicts of NumPy arrays, as {@code numpy.save} writes them into object arrays and {@code
 * pickle.dump} alone. Dicts and lists within the dict become names with dots, such as {@code
 * conv1.weights} and {@code pnet.0}.
 */
final class PickledArrays {
  private static final int MAX_DEPTH = 6;

  private final CheckpointFile file;
  private final Map<String, Tensor> tensors = new LinkedHashMap<>();

  private PickledArrays(CheckpointFile file) {
    this.file = file;
  }

  static Contents read(CheckpointFile file, ByteReader in) throws IOException {
    Object root = Unpickler.read(in);
    if (in.remaining() > 0) {
      throw file.problem("has " + in.remaining() + " bytes after its pickle: the file is damaged");
    }
    Object only = root instanceof PickledArray array ? array.onlyObject() : null;
    PickledArrays arrays = new PickledArrays(file);
    arrays.collect("", only == null ? root : only, 0);
    if (arrays.tensors.isEmpty()) {
      throw file.problem(
          "holds no NumPy arrays by name, but "
              + (root instanceof PyObject object ? object.className() : "other Python objects")
              + ", which this library does not load");
    }
    return new Contents("", arrays.tensors);
  }

  private void collect(String name, @Nullable Object value, int depth) {
    if (value instanceof PickledArray array) {
      Object inner = array.onlyObject();
      if (inner != null && depth < MAX_DEPTH) {
        collect(name, inner, depth + 1);
      } else if (!name.isEmpty()) {
        tensors.put(name, DenseTensors.of(file, "tensor \"" + name + "\"", array));
      }
      return;
    }
    if (depth >= MAX_DEPTH) {
      return;
    }
    String before = name.isEmpty() ? "" : name + ".";
    if (value instanceof PyDict dict) {
      dict.entries()
          .forEach(
              (key, item) -> {
                if (key instanceof String || key instanceof Long) {
                  collect(before + key, item, depth + 1);
                }
              });
      return;
    }
    List<?> items =
        value instanceof PyTuple tuple
            ? tuple.items()
            : value instanceof List<?> list ? list : List.of();
    for (int i = 0; i < items.size(); i++) {
      collect(before + i, items.get(i), depth + 1);
    }
  }
}
