package io.facepipeline.training.detector;

import java.util.SplittableRandom;

/** Other light: brighter or darker, more or less contrast, a cast, without color, in the dark. */
final class ViewColors {
  private static final int CHANNELS = 3;

  /** How many views are in the dark. */
  private static final double DARK = 0.15;

  /** Of the light that is left in the dark. */
  private static final double LEAST_LIGHT = 0.12;

  /** Of the noise there, in levels. */
  private static final double MOST_NOISE = 5;

  private ViewColors() {}

  /** Changes a view's colors, or leaves them. */
  static void change(byte[] rgb, SplittableRandom random) {
    double kind = random.nextDouble();
    if (kind < DARK) {
      darken(rgb, random);
    } else if (kind < 0.8) {
      recolor(rgb, random);
    }
  }

  private static void darken(byte[] rgb, SplittableRandom random) {
    double light = Math.exp(random.nextDouble(Math.log(LEAST_LIGHT), Math.log(0.6)));
    double noise = random.nextDouble(MOST_NOISE);
    for (int at = 0; at < rgb.length; at++) {
      // Uniform noise of this width deviates by noise.
      double changed =
          light * (rgb[at] & 0xff) + noise * Math.sqrt(3) * (2 * random.nextDouble() - 1);
      rgb[at] = (byte) Math.max(0, Math.min(255, Math.round(changed)));
    }
  }

  private static void recolor(byte[] rgb, SplittableRandom random) {
    if (random.nextInt(4) == 0) {
      return;
    }
    boolean grey = random.nextInt(8) == 0;
    double contrast = Math.exp(random.nextDouble(-0.4, 0.3));
    double brightness = random.nextDouble(-35, 35);
    byte[][] tables = new byte[CHANNELS][256];
    for (byte[] table : tables) {
      double gain = contrast * (grey ? 1 : Math.exp(random.nextDouble(-0.1, 0.1)));
      for (int value = 0; value < table.length; value++) {
        double changed = 127.5 + (value - 127.5) * gain + brightness;
        table[value] = (byte) Math.max(0, Math.min(255, Math.round(changed)));
      }
    }
    for (int at = 0; at < rgb.length; at += CHANNELS) {
      if (grey) {
        int luma =
            (299 * (rgb[at] & 0xff) + 587 * (rgb[at + 1] & 0xff) + 114 * (rgb[at + 2] & 0xff))
                / 1000;
        rgb[at] = rgb[at + 1] = rgb[at + 2] = tables[0][luma];
      } else {
        for (int c = 0; c < CHANNELS; c++) {
          rgb[at + c] = tables[c][rgb[at + c] & 0xff];
        }
      }
    }
  }
}
