package io.facepipeline.classify;

import io.facepipeline.FacePipelineException;
import java.nio.file.Path;
import org.jspecify.annotations.Nullable;

/** A classifier's file cannot be read or written. */
public final class ClassifierFileException extends FacePipelineException {
  private final Reason reason;

  /** What is wrong with the file. */
  public enum Reason {
    /** It cannot be opened, read or written. */
    IO,
    /** It is not a classifier of this library. */
    NOT_A_CLASSIFIER,
    /** A newer version of the library wrote it. */
    NEWER_VERSION,
    /** It was truncated or changed after it was written. */
    DAMAGED
  }

  /**
   * Creates an exception.
   *
   * @param file the file
   * @param reason what is wrong with it
   * @param message the same in words, to stand after the file's name
   * @param cause why; may be null
   */
  public ClassifierFileException(
      Path file, Reason reason, String message, @Nullable Throwable cause) {
    super(file + ": " + message, cause);
    this.reason = reason;
  }

  /** {@return what is wrong with the file} */
  public Reason reason() {
    return reason;
  }
}
