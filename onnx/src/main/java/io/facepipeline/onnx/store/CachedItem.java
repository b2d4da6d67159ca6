package io.facepipeline.onnx.store;

import java.nio.file.Path;
import java.time.Instant;

/**
 * Something that the cache keeps.
 *
 * @param kind what it is
 * @param path its file or folder
 * @param bytes how much room it takes
 * @param lastUsed when it was used or made
 */
public record CachedItem(Kind kind, Path path, long bytes, Instant lastUsed) {
  /** What is kept. */
  public enum Kind {
    /** A file as it was published; it would have to be downloaded again. */
    DOWNLOADED,
    /** A model made from a checkpoint; it is made again when it is wanted. */
    CONVERTED,
    /** Native libraries; they are unpacked again when they are wanted. */
    NATIVE
  }
}
