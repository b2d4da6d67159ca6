package io.facepipeline.onnx.download;

import io.facepipeline.ProgressListener;
import java.net.URI;
import java.nio.file.Path;

/**
 * A download to be done.
 *
 * @param from its address
 * @param target where the file goes
 * @param size its size in bytes; 0 where it is not known
 * @param progress told the bytes that have arrived, the bytes there are (-1 where nobody knows) and
 *     the file's name
 */
public record Transfer(URI from, Path target, long size, ProgressListener progress) {
  /** No checkpoint that this library reads is larger. */
  private static final long MAX_UNKNOWN = 8L << 30;

  long limit() {
    return limit(size);
  }

  /** The largest number of bytes that a file of a size, 0 where it is not known, may have. */
  public static long limit(long size) {
    return size > 0 ? size : MAX_UNKNOWN;
  }

  String name() {
    return String.valueOf(target.getFileName());
  }

  Path folder() {
    Path folder = target.toAbsolutePath().getParent();
    return folder == null ? target.toAbsolutePath() : folder;
  }

  void report(long done, long total) {
    progress.progress(done, total, name());
  }
}
