package io.facepipeline.onnx.graph;

import java.util.Arrays;
import java.util.List;

/** An immutable run of bytes, compared by content. */
public final class Bytes {
  public static final Bytes EMPTY = new Bytes(new byte[0]);

  private final byte[] array;

  /**
   * Copies bytes.
   *
   * @param array the bytes
   */
  public Bytes(byte[] array) {
    this.array = array.clone();
  }

  /**
   * The number of bytes.
   *
   * @return at least 0
   */
  public int length() {
    return array.length;
  }

  /**
   * A copy of the bytes.
   *
   * @return a new array
   */
  public byte[] toArray() {
    return array.clone();
  }

  /** The bytes themselves, to be read only. */
  public byte[] shared() {
    return array;
  }

  /** Joins runs in order. */
  public static Bytes join(List<Bytes> runs) {
    byte[] joined = new byte[runs.stream().mapToInt(Bytes::length).sum()];
    int at = 0;
    for (Bytes run : runs) {
      System.arraycopy(run.array, 0, joined, at, run.array.length);
      at += run.array.length;
    }
    return new Bytes(joined);
  }

  @Override
  public boolean equals(Object other) {
    return other instanceof Bytes b && Arrays.equals(array, b.array);
  }

  @Override
  public int hashCode() {
    return Arrays.hashCode(array);
  }

  @Override
  public String toString() {
    return array.length + " bytes";
  }
}
