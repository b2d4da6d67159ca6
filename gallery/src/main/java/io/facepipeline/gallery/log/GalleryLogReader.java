package io.facepipeline.gallery.log;

import io.facepipeline.gallery.GalleryException;
import io.facepipeline.gallery.GalleryException.Reason;
import io.facepipeline.gallery.GalleryRecovery;
import io.facepipeline.gallery.log.GalleryRecord.Head;
import io.facepipeline.gallery.log.GalleryRecord.Header;
import io.facepipeline.gallery.log.GalleryRecord.RecordType;
import io.facepipeline.gallery.memory.GalleryChange;
import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;
import java.util.zip.CRC32C;
import org.jspecify.annotations.Nullable;

/**
 * Reads a gallery's log, and tells an unfinished end from damage: what stands before the
 * acknowledged end was acknowledged, and so was a stretch that whole records follow. What else
 * follows the last whole record was not.
 */
@SuppressWarnings("ByteBufferBackingArray") // buffer() wraps whole arrays
final class GalleryLogReader implements AutoCloseable {
  private static final int CHUNK = 4 << 20;

  private final Path path;
  private final RandomAccessFile file;
  private final long size;
  private final boolean inPlace;
  private final CRC32C crc = new CRC32C();
  private ByteBuffer buffer;
  private long bufferStart;
  private int bufferLength;
  private float[] vectors = {};

  /**
   * What a log holds.
   *
   * @param head its first record
   * @param end the byte after the last change that is whole
   * @param readTo the byte after the last record that is whole; more than {@code end} if the last
   *     change is not
   * @param size the size of the file
   * @param nextNumber the number of the next record
   * @param records the number of records, the head included
   * @param last the checksum of the header of the record that ends at {@code end}
   * @param lastAt where that record begins
   * @param losses the damaged stretches
   */
  record Result(
      Head head,
      long end,
      long readTo,
      long size,
      long nextNumber,
      long records,
      int last,
      long lastAt,
      List<GalleryRecovery.Loss> losses) {}

  /** A record that is whole. */
  private record Found(Header header, ByteBuffer payload, long position) {}

  /**
   * How far a log was acknowledged.
   *
   * @param length the byte after it
   * @param nextNumber the number of the record that begins there
   * @param last the checksum of the header of the record that ends there
   */
  record Acknowledged(long length, long nextNumber, int last) {
    /** Nothing is known of it. */
    static final Acknowledged UNKNOWN = new Acknowledged(0, 0, 0);

    static Acknowledged of(GalleryEnd.State state) {
      return new Acknowledged(state.length(), state.nextNumber(), state.last());
    }
  }

  /**
   * Opens a log.
   *
   * @param inPlace whether the changes are to say where in the log the vectors are, instead of
   *     bringing them
   */
  GalleryLogReader(Path path, boolean inPlace) throws IOException {
    this.path = path;
    this.inPlace = inPlace;
    this.file = new RandomAccessFile(path.toFile(), "r");
    this.size = file.length();
    this.buffer = buffer((int) Math.max(GalleryRecord.HEADER_BYTES, Math.min(CHUNK, size)));
  }

  /**
   * The first record.
   *
   * @throws GalleryException if it is damaged, or newer than this library
   */
  Head head() throws IOException {
    Found first = find(0, 0, 0);
    Head head =
        first == null || first.header.type() != RecordType.HEAD
            ? null
            : GalleryRecord.decodeHead(first.payload);
    if (head != null && head.version() > GalleryRecord.FORMAT_VERSION) {
      throw new GalleryException(
          Reason.NEWER_FORMAT,
          path,
          "is of version "
              + head.version()
              + " of the gallery format, but this library knows "
              + GalleryRecord.FORMAT_VERSION
              + "; use a newer version of the library");
    }
    if (head == null || head.version() < 1 || head.dimensions() < 1) {
      throw new GalleryException(
          Reason.DAMAGED,
          path,
          "is not the log of a gallery; restore it from a copy, or enroll everyone again");
    }
    return head;
  }

