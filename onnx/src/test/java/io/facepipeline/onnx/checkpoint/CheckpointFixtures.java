package io.facepipeline.onnx.checkpoint;

import io.facepipeline.onnx.checkpoint.bytes.DataType;
import io.facepipeline.onnx.checkpoint.pickle.PickleWriter;
import io.facepipeline.onnx.checkpoint.pickle.PickleWriter.Built;
import io.facepipeline.onnx.checkpoint.pickle.PickleWriter.Call;
import io.facepipeline.onnx.checkpoint.pickle.PickleWriter.Name;
import io.facepipeline.onnx.checkpoint.pickle.PickleWriter.PersistentId;
import io.facepipeline.onnx.checkpoint.pickle.PickleWriter.Tuple;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.math.BigInteger;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.zip.CRC32;
import java.util.zip.ZipEntry;
import java.util.zip.ZipOutputStream;

/** Small checkpoint files of every format. */
@SuppressWarnings("ByteBufferBackingArray") // every buffer here is allocated with its array
public final class CheckpointFixtures {
  static final BigInteger MAGIC = new BigInteger("1950a86a20f9469cfc6c", 16);

  private CheckpointFixtures() {}

  /** A storage in a PyTorch file. */
  static final class Storage {
    private final String key;
    private final DataType type;
    private final byte[] bytes;

    Storage(String key, DataType type, byte[] bytes) {
      this.key = key;
      this.type = type;
      this.bytes = bytes;
    }

    String key() {
      return key;
    }

    byte[] bytes() {
      return bytes;
    }

    int length() {
      return bytes.length / type.bytes();
    }
  }

  static Storage floats(String key, float... values) {
    ByteBuffer buffer = littleEndian(values.length * 4);
    buffer.asFloatBuffer().put(values);
    return new Storage(key, DataType.FLOAT, buffer.array());
  }

  static PersistentId zipId(Storage storage) {
    return new PersistentId(
        new Tuple(
            "storage",
            new Name("torch", className(storage.type)),
            storage.key,
            "cpu",
            storage.length()));
  }

  static PersistentId legacyId(Storage storage, Object view) {
    return new PersistentId(
        new Tuple(
            "storage",
            new Name("torch", className(storage.type)),
            storage.key,
            "cuda:0",
            storage.length(),
            view));
  }

  static Call tensor(PersistentId storage, int offset, Object shape, Object strides) {
    return new Call(
        new Name("torch._utils", "_rebuild_tensor_v2"),
        storage,
        offset,
        shape,
        strides,
        false,
        orderedDict());
  }

  static Tuple tuple(Object... items) {
    return new Tuple(items);
  }

  static Call orderedDict() {
    return new Call(new Name("collections", "OrderedDict"));
  }

  /** A dict in the order of its arguments: key, value, key, value. */
  static Map<Object, Object> dict(Object... keysAndValues) {
    Map<Object, Object> dict = new LinkedHashMap<>();
    for (int i = 0; i < keysAndValues.length; i += 2) {
      dict.put(keysAndValues[i], keysAndValues[i + 1]);
    }
    return dict;
  }

  static Built stateDict(Object... keysAndValues) {
    return new Built(orderedDict(), dict(keysAndValues));
  }

  static byte[] zip(Object root, Storage... storages) {
    Map<String, byte[]> entries = new LinkedHashMap<>();
    entries.put("archive/data.pkl", PickleWriter.pickle(2, root));
    entries.put("archive/byteorder", "little".getBytes(StandardCharsets.US_ASCII));
    for (Storage storage : storages) {
      entries.put("archive/data/" + storage.key, storage.bytes);
    }
    entries.put("archive/version", "3\n".getBytes(StandardCharsets.US_ASCII));
    return zipOf(entries, ZipEntry.STORED);
  }

