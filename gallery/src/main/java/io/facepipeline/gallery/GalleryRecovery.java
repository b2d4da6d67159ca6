package io.facepipeline.gallery;

import java.beans.Transient;
import java.util.List;

/**
 * What opening a gallery found. Immutable.
 *
 * @param records how many changes were read
 * @param bytesCut how many bytes at the end of the log do not count: what a process that was killed
 *     had begun to write and not acknowledged; 0 after an orderly end
 * @param leftovers names of files of an interrupted {@link Gallery#compact}, which were deleted
 * @param setAside names of files in the folder in which what could not be read is kept; {@link
 *     Gallery#compact} deletes them
 * @param losses what could not be read any more; only where {@link GalleryBuilder#salvage} was
 *     asked for, since such a gallery is refused otherwise
 */
public record GalleryRecovery(
    long records, long bytesCut, List<String> leftovers, List<String> setAside, List<Loss> losses) {
  /**
   * A damaged stretch of the log.
   *
   * @param fromByte its first byte
   * @param toByte the byte after its last
   * @param firstChange the number of the first change in it
   * @param lastChange the number of the last change in it
   */
  public record Loss(long fromByte, long toByte, long firstChange, long lastChange) {
    @Override
    public String toString() {
      return "bytes "
          + fromByte
          + " to "
          + (toByte - 1)
          + ", which held changes "
          + firstChange
          + " to "
          + lastChange;
    }
  }

  /** Creates a report. */
  public GalleryRecovery {
    leftovers = List.copyOf(leftovers);
    setAside = List.copyOf(setAside);
    losses = List.copyOf(losses);
  }

  /** {@return whether the gallery was closed in good order and read whole} */
  @Transient // told by the other values, so no part of JSON
  public boolean isClean() {
    return bytesCut == 0 && leftovers.isEmpty() && setAside.isEmpty() && losses.isEmpty();
  }

  @Override
  public String toString() {
    StringBuilder text = new StringBuilder(records + " changes read");
    if (bytesCut > 0) {
      text.append("; ").append(bytesCut).append(" bytes of an unfinished write left out");
    }
    if (!leftovers.isEmpty()) {
      text.append("; leftovers deleted: ").append(leftovers);
    }
    if (!setAside.isEmpty()) {
      text.append("; what cannot be read is kept in ").append(setAside);
    }
    losses.forEach(loss -> text.append("; lost: ").append(loss));
    return text.toString();
  }
}
