package io.facepipeline.image;

import java.util.LinkedHashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * The first directory of a TIFF structure, which is what TIFF files and Exif blocks are made of.
 * Entries whose values lie outside of the bytes are kept but have no values.
 */
final class TiffDirectory {
  static final int ORIENTATION = 274;

  /** Bytes of one value, by TIFF field type; 0 for types that don't exist. */
  private static final int[] TYPE_BYTES = {0, 1, 1, 2, 4, 8, 1, 1, 2, 4, 8, 4, 8, 4};

  private static final long[] NONE = {};

  private final ByteView view;
  private final Map<Integer, Entry> entries;
  private final long claimedBytes;

  private record Entry(int type, long count, long offset) {}

  private TiffDirectory(ByteView view, Map<Integer, Entry> entries, long claimedBytes) {
    this.view = view;
    this.entries = entries;
    this.claimedBytes = claimedBytes;
  }

  /**
   * Returns the first directory, or null if the bytes don't start with a TIFF header that leads to
   * one.
   */
  static @Nullable TiffDirectory parse(ByteView bytes) {
    boolean little = bytes.matches(0, "II");
    if (!little && !bytes.matches(0, "MM")) {
      return null;
    }
    ByteView view = bytes.withOrder(little);
    if (!view.has(0, 8) || view.u16(2) != 42) {
      return null;
    }
    long directory = view.u32(4);
    if (!view.has(directory, 2)) {
      return null;
    }
    int count = view.u16(directory);
    Map<Integer, Entry> entries = new LinkedHashMap<>();
    long claimed = 0;
    for (int i = 0; i < count; i++) {
      long at = directory + 2 + 12L * i;
      if (!view.has(at, 12)) {
        break;
      }
      int type = view.u16(at + 2);
      long values = view.u32(at + 4);
      claimed += values * bytesOf(type);
      boolean inline = values * bytesOf(type) <= 4;
      entries.putIfAbsent(
          view.u16(at), new Entry(type, values, inline ? at + 8 : view.u32(at + 8)));
    }
    return new TiffDirectory(view, entries, claimed);
  }

  /** How many bytes the values of all entries claim together, those of repeated ones too. */
  long claimedBytes() {
    return claimedBytes;
  }

  private static int bytesOf(int type) {
    return type < TYPE_BYTES.length ? TYPE_BYTES[type] : 0;
  }

  /**
   * Returns an entry whose values claim more bytes than there are, or -1 if every entry is
   * plausible.
   */
  int oversizedTag() {
    for (Map.Entry<Integer, Entry> entry : entries.entrySet()) {
      Entry e = entry.getValue();
      if (e.count * Math.max(1, bytesOf(e.type)) > view.length()) {
        return entry.getKey();
      }
    }
    return -1;
  }

  /**
   * Returns the unsigned integers of an entry; none if it is absent, of another type, or out of
   * bounds.
   */
  long[] values(int tag) {
    Entry entry = entries.get(tag);
    if (entry == null
        || (entry.type != 1 && entry.type != 3 && entry.type != 4)
        || !view.has(entry.offset, entry.count * bytesOf(entry.type))) {
      return NONE;
    }
    int size = bytesOf(entry.type);
    long[] values = new long[(int) entry.count];
    for (int i = 0; i < values.length; i++) {
      long at = entry.offset + (long) i * size;
      values[i] = size == 1 ? view.u8(at) : size == 2 ? view.u16(at) : view.u32(at);
    }
    return values;
  }

  long value(int tag, long otherwise) {
    long[] values = values(tag);
    return values.length == 0 ? otherwise : values[0];
  }

  /** Returns the orientation, 1 to 8; 1 where there is none or a value that means nothing. */
  int orientation() {
    long value = value(ORIENTATION, 1);
    return value >= 1 && value <= 8 ? (int) value : 1;
  }
}
