package io.facepipeline.gallery.log;

import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.file.Path;

/**
 * A place in a log, after some record. All that stands before it in the log is known by it: each
 * record's header has a checksum of its own, of what it holds, and of the header before it.
 *
 * @param salt the log's
 * @param length the bytes before the place
 * @param lastAt where the record begins that ends there
 * @param last the checksum of its header
 */
record LogMark(long salt, long length, long lastAt, int last) {
  /** Whether a log that reaches as far as this holds all that is before another place. */
  boolean follows(LogMark earlier, Path log) throws IOException {
    if (earlier.salt != salt
        || earlier.length > length
        || earlier.lastAt < 0
        || earlier.lastAt > earlier.length - GalleryRecord.HEADER_BYTES) {
      return false;
    }
    byte[] header = new byte[GalleryRecord.HEADER_BYTES];
    try (RandomAccessFile file = new RandomAccessFile(log.toFile(), "r")) {
      file.seek(earlier.lastAt);
      file.readFully(header);
    }
    return GalleryRecord.headerChecksum(header) == earlier.last;
  }
}
