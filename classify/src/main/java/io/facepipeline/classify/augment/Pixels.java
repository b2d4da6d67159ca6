package io.facepipeline.classify.augment;

import io.facepipeline.Image;

/** The changes of pixels that augmentation is made of. */
final class Pixels {
  private static final int CHANNELS = 3;
  private static final double SMALLEST_SIGMA = 0.05;

  private Pixels() {}

  /** Turned about the center and shifted, sampled bilinearly; the edge goes on outside. */
  static Image moved(Image image, double radians, double right, double down) {
    double cos = Math.cos(radians);
    double sin = Math.sin(radians);
    double cx = (image.width() - 1) / 2.0;
    double cy = (image.height() - 1) / 2.0;
    double left = cx - cos * (cx + right) - sin * (cy + down);
    double top = cy + sin * (cx + right) - cos * (cy + down);
    return sampled(
        image, image.width(), image.height(), new Sampling(cos, sin, left, -sin, cos, top));
  }

  /** Slanted about its upper left corner, sampled bilinearly; the edge goes on outside. */
  static Image sheared(Image image, double alongX, double alongY) {
    // Whole numbers are the pixels' centers, half a pixel from the corner.
    return sampled(
        image,
        image.width(),
        image.height(),
        new Sampling(1, alongX, alongX / 2, alongY, 1, alongY / 2));
  }

  /** Blurred by a Gaussian, along the rows and then along the columns. */
  static Image blurred(Image image, double sigma) {
    if (sigma < SMALLEST_SIGMA) {
      return image;
    }
    int radius = (int) Math.ceil(3 * sigma);
    double[] kernel = new double[2 * radius + 1];
    double sum = 0;
    for (int i = 0; i < kernel.length; i++) {
      double d = (i - radius) / sigma;
      kernel[i] = Math.exp(-d * d / 2);
      sum += kernel[i];
    }
    for (int i = 0; i < kernel.length; i++) {
      kernel[i] /= sum;
    }
    int width = image.width();
    int height = image.height();
    byte[] pixels = image.unsafeRgb();
    double[] rows = new double[pixels.length];
    byte[] to = new byte[pixels.length];
    for (int y = 0; y < height; y++) {
      for (int x = 0; x < width; x++) {
        for (int c = 0; c < CHANNELS; c++) {
          double value = 0;
          for (int k = -radius; k <= radius; k++) {
            int near = Math.max(0, Math.min(width - 1, x + k));
            value += kernel[k + radius] * at(pixels, width, near, y, c);
          }
          rows[(y * width + x) * CHANNELS + c] = value;
        }
      }
    }
    for (int y = 0; y < height; y++) {
      for (int x = 0; x < width; x++) {
        for (int c = 0; c < CHANNELS; c++) {
          double value = 0;
          for (int k = -radius; k <= radius; k++) {
            int near = Math.max(0, Math.min(height - 1, y + k));
            value += kernel[k + radius] * rows[(near * width + x) * CHANNELS + c];
          }
          to[(y * width + x) * CHANNELS + c] = toByte(value);
        }
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
    return sampled(
        image,
        image.width(),
        image.height(),
        new Sampling(step, 0, cx - cx * step, 0, step, cy - cy * step));
  }

  /** Of another size, sampled bilinearly at the pixels' centers. */
  static Image resized(Image image, int width, int height) {
    double stepX = (double) image.width() / width;
    double stepY = (double) image.height() / height;
    return sampled(
        image, width, height, new Sampling(stepX, 0, (stepX - 1) / 2, 0, stepY, (stepY - 1) / 2));
  }

  /** Where a pixel (x, y) comes from: ({@code xx x + xy y + x0}, {@code yx x + yy y + y0}). */
  private record Sampling(double xx, double xy, double x0, double yx, double yy, double y0) {}

  /** Sampled bilinearly; the edge goes on outside. */
  private static Image sampled(Image image, int width, int height, Sampling where) {
    byte[] from = image.unsafeRgb();
    byte[] to = new byte[width * height * CHANNELS];
    for (int y = 0; y < height; y++) {
      for (int x = 0; x < width; x++) {
        double sx = clamp(where.xx * x + where.xy * y + where.x0, image.width() - 1);
        double sy = clamp(where.yx * x + where.yy * y + where.y0, image.height() - 1);
        int x0 = (int) sx;
        int y0 = (int) sy;
        int x1 = Math.min(x0 + 1, image.width() - 1);
        int y1 = Math.min(y0 + 1, image.height() - 1);
        for (int c = 0; c < CHANNELS; c++) {
          double upper =
              mix(at(from, image.width(), x0, y0, c), at(from, image.width(), x1, y0, c), sx - x0);
          double lower =
              mix(at(from, image.width(), x0, y1, c), at(from, image.width(), x1, y1, c), sx - x0);
          to[(y * width + x) * CHANNELS + c] = toByte(mix(upper, lower, sy - y0));
        }
      }
    }
    return Image.unsafeOfRgb(width, height, to);
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

  private static int at(byte[] pixels, int width, int x, int y, int channel) {
    return pixels[(y * width + x) * CHANNELS + channel] & 0xFF;
  }

  private static double mix(double a, double b, double share) {
    return a + (b - a) * share;
  }

  private static double clamp(double value, double most) {
    return Math.max(0, Math.min(most, value));
  }

  private static byte toByte(double value) {
    return (byte) Math.max(0, Math.min(255, Math.round(value)));
  }
}
