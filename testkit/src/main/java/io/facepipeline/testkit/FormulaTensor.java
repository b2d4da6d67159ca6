package io.facepipeline.testkit;

/** A tensor of a state dict: its shape and its numbers, row by row. Immutable by agreement. */
public final class FormulaTensor {
  private final int[] shape;
  private final float[] values;

  /** Wraps values, which are not copied. */
  public FormulaTensor(int[] shape, float[] values) {
    this.shape = shape.clone();
    this.values = values;
  }

  /** {@return the extents} */
  public int[] shape() {
    return shape.clone();
  }

  /** {@return the numbers, not copied} */
  public float[] values() {
    return values;
  }
}
