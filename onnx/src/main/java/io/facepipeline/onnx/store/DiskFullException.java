package io.facepipeline.onnx.store;

import io.facepipeline.FacePipelineException;
import io.facepipeline.internal.UserCache;
import java.nio.file.Path;
import org.jspecify.annotations.Nullable;

/** A file that does not fit on the disk. Nothing of it remains there. */
public final class DiskFullException extends FacePipelineException {
  private final long needed;
  private final long free;

  /**
   * Creates an exception.
   *
   * @param file what was to be written
   * @param needed the number of bytes still to write; 0 if unknown
   * @param free the number of free bytes
   * @param cause what the system said, if anything
   */
  public DiskFullException(Path file, long needed, long free, @Nullable Throwable cause) {
    super(
        file
            + " needs "
            + (needed > 0 ? needed : "an unknown number of")
            + " more bytes and "
            + free
            + " are free; free some, or put the cache elsewhere with the environment variable "
            + UserCache.VARIABLE,
        cause);
    this.needed = needed;
    this.free = free;
  }

  /** {@return the number of bytes still to write; 0 if unknown} */
  public long neededBytes() {
    return needed;
  }

  /** {@return the number of free bytes} */
  public long freeBytes() {
    return free;
  }
}
