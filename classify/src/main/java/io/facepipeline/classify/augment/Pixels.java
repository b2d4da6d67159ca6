package io.facepipeline.classify.augment;

import io.facepipeline.Image;

/** The changes of pixels that augmentation is made of. */
final class Pixels {
  private static final int CHANNELS = 3;
  private static final double SMALLEST_SIGMA = 0.05;

  private Pixels() {}

  /** Turned about the centre and shifted, sampled bilinearly; the edge goes on outside. */
  static Image moved(Image image, double radians, double right, double down) {
    int width = image.width();
    int height = image.height();
    byte[] from = image.unsafeRgb();
    byte[] to = new byte[from.length];
    double cos = Math.cos(radians);
    double sin = Math.sin(radians);
    double cx = (width - 1) / 2.0;
    double cy = (height - 1) / 2.0;
    for (int y = 0; y < height; y++) {
      for (int x = 0; x < width; x++) {
        double dx = x - cx - right;
        double dy = y - cy - down;
        double sx = clamp(cos * dx + sin * dy + cx, width - 1);
        double sy = clamp(-sin * dx + cos * dy + cy, height - 1);
        int x0 = (int) sx;
        int y0 = (int) sy;
        int x1 = Math.min(x0 + 1, width - 1);
        int y1 = Math.min(y0 + 1, height - 1);
        double fx = sx - x0;
        double fy = sy - y0;
        for (int c = 0; c < CHANNELS; c++) {
          double top = mix(at(from, width, x0, y0, c), at(from, width, x1, y0, c), fx);
          double bottom = mix(at(from, width, x0, y1, c), at(from, width, x1, y1, c), fx);
          to[(y * width + x) * CHANNELS + c] = toByte(mix(top, bottom, fy));
        }
      }
    }
    return Image.ofRgb(width, height, to);
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
    return Image.ofRgb(width, height, to);
  }

  static Image brightened(Image image, double factor) {
    byte[] from = image.unsafeRgb();
    byte[] to = new byte[from.length];
    for (int i = 0; i < to.length; i++) {
      to[i] = toByte((from[i] & 0xFF) * factor);
    }
    return Image.ofRgb(image.width(), image.height(), to);
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
    return Image.ofRgb(a.width(), a.height(), to);
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
