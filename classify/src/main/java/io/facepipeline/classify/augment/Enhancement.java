package io.facepipeline.classify.augment;

import io.facepipeline.Image;

/** The changes of light, color and sharpness that RandAugment draws, as Pillow defines them. */
final class Enhancement {
  private static final int CHANNELS = 3;
  private static final int LEVELS = 256;
  private static final int BRIGHTEST = 255;

  /** Of the middle of the smoothing kernel; its eight neighbors weigh 1. */
  private static final int MIDDLE = 5;

  private static final int KERNEL_SUM = 13;

  private Enhancement() {}

  /** Blended with black. */
  static Image brightness(Image image, float factor) {
    return Pixels.mapped(image, (value, channel) -> blended(0, value, factor));
  }

  /** Blended with its gray picture. */
  static Image color(Image image, float factor) {
    byte[] from = image.unsafeRgb();
    byte[] gray = new byte[from.length];
    for (int i = 0; i < from.length; i += CHANNELS) {
      byte luma = (byte) luma(from, i);
      gray[i] = luma;
      gray[i + 1] = luma;
      gray[i + 2] = luma;
    }
    return blended(image, gray, factor);
  }

  /** Blended with its mean gray, rounded. */
  static Image contrast(Image image, float factor) {
    byte[] from = image.unsafeRgb();
    long sum = 0;
    for (int i = 0; i < from.length; i += CHANNELS) {
      sum += luma(from, i);
    }
    int pixels = from.length / CHANNELS;
    int mean = (int) ((double) sum / pixels + 0.5);
    return Pixels.mapped(image, (value, channel) -> blended(mean, value, factor));
  }

  /** Blended with a smoothed picture, whose outermost pixels are as they were. */
  static Image sharpness(Image image, float factor) {
    byte[] from = image.unsafeRgb();
    byte[] smooth = from.clone();
    int row = CHANNELS * image.width();
    for (int y = 1; y < image.height() - 1; y++) {
      for (int x = CHANNELS; x < row - CHANNELS; x++) {
        int at = y * row + x;
        int sum = (MIDDLE - 1) * (from[at] & 0xFF);
        for (int above = -row; above <= row; above += row) {
          for (int left = -CHANNELS; left <= CHANNELS; left += CHANNELS) {
            sum += from[at + above + left] & 0xFF;
          }
        }
        smooth[at] = (byte) Math.round((double) sum / KERNEL_SUM);
      }
    }
    return blended(image, smooth, factor);
  }

  /** Each channel spread from black to white. */
  static Image autoContrast(Image image) {
    int[][] histograms = histograms(image);
    int[][] table = new int[CHANNELS][];
    for (int c = 0; c < CHANNELS; c++) {
      int low = 0;
      int high = BRIGHTEST;
      while (histograms[c][low] == 0) {
        low++;
      }
      while (histograms[c][high] == 0) {
        high--;
      }
      table[c] = identity();
      if (high > low) {
        double scale = (double) BRIGHTEST / (high - low);
        double offset = -low * scale;
        for (int i = 0; i < LEVELS; i++) {
          table[c][i] = (int) (i * scale + offset);
        }
      }
    }
    return Pixels.mapped(image, (value, channel) -> table[channel][value]);
  }

  /** Each channel's histogram made as even as whole levels allow. */
  static Image equalized(Image image) {
    int[][] histograms = histograms(image);
    int[][] table = new int[CHANNELS][];
    for (int c = 0; c < CHANNELS; c++) {
      int[] histogram = histograms[c];
      int last = BRIGHTEST;
      while (histogram[last] == 0) {
        last--;
      }
      int step = (image.width() * image.height() - histogram[last]) / BRIGHTEST;
      table[c] = identity();
      if (step > 0) {
        int below = step / 2;
        for (int i = 0; i < LEVELS; i++) {
          table[c][i] = below / step;
          below += histogram[i];
        }
      }
    }
    return Pixels.mapped(image, (value, channel) -> table[channel][value]);
  }

  private static int[] identity() {
    int[] table = new int[LEVELS];
    for (int i = 0; i < LEVELS; i++) {
      table[i] = i;
    }
    return table;
  }

  private static int[][] histograms(Image image) {
    int[][] histograms = new int[CHANNELS][LEVELS];
    byte[] rgb = image.unsafeRgb();
    for (int i = 0; i < rgb.length; i++) {
      histograms[i % CHANNELS][rgb[i] & 0xFF]++;
    }
    return histograms;
  }

  private static Image blended(Image image, byte[] other, float factor) {
    byte[] from = image.unsafeRgb();
    byte[] to = new byte[from.length];
    for (int i = 0; i < to.length; i++) {
      to[i] = (byte) blended(other[i] & 0xFF, from[i] & 0xFF, factor);
    }
    return Image.unsafeOfRgb(image.width(), image.height(), to);
  }

  /** Cut off, not rounded, in single precision, as Pillow blends. */
  private static int blended(int other, int value, float factor) {
    float blend = other + factor * (value - other);
    return (int) Math.max(0, Math.min(BRIGHTEST, blend));
  }

  /** Gray in 16 bits of fraction (ITU-R BT.601). */
  private static int luma(byte[] rgb, int at) {
    return (19595 * (rgb[at] & 0xFF)
            + 38470 * (rgb[at + 1] & 0xFF)
            + 7471 * (rgb[at + 2] & 0xFF)
            + 0x8000)
        >> 16;
  }
}
