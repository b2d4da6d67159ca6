package io.facepipeline.onnx.store;

import java.nio.file.Path;
import java.time.Instant;

/**
 * An item in the cache.
 *
 * @param kind its kind
 * @param path its file or folder
 * @param bytes its size
 * @param lastUsed when it was last used or created
 */
public record CachedItem(Kind kind, Path path, long bytes, Instant lastUsed) {
  /** The kind of an item. */
  public enum Kind {
    /** A published file; it can be downloaded again. */
    DOWNLOADED,
    /** A converted checkpoint; it is converted again when needed. */
    CONVERTED,
    /** Native libraries; they are unpacked again when needed. */
    NATIVE
  }
}
