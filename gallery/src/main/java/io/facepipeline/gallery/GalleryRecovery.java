package io.facepipeline.gallery;

import java.beans.Transient;
import java.util.List;

/**
 * The report of opening a gallery. Immutable.
 *
 * @param records the number of changes read
 * @param bytesCut the number of bytes cut off the end of the log: an unacknowledged write of a
 *     killed process; 0 after an orderly end
 * @param leftovers names of deleted files of an interrupted {@link Gallery#compact}
 * @param setAside names of files in the folder that keep unreadable data; {@link Gallery#compact}
 *     deletes them
 * @param losses the unreadable parts; only after {@link GalleryBuilder#salvage}, because otherwise
 *     opening fails
 */
public record GalleryRecovery(
    long records, long bytesCut, List<String> leftovers, List<String> setAside, List<Loss> losses) {
  /**
   * A damaged part of the log.
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
      text.append("; unreadable data is kept in ").append(setAside);
    }
    losses.forEach(loss -> text.append("; lost: ").append(loss));
    return text.toString();
  }
}
