package io.facepipeline.image;

import io.facepipeline.ImageException;
import org.jspecify.annotations.Nullable;

/** What is said of pictures that cannot be read. */
public final class PictureFailures {
  private PictureFailures() {}

  public static ImageException outOfMemory(String source, Throwable cause) {
    return new ImageException(
        source,
        ImageException.Reason.TOO_LARGE,
        "needs more memory than this JVM has; raise -Xmx or lower ReadOptions.maxPixels: " + cause,
        cause);
  }

  public static ImageException cut(String source, String format, @Nullable Throwable cause) {
    return new ImageException(
        source,
        ImageException.Reason.CORRUPT,
        format
            + " ends before its last pixel: the file is truncated or damaged; ReadOptions.lenient"
            + " returns the readable part",
        cause);
  }

  public static ImageException corrupt(String source, String problem) {
    return new ImageException(source, ImageException.Reason.CORRUPT, problem);
  }

  public static ImageException unsupported(String source, String problem) {
    return new ImageException(source, ImageException.Reason.UNSUPPORTED, problem);
  }
}
