package io.facepipeline.classify;

import java.nio.file.Path;

/**
 * A note to the user about a training photo or another file in its folder.
 *
 * @param file the file
 * @param reason the reason
 * @param used whether the photo is still used
 * @param detail the details as text
 */
public record PhotoNote(Path file, Reason reason, boolean used, String detail) {
  /** The reason of a note. */
  public enum Reason {
    /** The file is not a picture. */
    NOT_A_PHOTO,
    /**
     * The file or folder is hidden or belongs to the system ({@link io.facepipeline.PhotoFolder}).
     */
    HIDDEN,
    /** The photo is not in a person's folder. */
    OF_NOBODY,
    /** The file or folder cannot be read, or a face in it cannot be cut. */
    UNREADABLE,
    /** No face was found. */
    NO_FACE,
    /** Several faces were found. */
    SEVERAL_FACES,
    /** The same file or folder occurred before. */
    DUPLICATE
  }

  @Override
  public String toString() {
    return file + (used ? ": used, but " : ": not used: ") + detail;
  }
}
