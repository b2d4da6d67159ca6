package io.facepipeline.classify;

import io.facepipeline.FacePipelineException;
import java.nio.file.Path;
import org.jspecify.annotations.Nullable;

/** A classifier cannot be trained, or its file cannot be read or written. */
public final class ClassifierException extends FacePipelineException {
  private final Reason reason;

  /** What is wrong. */
  public enum Reason {
    /** The given faces or photos are not enough to train it, or more than it can be trained on. */
    UNTRAINABLE,
    /** The file cannot be opened, read or written. */
    IO,
    /** The file is not a classifier of this library. */
    NOT_A_CLASSIFIER,
    /** A newer version of the library wrote the file. */
    NEWER_VERSION,
    /** The file was truncated or changed after it was written. */
    DAMAGED
  }

  private ClassifierException(Reason reason, String message, @Nullable Throwable cause) {
    super(message, cause);
    this.reason = reason;
  }

  /**
   * Creates an exception for a file.
   *
   * @param file the file
   * @param reason what is wrong with it
   * @param message the same in words, to stand after the file's name
   * @param cause why; may be null
   */
  public ClassifierException(Path file, Reason reason, String message, @Nullable Throwable cause) {
    this(reason, file + ": " + message, cause);
  }

  /**
   * {@return an exception for a classifier that cannot be trained}
   *
   * @param message why not, and what to do
   */
  public static ClassifierException untrainable(String message) {
    return new ClassifierException(Reason.UNTRAINABLE, message, null);
  }

  /** {@return what is wrong} */
  public Reason reason() {
    return reason;
  }
}