  /**
   * Reads the changes up to a byte.
   *
   * @param sink takes each change; its vectors are overwritten afterwards
   */
  Result read(Head head, long upTo, Acknowledged acknowledged, Consumer<GalleryChange> sink)
      throws IOException {
    long limit = Math.min(upTo, size);
    List<GalleryRecovery.Loss> losses = new ArrayList<>();
    Found first = find(0, 0, 0);
    if (first == null) {
      throw new IOException(path + " changed while it was being read");
    }
    boolean chained = head.version() > 1;
    long position = first.header.bytes();
    Whole whole = new Whole(position, first.header, 0);
    long number = 1;
    long records = 1;
    int before = first.header.headerChecksum();
    boolean agrees = acknowledged.length == 0 || whole.agreesWith(acknowledged);
    while (position < limit) {
      Found found = find(position, head.salt(), number);
      boolean foreign =
          found != null
              && chained
              && found.header.number() == number
              && found.header.before() != before;
      if (position >= acknowledged.length && (foreign || isForeign(position, head, number))) {
        // Another writer, who did not know of the record before, and was told so.
        break;
      }
      GalleryChange change = found == null || foreign ? null : change(found, head);
      long next = position;
      if (found == null || foreign || (change == null && found.header.type() != RecordType.CLOSE)) {
        next = next(position + 8, limit, head, number);
        if (next < 0) {
          break;
        }
        found = find(next, head.salt(), number);
      }
      if (found == null) {
        throw new IOException(path + " changed while it was being read");
      }
      if (next > position || found.header.number() > number) {
        losses.add(new GalleryRecovery.Loss(position, next, number, found.header.number() - 1));
        change = change(found, head);
        whole = whole.at(next);
      }
      if (change != null) {
        sink.accept(change);
      }
      long at = next;
      position = next + found.header.bytes();
      number = found.header.number() + 1;
      before = found.header.headerChecksum();
      records++;
      if (!found.header.continues()) {
        whole = new Whole(position, found.header, at);
        agrees |= whole.agreesWith(acknowledged);
      }
    }
    if (upTo >= size && !agrees && losses.isEmpty()) {
      // It ends too early, or is an older state of the log.
      long from = Math.min(whole.end, acknowledged.length);
      losses.add(
          new GalleryRecovery.Loss(
              from,
              Math.max(size, acknowledged.length),
              Math.min(whole.header.number() + 1, acknowledged.nextNumber),
              Math.max(number, acknowledged.nextNumber) - 1));
    }
    return new Result(
        head,
        whole.end,
        position,
        size,
        number,
        records,
        whole.header.headerChecksum(),
        whole.at,
        losses);
  }

  /** The last record that ends a change, where it begins, and the byte after it. */
  private record Whole(long end, Header header, long at) {
    boolean agreesWith(Acknowledged acknowledged) {
      return end == acknowledged.length
          && header.number() + 1 == acknowledged.nextNumber
          && header.headerChecksum() == acknowledged.last;
    }

    /** The same, where what follows up to a byte is damaged. */
    Whole at(long byteAfter) {
      return new Whole(byteAfter, header, at);
    }
  }

  /** Whether a whole record of this log stands there that has an earlier one's number. */
  private boolean isForeign(long position, Head head, long number) throws IOException {
    Found found = find(position, head.salt(), 0);
    return found != null && found.header.number() < number;
  }

  private @Nullable GalleryChange change(Found found, Head head) {
    GalleryChange change =
        GalleryRecord.decode(
            found.header.type(),
            found.payload,
            head.dimensions(),
            vectors,
            inPlace ? found.position + GalleryRecord.HEADER_BYTES : -1);
    if (change instanceof GalleryChange.Enroll enroll) {
      vectors = enroll.vectors();
    }
    return change;
  }

  /** The next whole record at or after a position, or -1. */
  private long next(long from, long limit, Head head, long number) throws IOException {
    for (long at = from; at < limit; at += 8) {
      Found found = find(at, head.salt(), number);
      if (found != null
          && (found.header.type() == RecordType.CLOSE || change(found, head) != null)) {
        return at;
      }
    }
    return -1;
  }

  /** The record at a position, or null if none that is whole and numbered onwards begins there. */
  private @Nullable Found find(long position, long salt, long number) throws IOException {
    int at = load(position, GalleryRecord.HEADER_BYTES);
    Header header = at < 0 ? null : GalleryRecord.header(buffer, at, salt, crc);
    if (header == null || header.number() < number) {
      return null;
    }
    at = load(position, header.bytes());
    if (at < 0) {
      return null;
    }
    int payload = at + GalleryRecord.HEADER_BYTES;
    crc.reset();
    crc.update(buffer.array(), payload, header.payload());
    return (int) crc.getValue() == header.checksum()
        ? new Found(header, buffer.slice(payload, header.payload()), position)
        : null;
  }

  /** Brings bytes of the file into the buffer, and says where; -1 if the file ends before. */
  private int load(long position, long count) throws IOException {
    if (position + count > size) {
      return -1;
    }
    if (position < bufferStart || position + count > bufferStart + bufferLength) {
      if (count > buffer.capacity()) {
        buffer = buffer((int) count);
      }
      int length = (int) Math.min(buffer.capacity(), size - position);
      file.seek(position);
      bufferLength = 0;
      file.readFully(buffer.array(), 0, length);
      bufferStart = position;
      bufferLength = length;
    }
    return (int) (position - bufferStart);
  }

  private static ByteBuffer buffer(int bytes) {
    return ByteBuffer.wrap(new byte[bytes]).order(ByteOrder.LITTLE_ENDIAN);
  }

  @Override
  public void close() throws IOException {
    file.close();
  }
}
