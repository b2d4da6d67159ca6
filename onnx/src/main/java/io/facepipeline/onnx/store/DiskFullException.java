package io.facepipeline.onnx.store;

import io.facepipeline.FacePipelineException;
import io.facepipeline.internal.UserCache;
import java.nio.file.Path;
import org.jspecify.annotations.Nullable;

/** A file that does not fit on the disk. Nothing of it is left there. */
public final class DiskFullException extends FacePipelineException {
  private final long needed;
  private final long free;

  DiskFullException(Path file, long needed, long free, @Nullable Throwable cause) {
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

  /** {@return how many bytes were still to be written; 0 where the origin did not tell} */
  public long neededBytes() {
    return needed;
  }

  /** {@return how many bytes were free} */
  public long freeBytes() {
    return free;
  }
}
