package io.facepipeline.classify.augment;

import io.facepipeline.Image;
import io.facepipeline.internal.Resampling;

/** The changes of pixels that augmentation is made of. */
final class Pixels {
  private static final int CHANNELS = 3;

  /** How far below its top a mask is as wide as it gets, as a share of the height. */
  private static final double MASK_SLOPE = 0.12;

  private Pixels() {}

  /** Turned about the center and shifted, sampled bilinearly; the edge goes on outside. */
  static Image moved(Image image, double radians, double right, double down) {
    double cos = Math.cos(radians);
    double sin = Math.sin(radians);
    double cx = (image.width() - 1) / 2.0;
    double cy = (image.height() - 1) / 2.0;
    double left = cx - cos * (cx + right) - sin * (cy + down);
    double top = cy + sin * (cx + right) - cos * (cy + down);
    return Resampling.bilinear(
        image, image.width(), image.height(), new Affine(cos, sin, left, -sin, cos, top));
  }

  /** Slanted about its upper left corner, sampled bilinearly; the edge goes on outside. */
  static Image sheared(Image image, double alongX, double alongY) {
    // Whole numbers are the pixels' centers, half a pixel from the corner.
    return Resampling.bilinear(
        image,
        image.width(),
        image.height(),
        new Affine(1, alongX, alongX / 2, alongY, 1, alongY / 2));
  }

  /**
   * Covered in one color from a height down: by a point in the middle of the width at the top,
   * which soon widens, as a mask does below the nose's bridge.
   *
   * @param top where it begins, as a share of the height
   * @param margin what it leaves free on either side, as a share of the width
   */
  static Image masked(Image image, double top, double margin, byte[] color) {
    int width = image.width();
    int height = image.height();
    byte[] to = image.toRgb();
    double middle = width / 2.0;
    for (int y = (int) Math.ceil(top * height); y < height; y++) {
      double below = (y + 0.5) / height - top;
      double half = Math.min(1, below / MASK_SLOPE) * (middle - margin * width);
      int last = (int) Math.round(middle + half);
      for (int x = (int) Math.round(middle - half); x < last; x++) {
        System.arraycopy(color, 0, to, CHANNELS * (y * width + x), CHANNELS);
      }
    }
    return Image.unsafeOfRgb(width, height, to);
  }

  static Image brightened(Image image, double factor) {
    return mapped(image, (value, channel) -> value * factor);
  }

  /** What becomes of one number of a pixel. */
  @FunctionalInterface
  interface Mapping {
    double apply(int value, int channel);
  }

  static Image mapped(Image image, Mapping mapping) {
    byte[] from = image.unsafeRgb();
    byte[] to = new byte[from.length];
    int channel = 0;
    for (int i = 0; i < to.length; i++) {
      to[i] = toByte(mapping.apply(from[i] & 0xFF, channel));
      channel = channel == CHANNELS - 1 ? 0 : channel + 1;
    }
    return Image.unsafeOfRgb(image.width(), image.height(), to);
  }

  static Image grey(Image image) {
    byte[] from = image.unsafeRgb();
    byte[] to = new byte[from.length];
    for (int i = 0; i < to.length; i += CHANNELS) {
      double luma =
          0.299 * (from[i] & 0xFF) + 0.587 * (from[i + 1] & 0xFF) + 0.114 * (from[i + 2] & 0xFF);
      to[i] = toByte(luma);
      to[i + 1] = to[i];
      to[i + 2] = to[i];
    }
    return Image.unsafeOfRgb(image.width(), image.height(), to);
  }

  /** Scaled about the center, sampled bilinearly; the edge goes on outside. */
  static Image scaled(Image image, double factor) {
    double cx = (image.width() - 1) / 2.0;
    double cy = (image.height() - 1) / 2.0;
    double step = 1 / factor;
    return Resampling.bilinear(
        image,
        image.width(),
        image.height(),
        new Affine(step, 0, cx - cx * step, 0, step, cy - cy * step));
  }

  /** Of another size, sampled bilinearly at the pixels' centers. */
  static Image resized(Image image, int width, int height) {
    double stepX = (double) image.width() / width;
    double stepY = (double) image.height() / height;
    return Resampling.bilinear(
        image, width, height, new Affine(stepX, 0, (stepX - 1) / 2, 0, stepY, (stepY - 1) / 2));
  }

  /** Where a pixel (x, y) comes from: ({@code xx x + xy y + x0}, {@code yx x + yy y + y0}). */
  private record Affine(double xx, double xy, double x0, double yx, double yy, double y0)
      implements Resampling.Source {
    @Override
    public double x(int x, int y) {
      return xx * x + xy * y + x0;
    }

    @Override
    public double y(int x, int y) {
      return yx * x + yy * y + y0;
    }
  }

  /** Half and half; of images of one size. */
  static Image mean(Image a, Image b) {
    if (a.width() != b.width() || a.height() != b.height()) {
      throw new IllegalArgumentException("cannot mix a " + a + " with a " + b);
    }
    byte[] x = a.unsafeRgb();
    byte[] y = b.unsafeRgb();
    byte[] to = new byte[x.length];
    for (int i = 0; i < to.length; i++) {
      to[i] = (byte) (((x[i] & 0xFF) + (y[i] & 0xFF) + 1) / 2);
    }
    return Image.unsafeOfRgb(a.width(), a.height(), to);
  }

  private static byte toByte(double value) {
    return (byte) Math.max(0, Math.min(255, Math.round(value)));
  }
}
