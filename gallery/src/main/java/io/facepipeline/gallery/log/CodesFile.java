package io.facepipeline.gallery.log;

import io.facepipeline.gallery.memory.FaceCodes;
import io.facepipeline.internal.Uninterruptibly;
import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.IntBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.Set;
import java.util.zip.CRC32C;
import org.jspecify.annotations.Nullable;

/**
 * The file that holds codes: a header of {@value #HEADER} bytes, the panels, and a table of their
 * keys and checksums. The lowest byte of a number comes first.
 *
 * <pre>
 * header  long magic, int version, int dimensions, int rows, long salt of the log, long its length,
 *         long where its last record begins, int checksum of that record's header,
 *         int CRC-32C of these
 * panel   see {@link FaceCodes}
 * table   for each panel long key, int CRC-32C of the panel; int CRC-32C of the table
 * </pre>
 *
 * @param rows how many rows have codes
 * @param keys what tells the rows of each panel
 * @param checksums of each panel
 */
@SuppressWarnings("ArrayRecordComponent") // never compared
record CodesFile(Path path, int dimensions, int rows, long[] keys, int[] checksums) {
  /** A page of memory, so that panels begin where pages do. */
  private static final int HEADER = 4096;

  private static final int HEADER_USED = 48;
  private static final int ENTRY = Long.BYTES + Integer.BYTES;
  private static final long MAGIC = 0x5345444F43504641L; // "AFPCODES"
  private static final int VERSION = 1;
  private static final int WINDOW = 1 << 30;

  static byte[] header(int dimensions, int rows, LogMark log) {
    byte[] header = new byte[HEADER];
    ByteBuffer out = buffer(header);
    out.putLong(MAGIC).putInt(VERSION).putInt(dimensions).putInt(rows);
    out.putLong(log.salt()).putLong(log.length()).putLong(log.lastAt()).putInt(log.last());
    out.putInt(crc(header, HEADER_USED));
    return header;
  }

  static byte[] table(long[] keys, int[] checksums) {
    byte[] table = new byte[keys.length * ENTRY + Integer.BYTES];
    ByteBuffer out = buffer(table);
    for (int i = 0; i < keys.length; i++) {
      out.putLong(keys[i]).putInt(checksums[i]);
    }
    out.putInt(crc(table, keys.length * ENTRY));
    return table;
  }

  /**
   * Reads the header and the table.
   *
   * @param log how far the log reaches now
   * @return what is there; null if there is no file, or it is not whole or of another log
   */
  static @Nullable CodesFile read(GalleryFolder folder, int dimensions, LogMark log)
      throws IOException {
    Path path = folder.codes();
    if (!Files.exists(path)) {
      return null;
    }
    try (RandomAccessFile file = new RandomAccessFile(path.toFile(), "r")) {
      if (file.length() < HEADER) {
        return null;
      }
      byte[] first = new byte[HEADER];
      file.readFully(first);
      ByteBuffer header = buffer(first);
      boolean ours =
          header.getLong() == MAGIC && header.getInt() == VERSION && header.getInt() == dimensions;
      int rows = header.getInt();
      LogMark of =
          new LogMark(header.getLong(), header.getLong(), header.getLong(), header.getInt());
      boolean whole = header.getInt() == crc(first, HEADER_USED);
      int panels = FaceCodes.panels(Math.max(0, rows));
      long data = (long) panels * FaceCodes.panelInts(dimensions) * Integer.BYTES;
      int tableBytes = panels * ENTRY + Integer.BYTES;
      if (!ours
          || !whole
          || file.length() != HEADER + data + tableBytes
          || !log.follows(of, folder.log())) {
        return null;
      }
      file.seek(HEADER + data);
      byte[] last = new byte[tableBytes];
      file.readFully(last);
      ByteBuffer table = buffer(last);
      long[] keys = new long[panels];
      int[] checksums = new int[panels];
      for (int i = 0; i < panels; i++) {
        keys[i] = table.getLong();
        checksums[i] = table.getInt();
      }
      return table.getInt() == crc(last, panels * ENTRY)
          ? new CodesFile(path, dimensions, rows, keys, checksums)
          : null;
    }
  }

  /**
   * Maps the panels into memory.
   *
   * @param writable whether they may be written into; the file stays as it is
   */
  IntBuffer[] map(boolean writable) throws IOException {
    int bytes = FaceCodes.panelInts(dimensions) * Integer.BYTES;
    int perWindow = Math.max(1, WINDOW / bytes);
    Set<StandardOpenOption> options =
        writable
            ? Set.of(StandardOpenOption.READ, StandardOpenOption.WRITE)
            : Set.of(StandardOpenOption.READ);
    return Uninterruptibly.run(
        () -> {
          IntBuffer[] panels = new IntBuffer[keys.length];
          try (FileChannel channel = FileChannel.open(path, options)) {
            for (int from = 0; from < panels.length; from += perWindow) {
              int count = Math.min(perWindow, panels.length - from);
              ByteBuffer window =
                  channel.map(
                      writable ? FileChannel.MapMode.PRIVATE : FileChannel.MapMode.READ_ONLY,
                      HEADER + (long) from * bytes,
                      (long) count * bytes);
              for (int i = 0; i < count; i++) {
                panels[from + i] =
                    window.slice(i * bytes, bytes).order(ByteOrder.LITTLE_ENDIAN).asIntBuffer();
              }
            }
          }
          return panels;
        });
  }

  /** Whether a panel is of some rows, and as it was written. */
  boolean holds(int panel, long key, IntBuffer codes) {
    if (keys[panel] != key) {
      return false;
    }
    int[] ints = new int[codes.capacity()];
    codes.get(0, ints);
    return crc(bytes(ints)) == checksums[panel];
  }

  /** {@return a panel as it stands in the file} */
  static byte[] bytes(int[] panel) {
    byte[] bytes = new byte[panel.length * Integer.BYTES];
    buffer(bytes).asIntBuffer().put(panel);
    return bytes;
  }

  static int crc(byte[] bytes) {
    return crc(bytes, bytes.length);
  }

  private static ByteBuffer buffer(byte[] bytes) {
    return ByteBuffer.wrap(bytes).order(ByteOrder.LITTLE_ENDIAN);
  }

  private static int crc(byte[] bytes, int length) {
    CRC32C crc = new CRC32C();
    crc.update(bytes, 0, length);
    return (int) crc.getValue();
  }
}
