package io.facepipeline.evaluation.crops;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.zip.DataFormatException;
import java.util.zip.Inflater;

/**
 * Decompresses a chunk of Blosc 1 (github.com/Blosc/c-blosc, {@code README_CHUNK_FORMAT.rst}): a
 * header, and blocks that are shuffled byte by byte and compressed, each in as many parts as an
 * element has bytes. Reads BloscLZ, LZ4 and zlib. Every number in the chunk is checked.
 */
final class BloscChunk {
  private static final int HEADER = 16;
  private static final int FORMAT = 2;
  private static final int SHUFFLED = 1;
  private static final int COPIED = 2;
  private static final int BIT_SHUFFLED = 4;
  private static final int RESERVED = 8;
  private static final int NOT_SPLIT = 16;
  private static final int MAX_SPLITS = 16;
  private static final int LEAST_PART = 128;
  private static final int MAX_BYTES = 1 << 28;
  private static final String[] CODECS = {"blosclz", "lz4", "snappy", "zlib", "zstd"};
  private static final int BLOSCLZ = 0;
  private static final int LZ4 = 1;
  private static final int ZLIB = 3;

  private final byte[] chunk;
  private final int start;
  private final ByteBuffer numbers;
  private final int flags;
  private final int elementBytes;
  private final int bytes;
  private final int blockBytes;

  /** A chunk that cannot be decompressed; the message says why. */
  static final class BadChunkException extends Exception {
    private static final long serialVersionUID = 1;

    BadChunkException(String message) {
      super(message);
    }

    BadChunkException(String message, Throwable cause) {
      super(message, cause);
    }
  }

  private BloscChunk(byte[] file, int start) throws BadChunkException {
    this.chunk = file;
    this.start = start;
    numbers = ByteBuffer.wrap(file).order(ByteOrder.LITTLE_ENDIAN);
    if (file.length - start < HEADER) {
      throw new BadChunkException("it ends in its header");
    }
    int format = file[start] & 0xff;
    flags = file[start + 2] & 0xff;
    if (format != FORMAT || (flags & RESERVED) != 0) {
      throw new BadChunkException(
          "it has format " + format + " of Blosc and flags " + flags + "; format 2 is read");
    }
    elementBytes = file[start + 3] & 0xff;
    bytes = numbers.getInt(start + 4);
    blockBytes = numbers.getInt(start + 8);
    int compressed = numbers.getInt(start + 12);
    if (elementBytes == 0
        || bytes < 1
        || bytes > MAX_BYTES
        || blockBytes < 1
        || compressed < HEADER
        || compressed > file.length - start) {
      throw new BadChunkException(
          String.format(
              "it claims %d bytes in blocks of %d, made of %d bytes where there are %d",
              bytes, blockBytes, compressed, file.length - start));
    }
  }

  /**
   * {@return the content of a chunk}
   *
   * @param file holds the chunk
   * @param start where it begins
   * @param most how many bytes it may have
   */
  static byte[] decompress(byte[] file, int start, long most) throws BadChunkException {
    BloscChunk chunk = new BloscChunk(file, start);
    if (chunk.bytes > most) {
      throw new BadChunkException("it claims " + chunk.bytes + " bytes, but has at most " + most);
    }
    try {
      return chunk.decompress();
    } catch (IndexOutOfBoundsException | ArithmeticException e) {
      throw new BadChunkException("it is damaged: " + e.getMessage(), e);
    }
  }

  private byte[] decompress() throws BadChunkException {
    if ((flags & COPIED) != 0) {
      if (bytes > chunk.length - start - HEADER) {
        throw new BadChunkException("it ends before its " + bytes + " bytes");
      }
      byte[] content = new byte[bytes];
      System.arraycopy(chunk, start + HEADER, content, 0, bytes);
      return content;
    }
    int codec = flags >>> 5;
    if ((codec != BLOSCLZ && codec != LZ4 && codec != ZLIB) || (flags & BIT_SHUFFLED) != 0) {
      throw new BadChunkException(
          "it is compressed by "
              + (codec < CODECS.length ? CODECS[codec] : "method " + codec)
              + ((flags & BIT_SHUFFLED) != 0 ? " with its bits shuffled" : "")
              + "; blosclz, lz4 and zlib with shuffled bytes are read");
    }
    int blocks = (bytes - 1) / blockBytes + 1;
    if (blocks > (chunk.length - start - HEADER) / Integer.BYTES) {
      throw new BadChunkException("it has no room for where its " + blocks + " blocks begin");
    }
    byte[] content = new byte[bytes];
    boolean shuffled = (flags & SHUFFLED) != 0 && elementBytes > 1;
    byte[] block = new byte[Math.min(blockBytes, bytes)];
    for (int b = 0; b < blocks; b++) {
      int to = b * blockBytes;
      int length = Math.min(blockBytes, bytes - to);
      block(b, block, length);
      if (shuffled) {
        unshuffle(block, length, content, to);
      } else {
        System.arraycopy(block, 0, content, to, length);
      }
    }
    return content;
  }

  private void block(int number, byte[] block, int length) throws BadChunkException {
    boolean whole = length == blockBytes;
    boolean split =
        (flags & NOT_SPLIT) == 0
            && elementBytes <= MAX_SPLITS
            && blockBytes / elementBytes >= LEAST_PART
            && whole;
    int parts = split ? elementBytes : 1;
    int part = length / parts;
    if (part * parts != length) {
      throw new BadChunkException(
          "its blocks of " + length + " bytes have no " + parts + " equal parts");
    }
    long at = (long) start + numbers.getInt(start + HEADER + Integer.BYTES * number);
    for (int p = 0; p < parts; p++) {
      if (at < start + HEADER || at > chunk.length - Integer.BYTES) {
        throw new BadChunkException("block " + number + " lies outside of it");
      }
      int compressed = numbers.getInt((int) at);
      at += Integer.BYTES;
      if (compressed < 1 || compressed > chunk.length - at) {
        throw new BadChunkException("block " + number + " ends outside of it");
      }
      int from = (int) at;
      at += compressed;
      if (compressed == part) {
        System.arraycopy(chunk, from, block, p * part, part);
      } else if (expand(from, (int) at, block, p * part, part) != part) {
        throw new BadChunkException("block " + number + " has fewer bytes than it claims");
      }
    }
  }

  private int expand(int from, int end, byte[] block, int to, int length) throws BadChunkException {
    return switch (flags >>> 5) {
      case BLOSCLZ -> BloscLzBlock.decompress(chunk, from, end, block, to, to + length);
      case LZ4 -> Lz4Block.decompress(chunk, from, end, block, to, to + length);
      default -> inflate(from, end, block, to, length);
    };
  }

  private int inflate(int from, int end, byte[] block, int to, int length)
      throws BadChunkException {
    Inflater inflater = new Inflater();
    try {
      inflater.setInput(chunk, from, end - from);
      return inflater.inflate(block, to, length);
    } catch (DataFormatException e) {
      throw new BadChunkException("it is damaged: " + e.getMessage(), e);
    } finally {
      inflater.end();
    }
  }

  /** First bytes of all elements, then their second bytes …; what fills no element stays. */
  private void unshuffle(byte[] block, int length, byte[] content, int to) {
    int elements = length / elementBytes;
    for (int b = 0; b < elementBytes; b++) {
      int from = b * elements;
      for (int e = 0; e < elements; e++) {
        content[to + e * elementBytes + b] = block[from + e];
      }
    }
    int done = elements * elementBytes;
    System.arraycopy(block, done, content, to + done, length - done);
  }
}
