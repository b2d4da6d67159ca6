package io.facepipeline.onnx.checkpoint;

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
final class CheckpointFile implements Closeable {
  private static final int HASH_CHUNK = 1 << 18;

  private final Path path;
  private final FileChannel channel;
  private final long size;

  private CheckpointFile(Path path, FileChannel channel, long size) {
    this.path = path;
    this.channel = channel;
    this.size = size;
  }

  static CheckpointFile open(Path path) throws IOException {
    if (Files.isDirectory(path)) {
      throw new CheckpointException(path, "is a directory; give a checkpoint file");
    }
    FileChannel channel = FileChannel.open(path, StandardOpenOption.READ);
    try {
      return new CheckpointFile(path, channel, channel.size());
    } catch (IOException e) {
      channel.close();
      throw e;
    }
  }

  Path path() {
    return path;
  }

  long size() {
    return size;
  }

  CheckpointException problem(String problem) {
    return new CheckpointException(path, problem);
  }

  /** Reads exactly {@code length} bytes; {@code what} names them in messages. */
  byte[] read(long at, long length, String what) throws IOException {
    if (at < 0 || length < 0 || at > size || length > size - at) {
      throw problem(
          what
              + " needs "
              + length
              + " bytes at "
              + at
              + " of a file of "
              + size
              + " bytes: the file is cut off or damaged");
    }
    if (length > Integer.MAX_VALUE - 8) {
      throw problem(what + " has " + length + " bytes; this library loads less than 2 GiB at once");
    }
    byte[] bytes = new byte[(int) length];
    ByteBuffer buffer = ByteBuffer.wrap(bytes);
    while (buffer.hasRemaining()) {
      if (channel.read(buffer, at + buffer.position()) < 0) {
        throw problem("became shorter while it was being read; try again once it is complete");
      }
    }
    return bytes;
  }

  String sha256() throws IOException {
    MessageDigest digest;
    try {
      digest = MessageDigest.getInstance("SHA-256");
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("every Java platform has SHA-256, but this one has not", e);
    }
    ByteBuffer chunk = ByteBuffer.allocate(HASH_CHUNK);
    long at = 0;
    for (int read = channel.read(chunk, at); read >= 0; read = channel.read(chunk, at)) {
      at += read;
      digest.update(chunk.flip());
      chunk.clear();
    }
    return HexFormat.of().formatHex(digest.digest());
  }

  @Override
  public void close() throws IOException {
    channel.close();
  }
}
