package io.facepipeline.onnx.graph.proto;

import io.facepipeline.onnx.MalformedModelException;
import io.facepipeline.onnx.graph.Bytes;
import io.facepipeline.onnx.graph.Weights;
import java.io.EOFException;
import java.io.IOException;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.Channels;
import java.nio.channels.FileChannel;
import java.nio.channels.WritableByteChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * Writes Protocol Buffers' wire format (<a
 * href="https://protobuf.dev/programming-guides/encoding/">encoding</a>) to a channel, or only
 * counts the bytes. A message's length stands before its content, so the content is run twice,
 * first to count: weights of hundreds of megabytes are never held in a second form. Not
 * thread-safe.
 */
public final class ProtoWriter {
  static final int VARINT = 0;
  static final int FIXED64 = 1;
  static final int LENGTH = 2;
  static final int FIXED32 = 5;

  private static final int BUFFER = 1 << 16;

  /** What a buffer that holds all is emptied into: never. */
  private static final WritableByteChannel NOWHERE =
      Channels.newChannel(OutputStream.nullOutputStream());

  /** Null where the bytes are only counted. */
  private final @Nullable WritableByteChannel channel;

  private final ByteBuffer buffer;
  private long size;

  private ProtoWriter(@Nullable WritableByteChannel channel, ByteBuffer buffer) {
    this.channel = channel;
    this.buffer = buffer.order(ByteOrder.LITTLE_ENDIAN);
  }

  /** The number of bytes that a message takes. */
  static long count(Consumer<ProtoWriter> content) {
    ProtoWriter counter = new ProtoWriter(null, ByteBuffer.allocate(0));
    content.accept(counter);
    return counter.size;
  }

  /** Writes a top-level message. */
  static void write(WritableByteChannel channel, Consumer<ProtoWriter> content) throws IOException {
    requireAllowed(count(content));
    ProtoWriter writer = new ProtoWriter(channel, ByteBuffer.allocateDirect(BUFFER));
    try {
      content.accept(writer);
      writer.flush();
    } catch (UncheckedIOException e) {
      throw e.getCause();
    }
  }

  /** A top-level message in memory. */
  public static byte[] toBytes(Consumer<ProtoWriter> content) {
    long size = count(content);
    requireAllowed(size);
    byte[] bytes = new byte[(int) size];
    // The buffer is the target, so it never has to be emptied.
    content.accept(new ProtoWriter(NOWHERE, ByteBuffer.wrap(bytes)));
    return bytes;
  }

  private static void requireAllowed(long size) {
    if (size > Integer.MAX_VALUE - 16) {
      throw new MalformedModelException(
          "an ONNX file is limited to 2 GiB by Protocol Buffers but this one needs "
              + size
              + " bytes; keep its weights in a file beside it, or use fewer");
    }
  }

  public void integer(int field, long value) {
    tag(field, VARINT);
    varint(value);
  }

  void real(int field, float value) {
    tag(field, FIXED32);
    fixed32(Float.floatToRawIntBits(value));
  }

  public void text(int field, String value) {
    bytes(field, value.getBytes(StandardCharsets.UTF_8));
  }

  void bytes(int field, byte[] value) {
    tag(field, LENGTH);
    varint(value.length);
    append(value);
  }

  public void message(int field, Consumer<ProtoWriter> content) {
    long length = count(content);
    tag(field, LENGTH);
    varint(length);
    if (channel == null) {
      size += length;
    } else {
      content.accept(this);
    }
  }

  /** Floats as a little-endian byte string, as TensorProto.raw_data wants them. */
  void littleEndian(int field, Weights weights) {
    long length = 4L * weights.size();
    tag(field, LENGTH);
    varint(length);
    if (channel == null) {
      size += length;
      return;
    }
    weights.forEachPiece(this::append);
  }

  /** Longs as a little-endian byte string, as TensorProto.raw_data wants them. */
  void littleEndian(int field, long[] values) {
    tag(field, LENGTH);
    varint(8L * values.length);
    for (long v : values) {
      fixed32((int) v);
      fixed32((int) (v >>> 32));
    }
  }

  /** A part of a file, read only when it is written; whoever asks has checked its size. */
  void partOf(Path file, int field, long offset, long length) {
    tag(field, LENGTH);
    varint(length);
    size += length;
    if (channel == null) {
      return;
    }
    try (FileChannel source = FileChannel.open(file)) {
      long left = length;
      source.position(offset);
      while (left > 0) {
        room(1);
        int end = buffer.limit();
        buffer.limit((int) Math.min(end, buffer.position() + left));
        int count = source.read(buffer);
        buffer.limit(end);
        if (count < 0) {
          throw new EOFException(file + " became shorter while it was read");
        }
        left -= count;
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** Whole fields, tags included. */
  void raw(Bytes fields) {
    append(fields.shared());
  }

  private void tag(int field, int wireType) {
    varint(((long) field << 3) | wireType);
  }

  private void varint(long value) {
    long rest = value;
    while ((rest & ~0x7FL) != 0) {
      put((byte) (rest | 0x80));
      rest >>>= 7;
    }
    put((byte) rest);
  }

  private void put(byte value) {
    size++;
    if (channel != null) {
      room(1);
      buffer.put(value);
    }
  }

  private void fixed32(int bits) {
    size += 4;
    if (channel != null) {
      room(4);
      buffer.putInt(bits);
    }
  }

  private void append(byte[] source) {
    size += source.length;
    if (channel == null) {
      return;
    }
    int at = 0;
    while (at < source.length) {
      room(1);
      int length = Math.min(buffer.remaining(), source.length - at);
      buffer.put(source, at, length);
      at += length;
    }
  }

  private void append(float[] source, int count) {
    size += 4L * count;
    int at = 0;
    while (at < count) {
      room(Float.BYTES);
      int length = Math.min(buffer.remaining() / Float.BYTES, count - at);
      buffer.asFloatBuffer().put(source, at, length);
      buffer.position(buffer.position() + length * Float.BYTES);
      at += length;
    }
  }

  private void room(int bytes) {
    if (buffer.remaining() < bytes) {
      flush();
    }
  }

  private void flush() {
    buffer.flip();
    try {
      while (channel != null && buffer.hasRemaining()) {
        channel.write(buffer);
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    buffer.clear();
  }
}
