package io.facepipeline.onnx.checkpoint.pickle;

import io.facepipeline.onnx.checkpoint.bytes.DataType;
import java.nio.ByteOrder;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * A NumPy array as a pickle rebuilds it: created empty, then given its state. See {@code
 * ndarray.__reduce__} and {@code ndarray.__setstate__} of NumPy.
 */
public final class PickledArray {
  /** A NumPy dtype: the kind and size such as "f4", and the byte order that its state sets. */
  public static final class Type {
    private final String code;
    private ByteOrder order = ByteOrder.LITTLE_ENDIAN;
    private boolean simple = true;

    public Type(String code) {
      boolean hasOrder = !code.isEmpty() && "<>|=".indexOf(code.charAt(0)) >= 0;
      this.code = hasOrder ? code.substring(1) : code;
      if (code.startsWith(">")) {
        order = ByteOrder.BIG_ENDIAN;
      }
    }

    /** The state is (version, byte order, subdtype, names, fields, ...). */
    void setState(PyTuple state) {
      if (state.size() > 1 && ">".equals(state.get(1))) {
        order = ByteOrder.BIG_ENDIAN;
      }
      for (int i = 2; i < Math.min(5, state.size()); i++) {
        simple &= state.get(i) == PyObject.NONE;
      }
    }

    public String code() {
      return code;
    }

    public ByteOrder order() {
      return order;
    }

    public boolean isObject() {
      return simple && code.startsWith("O");
    }

    public @Nullable DataType dataType() {
      return simple ? DataType.ofNumpy(code) : null;
    }
  }

  private @Nullable Type type;
  private @Nullable List<Integer> shape;
  private @Nullable Object data;
  private boolean columnMajor;

  void setState(Type type, List<Integer> shape, boolean columnMajor, Object data) {
    this.type = type;
    this.shape = shape;
    this.columnMajor = columnMajor;
    this.data = data;
  }

  /** The only element of an array of one Python object; null if this is no such array. */
  public @Nullable Object onlyObject() {
    return type != null && type.isObject() && data instanceof List<?> list && list.size() == 1
        ? list.get(0)
        : null;
  }

  public @Nullable Type type() {
    return type;
  }

  public int @Nullable [] shape() {
    return shape == null ? null : shape.stream().mapToInt(Integer::intValue).toArray();
  }

  public @Nullable Object data() {
    return data;
  }

  public boolean columnMajor() {
    return columnMajor;
  }
}
