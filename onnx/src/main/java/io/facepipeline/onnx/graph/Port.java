package io.facepipeline.onnx.graph;

import java.util.Arrays;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * An input or output of a graph. Immutable.
 *
 * @param name the value's name
 * @param elementType ONNX's code of the element type (1 float32), or 0 where {@code opaque} tells
 *     the type
 * @param dims the shape, or null where it is not stated
 * @param opaque fields of the ValueInfoProto of a type that is more than a plain tensor; empty
 *     otherwise
 */
public record Port(String name, int elementType, @Nullable List<Dim> dims, Bytes opaque) {
  /** Copies the shape. */
  public Port {
    dims = dims == null ? null : List.copyOf(dims);
  }

  /**
   * A float32 port.
   *
   * @param name its name
   * @param dims its extents
   * @return the port
   */
  public static Port floats(String name, Dim... dims) {
    return new Port(name, Tensor.FLOAT, List.of(dims), Bytes.EMPTY);
  }

  /**
   * A float32 port.
   *
   * @param name its name
   * @param dims its extents, -1 for one that is known only when the model runs
   * @return the port
   */
  public static Port floats(String name, long... dims) {
    return new Port(
        name, Tensor.FLOAT, Arrays.stream(dims).mapToObj(Dim::of).toList(), Bytes.EMPTY);
  }

  /**
   * The same port under another name.
   *
   * @param newName the name
   * @return the renamed port
   */
  public Port renamed(String newName) {
    return new Port(newName, elementType, dims, opaque);
  }
}
