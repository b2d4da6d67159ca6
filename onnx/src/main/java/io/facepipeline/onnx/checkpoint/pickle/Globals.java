package io.facepipeline.onnx.checkpoint.pickle;

import io.facepipeline.onnx.MalformedModelException;
import io.facepipeline.onnx.checkpoint.bytes.CheckpointFile;
import io.facepipeline.onnx.checkpoint.bytes.Shapes;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * The Python functions and classes that a pickled checkpoint may name, and what stands in for
 * calling them. None is ever imported or run. Those that {@code torch.save} and {@code numpy.save}
 * write for state dicts have a meaning here; others, which training scripts put beside the tensors,
 * become objects that mean nothing; those that {@link HostileNames} lists are refused by name.
 */
public final class Globals {
  private static final int QUANTIZER = 4;
  private static final Set<String> LATIN_1 = Set.of("latin1", "latin-1", "iso-8859-1");

  private final CheckpointFile file;
  private final @Nullable Set<String> allowed;
  // What the calls may copy in all. A pickle can name one big argument in thousands of calls.
  private long copyable;

  /** For a checkpoint, which may name classes of its own. */
  Globals(CheckpointFile file) {
    this(file, null);
  }

  /** For a file that uses a few names; null for a checkpoint. */
  Globals(CheckpointFile file, @Nullable Set<String> allowed) {
    this.file = file;
    this.allowed = allowed;
    this.copyable = Math.addExact(1 << 16, Math.multiplyExact(2, file.size()));
  }

  Global find(String module, String name) {
    if (allowed != null && !allowed.contains(module + " " + name)) {
      throw file.problem(
          "the pickle names the Python object "
              + module
              + "."
              + name
              + ", which no file of this kind needs; it was refused, and nothing was executed");
    }
    Global global = Global.known(module + " " + name);
    if (global != null) {
      return global;
    }
    HostileNames.problem(module, name)
        .ifPresent(
            problem -> {
              throw file.problem(problem);
            });
    return Global.inert(module, name);
  }

  /** What stands in for calling the global. */
  Object call(Object callee, PyTuple args) {
    if (callee instanceof PyObject object) {
      return new PyObject(object.className());
    }
    if (!(callee instanceof Global global)) {
      throw file.problem("the pickle calls something that is not a function: the file is damaged");
    }
    return switch (global.kind()) {
      case DICT -> dict(global, args);
      case DEFAULT_DICT -> new PyDict();
      case COLLECTION -> {
        if (args.size() == 0) {
          yield new ArrayList<Object>();
        }
        List<Object> items = list(global, args, 0);
        charge(items.size());
        yield new ArrayList<>(items);
      }
      case INERT -> new PyObject(global.name());
      // No tensor is one, and what a checkpoint counts in them is of no use.
      case SCALAR -> allowed == null ? new PyObject(global.name()) : scalar(global, args);
      case RECONSTRUCTOR -> reconstructed(global, args);
      case SIZE -> argument(global, args, 0, PyTuple.class);
      case TENSOR -> tensor(global, args);
      case QUANTIZED_TENSOR ->
          tensor(global, args)
              .quantized(Quantization.of(file, argument(global, args, QUANTIZER, PyTuple.class)));
      case TENSOR_OF_TYPE -> tensorOfType(global, args);
      case PARAMETER -> argument(global, args, 0, PickledTensor.class);
      case ARRAY -> {
        if (argument(global, args, 0, Global.class).kind() != Global.Kind.ARRAY_CLASS) {
          throw malformed(global);
        }
        yield new PickledArray();
      }
      case ARRAY_FROM_BUFFER -> arrayFromBuffer(global, args);
      case ARRAY_TYPE -> new PickledArray.Type(argument(global, args, 0, String.class));
      case ENCODE -> encode(global, args);
      case BYTES -> {
        if (args.size() > 0) {
          throw malformed(global);
        }
        yield new byte[0];
      }
      case STORAGE, ARRAY_CLASS -> throw malformed(global);
    };
  }

  /** What the state does to an object; attributes of dicts and inert objects are ignored. */
  void setState(Object target, Object state) {
    if (target instanceof PickledArray array && state instanceof PyTuple tuple) {
      // (version, shape, dtype, is Fortran order, data); the version may be missing.
      int at = tuple.size() - 4;
      if ((at == 0 || at == 1)
          && tuple.get(at + 1) instanceof PickledArray.Type type
          && tuple.get(at + 2) instanceof Boolean columnMajor) {
        array.setState(type, shape(tuple.get(at)), columnMajor, arrayData(tuple.get(at + 3)));
        return;
      }
      throw file.problem("an array in the pickle has a malformed state: the file is damaged");
    }
    if (target instanceof PickledArray.Type type && state instanceof PyTuple tuple) {
      type.setState(tuple);
    } else if (!(target instanceof PyDict
        || target instanceof PyObject
        || target instanceof Global
        || target instanceof List
        || target instanceof PickledTensor)) {
      throw file.problem(
          "the pickle sets the state of an object that has none: the file is damaged");
    }
  }

  /** Python 2 has no bytes: its strings were read as Latin-1. */
  private Object arrayData(Object data) {
    if (data instanceof String text) {
      charge(text.length());
      return text.getBytes(StandardCharsets.ISO_8859_1);
    }
    return data;
  }

