package io.facepipeline.classify;

import java.nio.file.Path;

/**
 * Something about a training photo, or another file in its folder, that the user should know.
 *
 * @param file the file
 * @param reason what it is about
 * @param used whether the photo is trained on all the same
 * @param detail more of it, in words
 */
public record PhotoNote(Path file, Reason reason, boolean used, String detail) {
  /** What a note is about. */
  public enum Reason {
    /** The file is no picture. */
    NOT_A_PHOTO,
    /** The file or folder is hidden or the system's ({@link io.facepipeline.PhotoFolder}). */
    HIDDEN,
    /** The photo lies in no person's folder. */
    OF_NOBODY,
    /** The file or folder cannot be read, or a face in it cannot be cut. */
    UNREADABLE,
    /** No face was found. */
    NO_FACE,
    /** Several faces were found. */
    SEVERAL_FACES,
    /** The same file or folder was there before. */
    DUPLICATE
  }

  @Override
  public String toString() {
    return file + (used ? ": used, but " : ": not used: ") + detail;
  }
}
