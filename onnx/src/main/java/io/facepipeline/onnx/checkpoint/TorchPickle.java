package io.facepipeline.onnx.checkpoint;

import io.facepipeline.onnx.checkpoint.bytes.ByteReader;
import io.facepipeline.onnx.checkpoint.bytes.CheckpointFile;
import io.facepipeline.onnx.checkpoint.bytes.Shapes;
import io.facepipeline.onnx.checkpoint.pickle.Global;
import io.facepipeline.onnx.checkpoint.pickle.PickledArray;
import io.facepipeline.onnx.checkpoint.pickle.PickledTensor;
import io.facepipeline.onnx.checkpoint.pickle.PyTuple;
import io.facepipeline.onnx.checkpoint.pickle.Quantization;
import io.facepipeline.onnx.checkpoint.pickle.StorageRef;
import io.facepipeline.onnx.checkpoint.pickle.Unpickler;
import java.io.IOException;
import java.nio.ByteOrder;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * The object pickle of a PyTorch file, in which tensors name their storages by persistent ids, and
 * the step from there to tensors. See {@code torch/serialization.py}, functions {@code _save} and
 * {@code _legacy_save}.
 */
final class TorchPickle {
  /** Reads a storage from the file. */
  interface Storages {
    byte[] read(StorageRef storage) throws IOException;
  }

  private final ByteReader in;
  private final Map<String, StorageRef> storages = new HashMap<>();

  TorchPickle(ByteReader in) {
    this.in = in;
  }

  Object load() throws IOException {
    return new Unpickler(in, this::storage).load();
  }

  /** Every storage that the pickle named, by key. */
  Map<String, StorageRef> storages() {
    return storages;
  }

  /**
   * The id is ("storage", class, key, location, length) and in legacy files a view (key, offset,
   * length) or None.
   */
  private Object storage(Object id) {
    if (id instanceof PyTuple module && module.size() > 1 && "module".equals(module.get(0))) {
      return module.get(1); // the class of a module; its source stands beside it
    }
    if (id instanceof PyTuple other
        && other.size() > 1
        && other.get(1) instanceof Global unread
        && unread.storage() == null
        && unread.name().endsWith("Storage")) {
      throw in.problem(
          "holds tensors of "
              + unread.name()
              + ", which this library does not read; convert them to float32 in Python");
    }
    if (!(id instanceof PyTuple tuple)
        || tuple.size() < 5
        || tuple.size() > 6
        || !"storage".equals(tuple.get(0))
        || !(tuple.get(1) instanceof Global type)
        || type.storage() == null
        || !(tuple.get(4) instanceof Long length)
        || length < 0
        || !(tuple.get(2) instanceof String || tuple.get(2) instanceof Long)) {
      throw in.problem("the pickle has a malformed reference to a storage: the file is damaged");
    }
    String key = tuple.get(2).toString();
    long offset = 0;
    long viewLength = length;
    if (tuple.size() == 6 && tuple.get(5) instanceof PyTuple view) {
      if (view.size() != 3
          || !(view.get(1) instanceof Long viewOffset)
          || !(view.get(2) instanceof Long viewSize)
          || viewOffset < 0
          || viewSize < 0
          || viewOffset > length
          || viewSize > length - viewOffset) {
        throw in.problem(
            "storage "
                + key
                + " has a view beyond its "
                + length
                + " elements: the file is damaged");
      }
      offset = viewOffset;
      viewLength = viewSize;
    }
    StorageRef storage = new StorageRef(key, type.storage(), length, offset, viewLength);
    StorageRef known = storages.putIfAbsent(key, storage);
    if (known != null && (known.type() != storage.type() || known.length() != length)) {
      throw in.problem("storage " + key + " is described in two ways: the file is damaged");
    }
    return storage;
  }

