package io.facepipeline.onnx.checkpoint.bytes;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * Where the stored entries of a zip file lie, from its central directory (PKWARE APPNOTE 6.3,
 * sections 4.3.12 to 4.3.16). PyTorch stores entries without compression, so they are read in
 * place; {@link java.util.zip.ZipFile} would not say where they are.
 */
public final class ZipDirectory {
  private static final int END = 0x06054b50;
  private static final int END_64 = 0x06064b50;
  private static final int END_64_LOCATOR = 0x07064b50;
  private static final int CENTRAL = 0x02014b50;
  private static final int LOCAL = 0x04034b50;
  private static final int END_LENGTH = 22;
  private static final int CENTRAL_LENGTH = 46;
  private static final int LOCAL_LENGTH = 30;
  private static final int MAX_COMMENT = 0xffff;
  private static final long IN_ZIP_64 = 0xffffffffL;

  /**
   * An entry of the central directory.
   *
   * @param header where its local header is
   * @param size in bytes, claimed and not yet checked
   * @param stored false if it is compressed or encrypted
   */
  private record Entry(long header, long size, boolean stored) {}

  private final CheckpointFile file;
  private final Map<String, Entry> entries = new LinkedHashMap<>();
  private long directory;

  public ZipDirectory(CheckpointFile file) throws IOException {
    this.file = file;
    int tailLength = (int) Math.min(file.size(), END_LENGTH + MAX_COMMENT);
    long tailStart = file.size() - tailLength;
    ByteBuffer tail = littleEndian(file.read(tailStart, tailLength, "the end of the zip file"));
    for (int at = tailLength - END_LENGTH; at >= 0; at--) {
      if (tail.getInt(at) == END
          && Short.toUnsignedInt(tail.getShort(at + 20)) == tailLength - END_LENGTH - at) {
        readDirectory(tailStart + at, tail.slice(at, END_LENGTH).order(ByteOrder.LITTLE_ENDIAN));
        return;
      }
    }
    throw file.problem("is a zip file without its end record: the file is truncated or damaged");
  }

  private void readDirectory(long end, ByteBuffer record) throws IOException {
    long length = Integer.toUnsignedLong(record.getInt(12));
    directory = Integer.toUnsignedLong(record.getInt(16));
    if (length == IN_ZIP_64
        || directory == IN_ZIP_64
        || Short.toUnsignedInt(record.getShort(10)) == 0xffff) {
      ByteBuffer locator = littleEndian(file.read(end - 20, 20, "the zip64 locator"));
      ByteBuffer end64 = littleEndian(file.read(locator.getLong(8), 56, "the zip64 end record"));
      if (locator.getInt(0) != END_64_LOCATOR || end64.getInt(0) != END_64) {
        throw file.problem("is a zip64 file without its end record: the file is damaged");
      }
      length = end64.getLong(40);
      directory = end64.getLong(48);
    }
    if (directory < 0 || length < 0 || directory > end || length > end - directory) {
      throw file.problem(
          "has a zip directory beyond the file's end: the file is truncated or damaged");
    }
    ByteReader in = new ByteReader(file, directory, directory + length);
    while (in.remaining() > 0) {
      ByteBuffer header = littleEndian(in.bytes(CENTRAL_LENGTH));
      if (header.getInt(0) != CENTRAL) {
        throw in.problem("has a malformed zip directory: the file is damaged");
      }
      String name =
          new String(in.bytes(Short.toUnsignedInt(header.getShort(28))), StandardCharsets.UTF_8);
      ByteBuffer extra = littleEndian(in.bytes(Short.toUnsignedInt(header.getShort(30))));
      in.skip(Short.toUnsignedInt(header.getShort(32)));
      if (entries.put(name, entry(header, extra)) != null) {
        throw in.problem("has the zip entry " + name + " twice: the file is damaged");
      }
    }
  }

  private Entry entry(ByteBuffer header, ByteBuffer extra) {
    boolean encrypted = (header.getShort(8) & 1) != 0;
    boolean stored = header.getShort(10) == 0 && !encrypted;
    long packed = Integer.toUnsignedLong(header.getInt(20));
    long size = Integer.toUnsignedLong(header.getInt(24));
    long at = Integer.toUnsignedLong(header.getInt(42));
    while (extra.remaining() >= 4) {
      int id = extra.getShort();
      int length = Short.toUnsignedInt(extra.getShort());
      if (length > extra.remaining()) {
        throw file.problem("has a zip entry with a malformed extra field: the file is damaged");
      }
      ByteBuffer field = extra.slice(extra.position(), length).order(ByteOrder.LITTLE_ENDIAN);
      extra.position(extra.position() + length);
      if (id == 1) {
        // Only the values that did not fit the header are here, in this order.
        size = size == IN_ZIP_64 ? next(field) : size;
        packed = packed == IN_ZIP_64 ? next(field) : packed;
        at = at == IN_ZIP_64 ? next(field) : at;
      }
    }
    return new Entry(at, size, stored && packed == size);
  }

  private long next(ByteBuffer field) {
    if (field.remaining() < 8) {
      throw file.problem("has a zip64 entry that is too short: the file is damaged");
    }
    return field.getLong();
  }

  public Iterable<String> names() {
    return entries.keySet();
  }

  public boolean contains(String name) {
    return entries.containsKey(name);
  }

  /** The entry's bytes in the file. */
  public ByteReader open(String name) throws IOException {
    Entry entry = entries.get(name);
    if (entry == null) {
      throw file.problem("has no zip entry " + name + ": the file is damaged");
    }
    if (!entry.stored()) {
      throw file.problem(
          "has the compressed zip entry "
              + name
              + "; PyTorch stores entries as they are, so save it again");
    }
    ByteBuffer header =
        littleEndian(file.read(entry.header(), LOCAL_LENGTH, "the zip entry " + name));
    if (header.getInt(0) != LOCAL) {
      throw file.problem("has no header for the zip entry " + name + ": the file is damaged");
    }
    long start =
        entry.header()
            + LOCAL_LENGTH
            + Short.toUnsignedInt(header.getShort(26))
            + Short.toUnsignedInt(header.getShort(28));
    if (start > directory || entry.size() < 0 || entry.size() > directory - start) {
      throw file.problem(
          "has the zip entry "
              + name
              + ", which claims "
              + Long.toUnsignedString(entry.size())
              + " bytes at "
              + start
              + " where the entries end at "
              + directory
              + ": the file is truncated or damaged");
    }
    return new ByteReader(file, start, start + entry.size());
  }

  private static ByteBuffer littleEndian(byte[] bytes) {
    return ByteBuffer.wrap(bytes).order(ByteOrder.LITTLE_ENDIAN);
  }
}
