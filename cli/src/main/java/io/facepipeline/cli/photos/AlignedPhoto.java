package io.facepipeline.cli.photos;

import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What became of a photo whose faces were to be cut, as a line of {@link AlignRecord}.
 *
 * @param image the photo's absolute path, or its name if it is no file
 * @param bytes its size when it was cut
 * @param modified when it was written last, in milliseconds since 1970
 * @param crops the crops, as paths from the folder of crops
 * @param faces how many faces were found
 * @param reason why faces were left out; null if none was
 * @param detail the numbers behind the reason
 */
record AlignedPhoto(
    String image,
    long bytes,
    long modified,
    List<String> crops,
    int faces,
    @Nullable String reason,
    String detail) {
  static final String NO_FACE = "no face";
  static final String SEVERAL = "several faces";
  static final String TOO_SMALL = "too small";
  static final String FAILED = "failed";

  /** Whether nothing was cut. */
  boolean isLeftOut() {
    return crops.isEmpty();
  }
}
