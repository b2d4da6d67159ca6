package io.facepipeline.internal;

import io.facepipeline.Image;

/** Images whose pixels come from elsewhere in another, or from around. */
public final class Resampling {
  private static final int CHANNELS = 3;
  private static final double SMALLEST_SIGMA = 0.05;

  private Resampling() {}

  /** Where the pixels of an image come from. */
  public interface Source {
    /**
     * {@return the column, which may lie between pixels or outside}
     *
     * @param x the pixel's column
     * @param y the pixel's row
     */
    double x(int x, int y);

    /**
     * {@return the row}
     *
     * @param x the pixel's column
     * @param y the pixel's row
     */
    double y(int x, int y);
  }

  /**
   * {@return an image sampled bilinearly; the edge goes on outside}
   *
   * @param image what is sampled
   * @param width the new image's
   * @param height the new image's
   * @param where its pixels come from
   */
  public static Image bilinear(Image image, int width, int height, Source where) {
    byte[] from = image.unsafeRgb();
    byte[] to = new byte[width * height * CHANNELS];
    for (int y = 0; y < height; y++) {
      for (int x = 0; x < width; x++) {
        double sx = clamp(where.x(x, y), image.width() - 1);
        double sy = clamp(where.y(x, y), image.height() - 1);
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

  /**
   * {@return an image blurred by a Gaussian, along the rows and then along the columns}
   *
   * @param image the image
   * @param sigma the standard deviation in pixels; next to nothing leaves the image as it is
   */
  public static Image blurred(Image image, double sigma) {
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
