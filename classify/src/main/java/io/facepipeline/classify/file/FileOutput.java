package io.facepipeline.classify.file;

import java.io.ByteArrayOutputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;

/** Writes the parts of a file into memory, big endian. */
public final class FileOutput {
  private final ByteArrayOutputStream bytes = new ByteArrayOutputStream();
  private final DataOutputStream out = new DataOutputStream(bytes);

  /** Writing into memory does not fail. */
  @FunctionalInterface
  private interface Write {
    void run() throws IOException;
  }

  private static void write(Write write) {
    try {
      write.run();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  public void putInt(int value) {
    write(() -> out.writeInt(value));
  }

  void putLong(long value) {
    write(() -> out.writeLong(value));
  }

  void putDouble(double value) {
    write(() -> out.writeDouble(value));
  }

  void putFloat(float value) {
    write(() -> out.writeFloat(value));
  }

  void putText(String text) {
    putBytes(text.getBytes(StandardCharsets.UTF_8));
  }

  private void putBytes(byte[] some) {
    putInt(some.length);
    write(() -> out.write(some));
  }

  /** Without their number. */
  public void putFloats(float[] values) {
    for (float value : values) {
      putFloat(value);
    }
  }

  /** Without their number. */
  void putInts(int[] values) {
    for (int value : values) {
      putInt(value);
    }
  }

  /** A matrix with at least one row, all of one length. */
  void putRows(float[][] rows) {
    putInt(rows.length);
    putInt(rows[0].length);
    for (float[] row : rows) {
      putFloats(row);
    }
  }

  public byte[] toBytes() {
    return bytes.toByteArray();
  }
}