  /** Reads the storages of the state dict's tensors, each once; all others stay unread. */
  static Contents tensors(CheckpointFile file, Object root, Storages storages, ByteOrder order)
      throws IOException {
    StateDict.Found found = StateDict.find(file, root);
    Reading reading = new Reading(file, storages, order);
    Map<String, Tensor> tensors = new LinkedHashMap<>();
    for (Map.Entry<String, Object> entry : found.tensors().entrySet()) {
      String what = "tensor \"" + entry.getKey() + "\"";
      if (entry.getValue() instanceof PickledArray array) {
        tensors.put(entry.getKey(), DenseTensors.of(file, what, array));
      } else if (entry.getValue() instanceof PickledTensor pickled) {
        tensors.put(entry.getKey(), reading.tensor(what, pickled));
      }
    }
    return new Contents(found.place(), tensors);
  }

  /** Reads each storage once. */
  private static final class Reading {
    private final CheckpointFile file;
    private final Storages storages;
    private final ByteOrder order;
    private final Map<String, byte[]> read = new HashMap<>();
    private long total;

    Reading(CheckpointFile file, Storages storages, ByteOrder order) {
      this.file = file;
      this.storages = storages;
      this.order = order;
    }

    Tensor tensor(String what, PickledTensor pickled) throws IOException {
      Tensor plain = TorchPickle.tensor(file, what, pickled, bytes(pickled.storage()), order);
      Quantization quantization = pickled.quantization();
      if (quantization == null) {
        return plain;
      }
      PickledTensor scales = quantization.scales();
      PickledTensor zeroPoints = quantization.zeroPoints();
      return dequantized(
          quantization,
          what,
          plain,
          scales == null ? new float[0] : parameters(what + "'s scales", scales),
          zeroPoints == null ? new float[0] : parameters(what + "'s zero points", zeroPoints));
    }

    /** Turns a tensor of whole numbers into one of the numbers they stand for. */
    private Tensor dequantized(
        Quantization how, String what, Tensor quantized, float[] scales, float[] zeroPoints) {
      int[] shape = quantized.shape();
      float[] values = quantized.floats();
      int inner = 1;
      int channels = 1;
      if (how.scales() != null) {
        if (how.axis() >= shape.length
            || scales.length != shape[how.axis()]
            || zeroPoints.length != shape[how.axis()]) {
          throw file.problem(
              what
                  + " has "
                  + scales.length
                  + " scales that do not fit its shape: the file is damaged");
        }
        channels = shape[how.axis()];
        for (int i = how.axis() + 1; i < shape.length; i++) {
          inner *= shape[i];
        }
      }
      for (int i = 0; i < values.length; i++) {
        int channel = i / inner % channels;
        double channelScale = how.scales() == null ? how.scale() : scales[channel];
        double zero = how.scales() == null ? how.zeroPoint() : zeroPoints[channel];
        values[i] = (float) ((values[i] - zero) * channelScale);
      }
      return Tensor.of(shape, values);
    }

    private float[] parameters(String what, PickledTensor pickled) throws IOException {
      return TorchPickle.tensor(file, what, pickled, bytes(pickled.storage()), order).floats();
    }

    private byte[] bytes(StorageRef storage) throws IOException {
      byte[] bytes = read.get(storage.key());
      if (bytes == null) {
        bytes = storages.read(storage);
        total += bytes.length;
        if (total > file.size()) {
          throw file.problem(
              "has storages that overlap, of more than the file's size; it was refused as"
                  + " hostile");
        }
        read.put(storage.key(), bytes);
      }
      return bytes;
    }
  }

  private static Tensor tensor(
      CheckpointFile file, String what, PickledTensor pickled, byte[] bytes, ByteOrder order) {
    StorageRef storage = pickled.storage();
    int[] shape = pickled.shape();
    long[] strides = pickled.strides();
    long offset;
    try {
      // A view of a storage may be smaller than the storage, so its end needs a check of its own.
      if (Shapes.extent(shape, strides, pickled.offset()) > storage.viewLength()) {
        throw file.problem(
            what
                + " goes beyond its storage of "
                + storage.viewLength()
                + " elements: the file is damaged");
      }
      offset = Math.addExact(storage.viewOffset(), pickled.offset());
    } catch (ArithmeticException e) {
      throw CheckpointFile.problem(
          file.path(), what + " has an impossible offset or stride: the file is damaged", e);
    }
    return Tensor.view(
        file.path(), what, storage.type(), shape, strides, offset, bytes, order, file.size());
  }
}
