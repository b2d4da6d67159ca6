package io.facepipeline;

import org.jspecify.annotations.Nullable;

/**
 * A picture that could not be read or written. The message starts with the name of the picture (a
 * path, or a description such as "bytes (1234)") and says what was wrong with it.
 */
public final class ImageException extends FacePipelineException {
  /** The reason why a picture could not be read or written. */
  public enum Reason {
    /** There is no such file, or the path leads to something that is not a file. */
    MISSING,
    /** The file, stream or array holds no bytes. */
    EMPTY,
    /**
     * The bytes are not a picture in a known format, or no codec on the class path reads the
     * format.
     */
    UNSUPPORTED,
    /**
     * The picture has more pixels or more encoded bytes, or needs more work, than {@link
     * ReadOptions} allows, or more memory than available.
     */
    TOO_LARGE,
    /** The bytes break the rules of their format or stop before the picture's end. */
    CORRUPT,
    /** Reading or writing failed, for example because of missing permission or a full disk. */
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
   * @param cause the cause
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