  static byte[] zipOf(Map<String, byte[]> entries, int method) {
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    try (ZipOutputStream zip = new ZipOutputStream(out)) {
      for (Map.Entry<String, byte[]> content : entries.entrySet()) {
        ZipEntry entry = new ZipEntry(content.getKey());
        entry.setTime(0);
        entry.setMethod(method);
        if (method == ZipEntry.STORED) {
          CRC32 crc = new CRC32();
          crc.update(content.getValue());
          entry.setSize(content.getValue().length);
          entry.setCrc(crc.getValue());
        }
        zip.putNextEntry(entry);
        zip.write(content.getValue());
        zip.closeEntry();
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    return out.toByteArray();
  }

  /**
   * The same zip file with all its sizes and offsets in zip64 fields, and more than the true sizes
   * by an amount.
   */
  static byte[] zip64(byte[] zip, long moreSize) {
    ByteBuffer in = ByteBuffer.wrap(zip).order(ByteOrder.LITTLE_ENDIAN);
    int directory = in.getInt(zip.length - 6);
    int directoryEnd = directory + in.getInt(zip.length - 10);
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    out.write(zip, 0, directory);
    for (int at = directory; at < directoryEnd; ) {
      int nameLength = in.getShort(at + 28);
      long size = in.getInt(at + 24) + moreSize;
      ByteBuffer header = littleEndian(46).put(zip, at, 46);
      header
          .putInt(20, -1)
          .putInt(24, -1)
          .putShort(30, (short) 28)
          .putShort(32, (short) 0)
          .putInt(42, -1);
      out.writeBytes(header.array());
      out.write(zip, at + 46, nameLength);
      ByteBuffer extra = littleEndian(28).putShort((short) 1).putShort((short) 24);
      out.writeBytes(extra.putLong(size).putLong(size).putLong(in.getInt(at + 42)).array());
      at += 46 + nameLength + in.getShort(at + 30) + in.getShort(at + 32);
    }
    long end64 = out.size();
    ByteBuffer end = littleEndian(56 + 20 + 22);
    end.putInt(0, 0x06064b50).putLong(4, 44).putLong(40, end64 - directory).putLong(48, directory);
    end.putInt(56, 0x07064b50).putLong(64, end64).putInt(72, 1);
    end.putInt(76, 0x06054b50).putInt(84, -1).putInt(88, -1).putInt(92, -1);
    out.writeBytes(end.array());
    return out.toByteArray();
  }

  static byte[] legacy(Object root, Storage... storages) {
    return legacy(2, root, storages);
  }

  static byte[] legacy(int protocol, Object root, Storage... storages) {
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    out.writeBytes(PickleWriter.pickle(protocol, MAGIC));
    out.writeBytes(PickleWriter.pickle(protocol, 1001));
    out.writeBytes(
        PickleWriter.pickle(
            protocol,
            dict(
                "protocol_version",
                1001,
                "little_endian",
                true,
                "type_sizes",
                dict("int", 4, "long", 4))));
    out.writeBytes(PickleWriter.pickle(protocol, root));
    out.writeBytes(
        PickleWriter.pickle(
            protocol, List.of(Arrays.stream(storages).map(Storage::key).toArray())));
    for (Storage storage : storages) {
      out.writeBytes(littleEndian(8).putLong(storage.length()).array());
      out.writeBytes(storage.bytes);
    }
    return out.toByteArray();
  }

  public static byte[] npy(int version, String header, byte[] data) {
    byte[] text = (header + "\n").getBytes(StandardCharsets.ISO_8859_1);
    ByteBuffer prefix = littleEndian(version == 1 ? 10 : 12);
    prefix
        .put((byte) 0x93)
        .put("NUMPY".getBytes(StandardCharsets.US_ASCII))
        .put((byte) version)
        .put((byte) 0);
    if (version == 1) {
      prefix.putShort((short) text.length);
    } else {
      prefix.putInt(text.length);
    }
    return concat(prefix.array(), text, data);
  }

  public static String npyHeader(String descr, boolean fortran, String shape) {
    return "{'descr': '"
        + descr
        + "', 'fortran_order': "
        + (fortran ? "True" : "False")
        + ", 'shape': "
        + shape
        + ", }";
  }

  /** An array as it is pickled; data is bytes, or a list for objects. */
  static Built array(String code, String order, Object shape, boolean fortran, Object data) {
    Built type =
        new Built(
            new Call(new Name("numpy", "dtype"), code, 0, 1),
            tuple(3, order, null, null, null, -1, -1, 0));
    return new Built(
        new Call(
            new Name("numpy.core.multiarray", "_reconstruct"),
            new Name("numpy", "ndarray"),
            tuple(0),
            "b".getBytes(StandardCharsets.US_ASCII)),
        tuple(1, shape, type, fortran, data));
  }

  static byte[] npyPickle(int protocol, Object dict) {
    Built objects = array("O8", "|", tuple(), false, Arrays.asList(dict));
    return npy(1, npyHeader("|O", false, "()"), PickleWriter.pickle(protocol, objects));
  }

  static byte[] safetensors(String header, byte[] data) {
    byte[] json = header.getBytes(StandardCharsets.UTF_8);
    return concat(littleEndian(8).putLong(json.length).array(), json, data);
  }

  public static byte[] concat(byte[]... parts) {
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    for (byte[] part : parts) {
      out.writeBytes(part);
    }
    return out.toByteArray();
  }

  static ByteBuffer littleEndian(int length) {
    return ByteBuffer.allocate(length).order(ByteOrder.LITTLE_ENDIAN);
  }

  /**
   * One small file of each format, all with the floats 1 to 6 in shape (2, 3), as "w" where the
   * format has names.
   */
  static Map<String, byte[]> everyFormat() {
    Storage storage = floats("0", 1, 2, 3, 4, 5, 6);
    Map<String, byte[]> files = new LinkedHashMap<>();
    files.put(
        "pytorch-zip",
        zip(stateDict("w", tensor(zipId(storage), 0, tuple(2, 3), tuple(3, 1))), storage));
    files.put("pytorch-zip zip64", zip64(files.get("pytorch-zip"), 0));
    files.put(
        "pytorch-legacy",
        legacy(
            stateDict("w", tensor(legacyId(storage, null), 0, tuple(2, 3), tuple(3, 1))), storage));
    files.put("npy", npy(1, npyHeader("<f4", false, "(2, 3)"), storage.bytes));
    files.put(
        "npy-pickle", npyPickle(2, dict("w", array("f4", "<", tuple(2, 3), false, storage.bytes))));
    files.put(
        "npy-pickle protocol 4",
        npyPickle(4, dict("w", array("f4", "<", tuple(2, 3), false, storage.bytes))));
    files.put(
        "safetensors",
        safetensors(
            "{\"w\":{\"dtype\":\"F32\",\"shape\":[2,3],\"data_offsets\":[0,24]}}", storage.bytes));
    return files;
  }

  private static String className(DataType type) {
    return type.torchName() + "Storage";
  }
}