  /** (class, base class, what the base class holds), or a class alone. */
  private PyObject reconstructed(Global global, PyTuple args) {
    PyObject object = new PyObject(argument(global, args, 0, Global.class).name());
    if (args.size() > 2 && args.get(2) instanceof PyDict base) {
      charge(base.entries().size());
      base.entries().forEach(object.items()::put);
    }
    return object;
  }

  private PyDict dict(Global global, PyTuple args) {
    PyDict dict = new PyDict();
    if (args.size() == 0) {
      return dict;
    }
    Object source = args.get(0);
    if (source instanceof PyDict other) {
      charge(other.entries().size());
      other.entries().forEach(dict::put);
      return dict;
    }
    // Python 2 passes an OrderedDict's contents as a list of [key, value].
    List<Object> pairs = list(global, args, 0);
    charge(pairs.size());
    for (Object pair : pairs) {
      List<Object> items = asList(pair);
      if (items == null || items.size() != 2) {
        throw malformed(global);
      }
      dict.put(items.get(0), items.get(1));
    }
    return dict;
  }

  /** (storage, offset, size, stride, ...). */
  private PickledTensor tensor(Global global, PyTuple args) {
    StorageRef storage = argument(global, args, 0, StorageRef.class);
    long offset = argument(global, args, 1, Long.class);
    List<Integer> shape = shape(argument(global, args, 2, Object.class));
    List<Object> strides = list(global, args, 3);
    List<Long> longs = new ArrayList<>();
    if (strides.size() != shape.size()) {
      throw malformed(global);
    }
    for (Object stride : strides) {
      if (!(stride instanceof Long value)) {
        throw malformed(global);
      }
      longs.add(value);
    }
    return new PickledTensor(storage, offset, shape, longs);
  }

  /** (function, type, arguments, state), where the function makes a plain tensor. */
  private Object tensorOfType(Global global, PyTuple args) {
    Global maker = argument(global, args, 0, Global.class);
    if (maker.kind() == Global.Kind.TENSOR_OF_TYPE) {
      throw malformed(global); // one in another, and so on, would fill the stack
    }
    return call(maker, argument(global, args, 2, PyTuple.class));
  }

  /** (dtype, data): an array without dimensions. */
  private PickledArray scalar(Global global, PyTuple args) {
    PickledArray array = new PickledArray();
    array.setState(
        argument(global, args, 0, PickledArray.Type.class),
        List.of(),
        false,
        arrayData(argument(global, args, 1, Object.class)));
    return array;
  }

  /** (buffer, dtype, shape, order), of pickle protocol 5. */
  private PickledArray arrayFromBuffer(Global global, PyTuple args) {
    Object buffer = argument(global, args, 0, Object.class);
    if (!(buffer instanceof byte[] || buffer instanceof FileBytes)) {
      throw malformed(global);
    }
    PickledArray array = new PickledArray();
    array.setState(
        argument(global, args, 1, PickledArray.Type.class),
        shape(argument(global, args, 2, Object.class)),
        argument(global, args, 3, String.class).equals("F"),
        buffer);
    return array;
  }

  /** Protocols below 3 have no bytes: they are written as text to be encoded in Latin-1. */
  private byte[] encode(Global global, PyTuple args) {
    String text = argument(global, args, 0, String.class);
    if (args.size() > 1 && !LATIN_1.contains(argument(global, args, 1, String.class))) {
      throw malformed(global);
    }
    charge(text.length());
    for (int i = 0; i < text.length(); i++) {
      if (text.charAt(i) > 0xff) {
        throw malformed(global);
      }
    }
    return text.getBytes(StandardCharsets.ISO_8859_1);
  }

  private List<Integer> shape(Object shape) {
    List<Object> items = asList(shape);
    if (items == null || items.size() > Shapes.MAX_RANK) {
      throw file.problem(
          "a shape in the pickle is not a short tuple of numbers: the file is damaged");
    }
    List<Integer> lengths = new ArrayList<>();
    for (Object item : items) {
      if (!(item instanceof Long length) || length < 0 || length > Integer.MAX_VALUE) {
        throw file.problem(
            "a shape in the pickle has a length that is not 0 to 2^31-1: the file is damaged");
      }
      lengths.add(length.intValue());
    }
    return lengths;
  }

  private void charge(long amount) {
    copyable -= amount;
    if (copyable < 0) {
      throw file.problem(
          "the pickle expands to far more than the file's size; it was refused as hostile");
    }
  }

  private List<Object> list(Global global, PyTuple args, int index) {
    List<Object> list = asList(argument(global, args, index, Object.class));
    if (list == null) {
      throw malformed(global);
    }
    return list;
  }

  private static @Nullable List<Object> asList(Object value) {
    if (value instanceof PyTuple tuple) {
      return tuple.items();
    }
    return value instanceof List<?> list ? Collections.unmodifiableList(list) : null;
  }

  private <T> T argument(Global global, PyTuple args, int index, Class<T> type) {
    if (index >= args.size() || !type.isInstance(args.get(index))) {
      throw malformed(global);
    }
    return type.cast(args.get(index));
  }

  private MalformedModelException malformed(Global global) {
    return file.problem(
        "the pickle uses " + global.name() + " with unexpected arguments: the file is damaged");
  }
}
