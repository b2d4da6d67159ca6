package io.facepipeline.training.embedder;

import io.facepipeline.FacePipelineException;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * Views and the teacher's embeddings of them, which one thread adds while another reads: a file of
 * records of equal length, the view's bytes and the embedding's floats. What was half written when
 * a run was cut off is written again.
 */
final class ViewFile implements AutoCloseable {
  private final Path file;
  private final FileChannel channel;
  private final int side;
  private final int dimensions;
  private final ByteBuffer written;
  private final AtomicInteger size;

  private ViewFile(Path file, FileChannel channel, int side, int dimensions, int size) {
    this.file = file;
    this.channel = channel;
    this.side = side;
    this.dimensions = dimensions;
    this.size = new AtomicInteger(size);
    written = record();
  }

  /**
   * Opens a file, or makes an empty one, for views of a side and embeddings of so many dimensions.
   */
  static ViewFile open(Path file, int side, int dimensions) {
    try {
      Files.createDirectories(file.toAbsolutePath().getParent());
      FileChannel channel =
          FileChannel.open(
              file, StandardOpenOption.CREATE, StandardOpenOption.READ, StandardOpenOption.WRITE);
      long records = channel.size() / recordBytes(side, dimensions);
      return new ViewFile(file, channel, side, dimensions, Math.toIntExact(records));
    } catch (IOException e) {
      throw new FacePipelineException("cannot open the views in " + file + ": " + e, e);
    }
  }

  private ByteBuffer record() {
    return ByteBuffer.allocate(recordBytes(side, dimensions)).order(ByteOrder.LITTLE_ENDIAN);
  }

  private static int recordBytes(int side, int dimensions) {
    return 3 * side * side + dimensions * Float.BYTES;
  }

  /** {@return the width and height of a view} */
  int side() {
    return side;
  }

  /** {@return the bytes of a view, row by row, red, green and blue} */
  int viewBytes() {
    return 3 * side * side;
  }

  int size() {
    return size.get();
  }

  /** Adds a view; to be called by one thread. */
  void add(byte[] view, float[] embedding) {
    written.clear();
    written.put(view);
    written.asFloatBuffer().put(embedding);
    written.clear();
    try {
      long at = (long) size.get() * written.capacity();
      while (written.hasRemaining()) {
        channel.write(written, at + written.position());
      }
    } catch (IOException e) {
      throw new FacePipelineException("cannot write the views in " + file + ": " + e, e);
    }
    size.incrementAndGet();
  }

  /** Reads a view; for any number of threads. */
  void read(int index, byte[] views, int viewAt, float[] embeddings, int embeddingAt) {
    ByteBuffer record = record();
    try {
      long at = (long) index * record.capacity();
      while (record.hasRemaining()) {
        if (channel.read(record, at + record.position()) < 0) {
          throw new FacePipelineException(file + " ends within view " + index);
        }
      }
    } catch (IOException e) {
      throw new FacePipelineException("cannot read view " + index + " of " + file + ": " + e, e);
    }
    record.flip();
    record.get(views, viewAt, viewBytes());
    record
        .slice()
        .order(ByteOrder.LITTLE_ENDIAN)
        .asFloatBuffer()
        .get(embeddings, embeddingAt, dimensions);
  }

  int dimensions() {
    return dimensions;
  }

  @Override
  public void close() {
    try {
      channel.close();
    } catch (IOException e) {
      throw new FacePipelineException("cannot close " + file + ": " + e, e);
    }
  }
}
