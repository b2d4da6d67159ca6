package io.facepipeline.image;

import io.facepipeline.Image;

/** How a camera was held, as Exif numbers it, and the turning of pixels that undoes it. */
public final class ExifOrientation {
  static final int UPRIGHT = 1;

  private ExifOrientation() {}

  /**
   * Reads the orientation out of an Exif block. A damaged block counts as upright: viewers do the
   * same, and a broken thumbnail entry should not cost the picture.
   */
  public static int of(ByteView exif) {
    TiffDirectory directory = TiffDirectory.parse(exif);
    return directory == null ? UPRIGHT : directory.orientation();
  }

  /** Turns stored pixels upright. */
  public static Image apply(byte[] rgb, int width, int height, int orientation) {
    if (orientation == UPRIGHT) {
      return Image.unsafeOfRgb(width, height, rgb);
    }
    boolean transposed = orientation >= 5;
    int outWidth = transposed ? height : width;
    int outHeight = transposed ? width : height;
    // The stored position of the upright pixel (x, y) is first + x * perX + y * perY.
    boolean fromRight =
        orientation == 2 || orientation == 3 || orientation == 7 || orientation == 8;
    boolean fromBottom =
        orientation == 3 || orientation == 4 || orientation == 6 || orientation == 7;
    int column = fromRight ? -3 : 3;
    int row = fromBottom ? -3 * width : 3 * width;
    int first = (fromRight ? 3 * (width - 1) : 0) + (fromBottom ? 3 * width * (height - 1) : 0);
    int perX = transposed ? row : column;
    int perY = transposed ? column : row;
    byte[] out = new byte[rgb.length];
    int to = 0;
    for (int y = 0; y < outHeight; y++) {
      int from = first + y * perY;
      for (int x = 0; x < outWidth; x++, from += perX, to += 3) {
        out[to] = rgb[from];
        out[to + 1] = rgb[from + 1];
        out[to + 2] = rgb[from + 2];
      }
    }
    return Image.unsafeOfRgb(outWidth, outHeight, out);
  }
}
