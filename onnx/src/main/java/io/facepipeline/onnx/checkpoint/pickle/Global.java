package io.facepipeline.onnx.checkpoint.pickle;

import io.facepipeline.onnx.checkpoint.bytes.DataType;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** A Python function or class that a pickle names, and what stands in for it. Immutable. */
public final class Global {
  /** What is done when it is called. */
  enum Kind {
    DICT,
    COLLECTION,
    DEFAULT_DICT,
    INERT,
    RECONSTRUCTOR,
    SIZE,
    STORAGE,
    TENSOR,
    QUANTIZED_TENSOR,
    TENSOR_OF_TYPE,
    PARAMETER,
    ARRAY_CLASS,
    ARRAY,
    ARRAY_FROM_BUFFER,
    ARRAY_TYPE,
    SCALAR,
    ENCODE,
    BYTES
  }

  private static final Map<String, Global> KNOWN = table();

  private final Kind kind;
  private final String name;
  private final @Nullable DataType storage;

  private Global(Kind kind, String name, @Nullable DataType storage) {
    this.kind = kind;
    this.name = name;
    this.storage = storage;
  }

  /** The name with its module. */
  public String name() {
    return name;
  }

  /** The type of the elements, if this is a storage class. */
  public @Nullable DataType storage() {
    return storage;
  }

  /**
   * A name that has a meaning here, or null.
   *
   * @param key the module, a space, and the name in it
   */
  static @Nullable Global known(String key) {
    return KNOWN.get(key);
  }

  /** A name that means nothing here. */
  static Global inert(String module, String name) {
    return new Global(Kind.INERT, module + "." + name, null);
  }

  Kind kind() {
    return kind;
  }

  private static Map<String, Global> table() {
    Map<String, Global> known = new HashMap<>();
    add(
        known,
        Kind.DICT,
        "collections OrderedDict",
        "collections Counter",
        "builtins dict",
        "__builtin__ dict");
    add(known, Kind.DEFAULT_DICT, "collections defaultdict");
    add(
        known,
        Kind.COLLECTION,
        "builtins set",
        "__builtin__ set",
        "builtins frozenset",
        "__builtin__ frozenset");
    add(known, Kind.COLLECTION, "builtins list", "__builtin__ list");
    add(
        known,
        Kind.RECONSTRUCTOR,
        "copyreg _reconstructor",
        "copy_reg _reconstructor",
        "copyreg __newobj__",
        "copy_reg __newobj__");
    add(known, Kind.SIZE, "torch Size");
    add(known, Kind.TENSOR, "torch._utils _rebuild_tensor_v2", "torch._utils _rebuild_tensor");
    add(known, Kind.QUANTIZED_TENSOR, "torch._utils _rebuild_qtensor");
    add(known, Kind.TENSOR_OF_TYPE, "torch._tensor _rebuild_from_type_v2");
    add(
        known,
        Kind.PARAMETER,
        "torch._utils _rebuild_parameter",
        "torch._utils _rebuild_parameter_with_state");
    add(known, Kind.ARRAY_CLASS, "numpy ndarray");
    add(known, Kind.ARRAY_TYPE, "numpy dtype");
    add(known, Kind.ENCODE, "_codecs encode");
    // Empty bytes only: protocol 2 writes them as a call without arguments.
    add(known, Kind.BYTES, "__builtin__ bytes", "builtins bytes");
    // NumPy 2 renamed numpy.core to numpy._core.
    for (String core : List.of("numpy.core", "numpy._core")) {
      add(known, Kind.ARRAY, core + ".multiarray _reconstruct");
      add(known, Kind.ARRAY_FROM_BUFFER, core + ".numeric _frombuffer");
      add(known, Kind.SCALAR, core + ".multiarray scalar");
    }
    for (DataType type : DataType.values()) {
      for (String module : List.of("torch ", "torch.cuda ")) {
        String name = module + type.torchName() + "Storage";
        known.put(name, new Global(Kind.STORAGE, name.replace(' ', '.'), type));
      }
    }
    // The storages of quantized tensors hold plain whole numbers.
    Map<String, DataType> quantized =
        Map.of("QInt8", DataType.BYTE, "QUInt8", DataType.UBYTE, "QInt32", DataType.INT);
    quantized.forEach(
        (prefix, type) -> {
          String name = "torch " + prefix + "Storage";
          known.put(name, new Global(Kind.STORAGE, name.replace(' ', '.'), type));
        });
    return Map.copyOf(known);
  }

  private static void add(Map<String, Global> known, Kind kind, String... names) {
    for (String name : names) {
      known.put(name, new Global(kind, name.replace(' ', '.'), null));
    }
  }
}
