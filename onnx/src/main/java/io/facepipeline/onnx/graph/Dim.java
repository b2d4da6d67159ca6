package io.facepipeline.onnx.graph;

/**
 * One extent of an input's or output's shape.
 *
 * @param size the extent, or -1 where it is known only when the model runs
 * @param name the name of an extent that is not fixed (equal names mean equal extents), or the
 *     empty string
 */
public record Dim(long size, String name) {
  /** Checks the combination. */
  public Dim {
    if (size < -1 || (size >= 0 && !name.isEmpty())) {
      throw new IllegalArgumentException(
          "an extent is a size of at least 0, or -1 with or without a name, but got "
              + size
              + " named '"
              + name
              + "'");
    }
  }

  /**
   * A fixed extent, or an unknown one.
   *
   * @param size the extent, or -1 for unknown
   * @return the extent
   */
  public static Dim of(long size) {
    return new Dim(size, "");
  }

  /**
   * An extent that is known only when the model runs.
   *
   * @param name its name
   * @return the extent
   */
  public static Dim named(String name) {
    return new Dim(-1, name);
  }
}
