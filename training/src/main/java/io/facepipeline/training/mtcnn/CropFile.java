package io.facepipeline.training.mtcnn;

import io.facepipeline.FacePipelineException;
import io.facepipeline.internal.WholeFile;
import java.io.BufferedOutputStream;
import java.io.EOFException;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.FloatBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;

/**
 * Crops on disk with their targets, any of which can be read at once: for each crop {@link
 * CropTargets#NUMBERS} little-endian floats and the bytes of its planes of red, green and blue.
 * Such a file belongs to one run and is not kept. Reading is thread-safe.
 */
final class CropFile implements AutoCloseable {
  private static final int TARGET_BYTES = CropTargets.NUMBERS * Float.BYTES;
  private static final int WRITE_BUFFER = 1 << 20;

  private final Path file;
  private final FileChannel channel;
  private final int record;
  private final int size;

  private CropFile(Path file, int side) throws IOException {
    this.file = file;
    record = record(side);
    channel = FileChannel.open(file);
    long bytes = channel.size();
    if (bytes == 0 || bytes % record != 0) {
      channel.close();
      throw new FacePipelineException(
          file
              + " has "
              + bytes
              + " bytes, not a whole number of crops; delete it, and it will be created again");
    }
    size = Math.toIntExact(bytes / record);
  }

  /** {@return a file's crops, of a side in pixels} */
  static CropFile open(Path file, int side) {
    try {
      return new CropFile(file, side);
    } catch (IOException e) {
      throw unreadable(file, e);
    }
  }

  private static int record(int side) {
    return TARGET_BYTES + 3 * side * side;
  }

  /** {@return how many crops there are} */
  int size() {
    return size;
  }

  /** Reads a crop: its targets, and its planes into an array from its start. */
  void read(int index, float[] targets, byte[] rgb) {
    ByteBuffer bytes = ByteBuffer.allocate(record).order(ByteOrder.LITTLE_ENDIAN);
    try {
      long at = (long) index * record;
      while (bytes.hasRemaining()) {
        if (channel.read(bytes, at + bytes.position()) < 0) {
          throw new EOFException("it became shorter while it was being read");
        }
      }
    } catch (IOException e) {
      throw unreadable(file, e);
    }
    bytes.flip().asFloatBuffer().get(targets);
    bytes.get(TARGET_BYTES, rgb, 0, record - TARGET_BYTES);
  }

  private static FacePipelineException unreadable(Path file, IOException e) {
    return new FacePipelineException("cannot read the crops " + file + ": " + e, e);
  }

  @Override
  public void close() {
    try {
      channel.close();
    } catch (IOException e) {
      throw new FacePipelineException("cannot close the file of crops: " + e, e);
    }
  }

  /** Crops in memory, in the form of the file. Not thread-safe. */
  static final class Block {
    private final int side;
    private byte[] bytes;
    private int length;

    Block(int side) {
      this.side = side;
      bytes = new byte[16 * record(side)];
    }

    /**
     * Adds a crop.
     *
     * @param targets its targets
     * @param planes 0 to 255, from an index
     * @param from where its red plane begins
     */
    void add(float[] targets, FloatBuffer planes, int from) {
      int pixels = side * side;
      int at = grow(targets) + TARGET_BYTES;
      for (int i = 0; i < 3 * pixels; i++) {
        bytes[at + i] = (byte) Math.round(planes.get(from + i));
      }
    }

    /** Adds a window of larger planes. */
    void add(float[] targets, float[] planes, int width, int height, int x, int y) {
      int at = grow(targets) + TARGET_BYTES;
      for (int channel = 0; channel < 3; channel++) {
        for (int row = 0; row < side; row++) {
          int from = (channel * height + y + row) * width + x;
          for (int column = 0; column < side; column++) {
            bytes[at++] = (byte) Math.round(planes[from + column]);
          }
        }
      }
    }

    private int grow(float[] targets) {
      int record = record(side);
      if (length + record > bytes.length) {
        bytes = Arrays.copyOf(bytes, Math.max(2 * bytes.length, length + record));
      }
      int at = length;
      ByteBuffer.wrap(bytes, at, TARGET_BYTES)
          .order(ByteOrder.LITTLE_ENDIAN)
          .asFloatBuffer()
          .put(targets);
      length += record;
      return at;
    }

    /** {@return how many crops it holds} */
    int size() {
      return length / record(side);
    }
  }

  /** Fills a file. */
  @FunctionalInterface
  interface Content {
    void writeTo(Writer writer) throws IOException;
  }

  /** Writes a file that is there whole or not at all. */
  static void write(Path file, Content content) throws IOException {
    WholeFile.write(
        file,
        WholeFile.Access.UMASK,
        part -> {
          try (OutputStream out =
              new BufferedOutputStream(Files.newOutputStream(part), WRITE_BUFFER)) {
            content.writeTo(new Writer(out));
          }
        });
  }

  /** Takes the crops of a file, block by block. */
  static final class Writer {
    private final OutputStream out;

    private Writer(OutputStream out) {
      this.out = out;
    }

    void write(Block block) throws IOException {
      out.write(block.bytes, 0, block.length);
    }
  }
}
