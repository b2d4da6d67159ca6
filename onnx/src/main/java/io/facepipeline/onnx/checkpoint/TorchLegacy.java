package io.facepipeline.onnx.checkpoint;

import io.facepipeline.onnx.checkpoint.bytes.ByteReader;
import io.facepipeline.onnx.checkpoint.bytes.CheckpointFile;
import io.facepipeline.onnx.checkpoint.pickle.StorageRef;
import io.facepipeline.onnx.checkpoint.pickle.Unpickler;
import java.io.IOException;
import java.math.BigInteger;
import java.nio.ByteOrder;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * Files of {@code torch.save} before PyTorch 1.6: pickles of a magic number, the protocol version,
 * facts about the system, the object, and the list of storage keys, and then each storage as an
 * 8-byte element count and its elements, little-endian on every system. See {@code
 * torch/serialization.py}, function {@code _legacy_save}.
 */
final class TorchLegacy {
  private static final BigInteger MAGIC = new BigInteger("1950a86a20f9469cfc6c", 16);
  private static final Long PROTOCOL = 1001L;

  private TorchLegacy() {}

  static Contents read(CheckpointFile file) throws IOException {
    ByteReader in = new ByteReader(file, 0, file.size());
    if (!MAGIC.equals(Unpickler.read(in))) {
      throw file.problem("lacks PyTorch's magic number: the file is damaged");
    }
    Object protocol = Unpickler.read(in);
    if (!PROTOCOL.equals(protocol)) {
      throw file.problem(
          "has another protocol version than PyTorch's "
              + PROTOCOL
              + "; save it again with a recent PyTorch");
    }
    Unpickler.read(in);
    TorchPickle pickle = new TorchPickle(in);
    Object root = pickle.load();
    Map<String, Long> starts = findStorages(in, pickle.storages());
    return TorchPickle.tensors(
        file, root, storage -> storage(file, starts, storage), ByteOrder.LITTLE_ENDIAN);
  }

  /** Where the elements of each storage start. */
  private static Map<String, Long> findStorages(ByteReader in, Map<String, StorageRef> storages)
      throws IOException {
    if (!(Unpickler.read(in) instanceof List<?> keys)) {
      throw in.problem("has no list of storages: the file is damaged");
    }
    Map<String, Long> starts = new HashMap<>();
    for (Object item : keys) {
      String key = item instanceof String || item instanceof Long ? item.toString() : "(no text)";
      StorageRef storage = storages.get(key);
      if (storage == null) {
        throw in.problem(
            "has a storage " + key + " that its object does not use: the file is damaged");
      }
      long length = in.i8();
      if (length != storage.length()) {
        throw in.problem(
            "storage "
                + key
                + " has "
                + length
                + " elements, but its object expects "
                + storage.length()
                + ": the file is damaged");
      }
      if (length > in.remaining() / storage.type().bytes()) {
        throw in.problem(
            "storage "
                + key
                + " claims "
                + length
                + " elements of "
                + storage.type()
                + " where "
                + in.remaining()
                + " bytes are left: the file is truncated or damaged");
      }
      if (starts.put(key, in.position()) != null) {
        throw in.problem("has the storage " + key + " twice: the file is damaged");
      }
      in.skip(length * storage.type().bytes());
    }
    return starts;
  }

  private static byte[] storage(CheckpointFile file, Map<String, Long> starts, StorageRef storage)
      throws IOException {
    Long start = starts.get(storage.key());
    if (start == null) {
      throw file.problem("has no storage " + storage.key() + ": the file is damaged");
    }
    return file.read(start, storage.length() * storage.type().bytes(), "storage " + storage.key());
  }
}
