package io.facepipeline;

import org.jspecify.annotations.Nullable;

/**
 * A picture that could not be read or written. The message starts with the name of the picture (a
 * path, or a description such as "bytes (1234)") and says what was wrong with it.
 */
public final class ImageException extends FacePipelineException {
  /** Why a picture could not be read or written. */
  public enum Reason {
    /** There is no such file, or the path leads to something that is not a file. */
    MISSING,
    /** The file, stream or array holds no bytes. */
    EMPTY,
    /**
     * The bytes are no picture in a format that is known here, or in one that no codec on the class
     * path reads.
     */
    UNSUPPORTED,
    /**
     * The picture has more pixels or more encoded bytes, or asks for more work, than {@link
     * ReadOptions} allows, or takes more memory than there is.
     */
    TOO_LARGE,
    /** The bytes break the rules of their format or stop before the picture's end. */
    CORRUPT,
    /** Reading or writing the bytes failed, for example for want of permission or of disk space. */
    IO
  }

  private final String source;
  private final Reason reason;

  /**
   * Creates an exception; for codecs.
   *
   * @param source the name of the picture
   * @param reason why it could not be read or written
   * @param problem what was wrong, the value, and what to do
   */
  public ImageException(String source, Reason reason, String problem) {
    this(source, reason, problem, null);
  }

  /**
   * Creates an exception with its cause; for codecs.
   *
   * @param source the name of the picture
   * @param reason why it could not be read or written
   * @param problem what was wrong, the value, and what to do
   * @param cause what led to it
   */
  public ImageException(String source, Reason reason, String problem, @Nullable Throwable cause) {
    super(source + ": " + problem, cause);
    this.source = source;
    this.reason = reason;
  }

  /**
   * Returns the name of the picture.
   *
   * @return a path or a description
   */
  public String source() {
    return source;
  }

  /**
   * Returns why the picture could not be read or written.
   *
   * @return the reason
   */
  public Reason reason() {
    return reason;
  }
}
