package io.facepipeline.onnx.checkpoint;

import io.facepipeline.onnx.checkpoint.Globals.Global;
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
    if (id instanceof PyTuple module && module.size() > 0 && "module".equals(module.get(0))) {
      throw in.problem(
          "holds a whole model, not a state dict; load it where you trust it and save"
              + " model.state_dict()");
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
  static Map<String, Tensor> tensors(
      CheckpointFile file, Object root, Storages storages, ByteOrder order) throws IOException {
    Map<String, byte[]> read = new HashMap<>();
    Map<String, Tensor> tensors = new LinkedHashMap<>();
    long total = 0;
    for (Map.Entry<String, Object> entry : StateDict.find(file, root).entrySet()) {
      String what = "tensor \"" + entry.getKey() + "\"";
      if (entry.getValue() instanceof PickledArray array) {
        tensors.put(entry.getKey(), array.toTensor(file, what));
      } else if (entry.getValue() instanceof PickledTensor pickled) {
        StorageRef storage = pickled.storage();
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
        tensors.put(entry.getKey(), tensor(file, what, pickled, bytes, order));
      }
    }
    return tensors;
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
      throw new CheckpointException(
          file.path(), what + " has an impossible offset or stride: the file is damaged", e);
    }
    return Tensor.view(
        file.path(), what, storage.type(), shape, strides, offset, bytes, order, file.size());
  }
}
