package io.facepipeline.gallery;

import io.facepipeline.FacePipelineException;
import java.nio.file.Path;
import org.jspecify.annotations.Nullable;

/** A gallery's folder or database cannot be used, or a change could not be saved. */
public final class GalleryException extends FacePipelineException {
  private static final long serialVersionUID = 1;

  private final Reason reason;

  /** What was wrong. */
  public enum Reason {
    /** The folder holds no gallery, and no model was set to create one. */
    NOT_FOUND,
    /** Another process, or this one, has the gallery open. */
    IN_USE,
    /**
     * Another program has taken over the folder, although this gallery was not closed. This gallery
     * makes no further change; acknowledged changes are kept.
     */
    TAKEN_OVER,
    /** The gallery was opened for reading only. */
    READ_ONLY,
    /** The gallery was made with another embedder. */
    OTHER_MODEL,
    /** The gallery was written by a newer version of the library. */
    NEWER_FORMAT,
    /** A saved record is damaged. */
    DAMAGED,
    /** The disk is full or failed; the change was not made. */
    STORAGE,
    /**
     * The database cannot be reached or failed. The change was not made, unless the message says
     * that this is not known.
     */
    UNAVAILABLE,
    /** A file to import is malformed; nothing of it was enrolled. */
    MALFORMED_IMPORT
  }

  /**
   * Creates an exception.
   *
   * @param reason what was wrong
   * @param path the folder or file
   * @param problem what was wrong with it and what to do, to stand after the path
   */
  public GalleryException(Reason reason, Path path, String problem) {
    this(reason, path, problem, null);
  }

  /**
   * Creates an exception.
   *
   * @param reason what was wrong
   * @param path the folder or file
   * @param problem what was wrong with it and what to do, to stand after the path
   * @param cause why; may be null
   */
  public GalleryException(Reason reason, Path path, String problem, @Nullable Throwable cause) {
    this(reason, path.toString(), problem, cause);
  }

  /**
   * Creates an exception.
   *
   * @param reason what was wrong
   * @param place the folder, file or database
   * @param problem what was wrong with it and what to do, to stand after the place
   * @param cause why; may be null
   */
  public GalleryException(Reason reason, String place, String problem, @Nullable Throwable cause) {
    super(place + ": " + problem, cause);
    this.reason = reason;
  }

  /** {@return what was wrong} */
  public Reason reason() {
    return reason;
  }
}
