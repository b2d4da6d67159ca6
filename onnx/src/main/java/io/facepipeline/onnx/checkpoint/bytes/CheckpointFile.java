package io.facepipeline.onnx.checkpoint.bytes;

import io.facepipeline.onnx.MalformedModelException;
import java.io.Closeable;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;

/**
 * The open file: positional reads that never go past its end, nor allocate for what is not there.
 */
public final class CheckpointFile implements Closeable {
  private static final int HASH_CHUNK = 1 << 18;

  private final Path path;
  private final Source source;
  private final long size;

  /** Where the bytes are. */
  private interface Source extends Closeable {
    /** Reads some bytes from a position, or returns -1 at the end, as a channel does. */
    int read(ByteBuffer target, long at) throws IOException;
  }

  private record FileSource(FileChannel channel) implements Source {
    @Override
    public int read(ByteBuffer target, long at) throws IOException {
      return channel.read(target, at);
    }

    @Override
    public void close() throws IOException {
      channel.close();
    }
  }

  private record MemorySource(ByteBuffer content) implements Source {
    @Override
    public int read(ByteBuffer target, long at) {
      int count = (int) Math.min(target.remaining(), content.limit() - at);
      if (count <= 0) {
        return -1;
      }
      target.put(content.slice((int) at, count));
      return count;
    }

    @Override
    public void close() {}
  }

  private CheckpointFile(Path path, Source source, long size) {
    this.path = path;
    this.source = source;
    this.size = size;
  }

  /** The content of a file that is in memory. */
  public static CheckpointFile of(Path path, byte[] content) {
    return new CheckpointFile(path, new MemorySource(ByteBuffer.wrap(content)), content.length);
  }

  public static CheckpointFile open(Path path) throws IOException {
    if (Files.isDirectory(path)) {
      throw CheckpointFile.problem(path, "is a directory; give a checkpoint file");
    }
    FileChannel channel = FileChannel.open(path, StandardOpenOption.READ);
    try {
      return new CheckpointFile(path, new FileSource(channel), channel.size());
    } catch (IOException e) {
      channel.close();
      throw e;
    }
  }

  public Path path() {
    return path;
  }

  public long size() {
    return size;
  }

  public MalformedModelException problem(String problem) {
    return problem(path, problem);
  }

  /** Every message begins with the file. */
  public static MalformedModelException problem(Path file, String problem) {
    return new MalformedModelException(file + ": " + problem);
  }

  public static MalformedModelException problem(Path file, String problem, Throwable cause) {
    return new MalformedModelException(file + ": " + problem, cause);
  }

  /** Reads exactly {@code length} bytes; {@code what} names them in messages. */
  public byte[] read(long at, long length, String what) throws IOException {
    if (at < 0 || length < 0 || at > size || length > size - at) {
      throw problem(
          what
              + " needs "
              + length
              + " bytes at "
              + at
              + " of a file of "
              + size
              + " bytes: the file is truncated or damaged");
    }
    if (length > Integer.MAX_VALUE - 8) {
      throw problem(what + " has " + length + " bytes; this library loads less than 2 GiB at once");
    }
    byte[] bytes = new byte[(int) length];
    ByteBuffer buffer = ByteBuffer.wrap(bytes);
    while (buffer.hasRemaining()) {
      if (source.read(buffer, at + buffer.position()) < 0) {
        throw problem("became shorter while it was being read; try again once it is complete");
      }
    }
    return bytes;
  }

  public String sha256() throws IOException {
    MessageDigest digest;
    try {
      digest = MessageDigest.getInstance("SHA-256");
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("every Java platform has SHA-256, but this one has not", e);
    }
    ByteBuffer chunk = ByteBuffer.allocate(HASH_CHUNK);
    long at = 0;
    for (int read = source.read(chunk, at); read >= 0; read = source.read(chunk, at)) {
      at += read;
      digest.update(chunk.flip());
      chunk.clear();
    }
    return HexFormat.of().formatHex(digest.digest());
  }

  @Override
  public void close() throws IOException {
    source.close();
  }
}
