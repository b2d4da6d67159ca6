package io.facepipeline.gallery.memory;

import io.facepipeline.internal.Uninterruptibly;
import java.io.IOException;
import java.nio.ByteOrder;
import java.nio.FloatBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;

/**
 * A log mapped into memory, in windows that overlap by a row, so that each row is whole in one. The
 * system reads what is looked at, and may forget it again when memory is short. The log only grows
 * behind what is mapped; a log that is replaced stays readable, and takes up its space on the disk,
 * until the garbage collector has found its windows unused.
 */
public final class LogMap {
  private static final int WINDOW_BITS = 30;

  private LogMap() {}

  /** Windows on the bytes before an end, at least as many as hold it. */
  public static FloatBuffer[] of(Path file, long end, int dimensions) throws IOException {
    long row = dimensions * (long) Float.BYTES;
    FloatBuffer[] windows = new FloatBuffer[(int) ((end - 1) >> WINDOW_BITS) + 1];
    return Uninterruptibly.run(
        () -> {
          try (FileChannel channel = FileChannel.open(file, StandardOpenOption.READ)) {
            for (int w = 0; w < windows.length; w++) {
              long start = (long) w << WINDOW_BITS;
              long length = Math.min((1L << WINDOW_BITS) + row, end - start);
              windows[w] =
                  channel
                      .map(FileChannel.MapMode.READ_ONLY, start, length)
                      .order(ByteOrder.LITTLE_ENDIAN)
                      .asFloatBuffer();
            }
          }
          return windows;
        });
  }

  static int window(long place) {
    return (int) (place >> WINDOW_BITS);
  }

  static int index(long place) {
    return (int) (place & ((1L << WINDOW_BITS) - 1)) / Float.BYTES;
  }
}
