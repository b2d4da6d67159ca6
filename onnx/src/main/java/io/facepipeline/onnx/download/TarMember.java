package io.facepipeline.onnx.download;

import io.facepipeline.onnx.store.ModelStoreException;
import io.facepipeline.onnx.store.ModelStoreException.Reason;
import java.io.BufferedInputStream;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.zip.GZIPInputStream;
import java.util.zip.ZipException;
import org.jspecify.annotations.Nullable;

/**
 * One file of a gzipped tar archive (POSIX ustar, and the long names of pax), read without writing
 * any other.
 */
public final class TarMember {
  private static final int BLOCK = 512;
  private static final int NAME = 100;
  private static final int SIZE_AT = 124;
  private static final int SIZE = 12;
  private static final int TYPE_AT = 156;
  private static final int PREFIX_AT = 345;
  private static final int PREFIX = 155;
  private static final int LONGEST_HEADER = 1 << 20;

  private final Path archive;
  private final String name;

  public TarMember(Path archive, String name) {
    this.archive = archive;
    this.name = name;
  }

  /**
   * Copies the file's bytes.
   *
   * @param most the largest number of bytes that it may have
   * @throws ModelStoreException if the archive does not hold it, or is damaged
   */
  public void copyTo(Path target, long most) throws IOException {
    try (InputStream file = Files.newInputStream(archive);
        InputStream in = new GZIPInputStream(new BufferedInputStream(file, 1 << 16))) {
      String longName = "";
      for (byte[] header = block(in); header[0] != 0; header = block(in)) {
        long size = size(header);
        char type = (char) header[TYPE_AT];
        if (type == 'x') {
          longName = longName(in.readNBytes((int) within(size, LONGEST_HEADER)));
          in.skipNBytes(padding(size));
          continue;
        }
        String found = longName.isEmpty() ? name(header) : longName;
        longName = "";
        if (found.equals(name) && (type == '0' || type == 0)) {
          copy(in, within(size, most), target);
          return;
        }
        in.skipNBytes(size + padding(size));
      }
    } catch (EOFException | ZipException e) {
      throw damaged("it ends early or is no gzipped tar archive: " + e.getMessage(), e);
    }
    throw damaged("it holds no file " + name, null);
  }

  private static void copy(InputStream in, long size, Path target) throws IOException {
    try (OutputStream out = Files.newOutputStream(target)) {
      byte[] buffer = new byte[1 << 16];
      for (long left = size; left > 0; ) {
        int got = in.readNBytes(buffer, 0, (int) Math.min(left, buffer.length));
        if (got == 0) {
          throw new EOFException("it has " + left + " bytes too few");
        }
        out.write(buffer, 0, got);
        left -= got;
      }
    }
  }

  private static byte[] block(InputStream in) throws IOException {
    byte[] block = in.readNBytes(BLOCK);
    if (block.length < BLOCK) {
      throw new EOFException("a header is cut off");
    }
    return block;
  }

  private static long padding(long size) {
    return (BLOCK - size % BLOCK) % BLOCK;
  }

  private long within(long size, long most) {
    if (size > most) {
      throw damaged("a file of it has " + size + " bytes where at most " + most + " may be", null);
    }
    return size;
  }

  private long size(byte[] header) {
    String digits = text(header, SIZE_AT, SIZE).strip();
    if (!digits.matches("[0-7]{1,12}")) {
      throw damaged("the size of a file in it is \"" + digits + "\"", null);
    }
    return Long.parseLong(digits, 8);
  }

  private static String name(byte[] header) {
    String prefix = text(header, PREFIX_AT, PREFIX);
    String last = text(header, 0, NAME);
    return prefix.isEmpty() ? last : prefix + "/" + last;
  }

  private static String text(byte[] header, int at, int most) {
    int end = at;
    while (end < at + most && header[end] != 0) {
      end++;
    }
    return new String(Arrays.copyOfRange(header, at, end), StandardCharsets.UTF_8);
  }

  /** The path in the records {@code LENGTH KEY=VALUE} of a pax header; empty if there is none. */
  private static String longName(byte[] records) {
    String text = new String(records, StandardCharsets.UTF_8);
    return text.lines()
        .map(line -> line.substring(line.indexOf(' ') + 1))
        .filter(record -> record.startsWith("path="))
        .map(record -> record.substring("path=".length()))
        .findFirst()
        .orElse("");
  }

  private ModelStoreException damaged(String what, @Nullable Throwable cause) {
    return new ModelStoreException(
        Reason.INTEGRITY, "the archive " + archive + " cannot be used: " + what, cause);
  }
}
