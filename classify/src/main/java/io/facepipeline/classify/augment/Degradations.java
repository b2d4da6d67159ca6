package io.facepipeline.classify.augment;

import io.facepipeline.Image;
import io.facepipeline.internal.Resampling;
import java.io.ByteArrayOutputStream;
import java.util.random.RandomGenerator;

/**
 * Transforms that degrade a crop like photos taken badly, in bad light or from afar, or saved too
 * small; for {@link Augmentation.Builder#transform}. Each draws its strength separately for each
 * crop. Thread-safe. A strength out of range causes an {@link IllegalArgumentException}.
 */
public final class Degradations {
  private static final int CHANNELS = 3;
  private static final double BEST_QUALITY = 0.95;

  private Degradations() {}

  /**
   * {@return a transform applied to some of the crops}
   *
   * @param probability the share of the crops, above 0 and up to 1
   * @param transform the transform
   */
  public static Augmentation.Transform sometimes(
      double probability, Augmentation.Transform transform) {
    require("probability", probability, 0, 1);
    return (crop, random) ->
        random.nextDouble() < probability ? transform.apply(crop, random) : crop;
  }

  /**
   * {@return a change of the size of the face in the crop}
   *
   * @param share the largest change, up to 0.9: 0.1 scales by 0.9 to 1.1
   */
  public static Augmentation.Transform scale(double share) {
    require("change of size", share, 0, 0.9);
    return (crop, random) -> Pixels.scaled(crop, 1 + eitherWay(random, share));
  }

  /**
   * {@return more or less contrast around middle gray}
   *
   * @param share the largest change, up to 1: 0.3 multiplies by 0.7 to 1.3
   */
  public static Augmentation.Transform contrast(double share) {
    require("change of contrast", share, 0, 1);
    return (crop, random) -> {
      double factor = 1 + eitherWay(random, share);
      return Pixels.mapped(crop, (value, channel) -> (value - 128) * factor + 128);
    };
  }

  /**
   * {@return a color cast: each channel is brightened or darkened separately}
   *
   * @param share the largest change, up to 1
   */
  public static Augmentation.Transform colorCast(double share) {
    require("color cast", share, 0, 1);
    return (crop, random) -> {
      double[] factors = new double[CHANNELS];
      for (int c = 0; c < CHANNELS; c++) {
        factors[c] = 1 + eitherWay(random, share);
      }
      return Pixels.mapped(crop, (value, channel) -> value * factors[channel]);
    };
  }

  /** {@return the crop in gray (ITU-R BT.601)} */
  public static Augmentation.Transform grey() {
    return (crop, random) -> Pixels.grey(crop);
  }

  /**
   * {@return the crop as if from a smaller photo}
   *
   * @param factor the largest factor, above 1 and up to 100
   */
  public static Augmentation.Transform lowResolution(double factor) {
    require("factor", factor, 1, 100);
    return (crop, random) -> {
      double drawn = 1 + random.nextDouble() * (factor - 1);
      int width = Math.max(1, (int) Math.round(crop.width() / drawn));
      int height = Math.max(1, (int) Math.round(crop.height() / drawn));
      return Pixels.resized(Pixels.resized(crop, width, height), crop.width(), crop.height());
    };
  }

  /**
   * {@return a Gaussian blur}
   *
   * @param sigma the largest standard deviation in pixels, up to 10
   */
  public static Augmentation.Transform blur(double sigma) {
    require("blur", sigma, 0, 10);
    return (crop, random) -> Resampling.blurred(crop, sigma * random.nextDouble());
  }

  /**
   * {@return Gaussian noise}
   *
   * @param sigma the largest standard deviation in levels of 0 to 255, up to 255
   */
  public static Augmentation.Transform noise(double sigma) {
    require("noise", sigma, 0, 255);
    return (crop, random) -> {
      double drawn = sigma * random.nextDouble();
      return Pixels.mapped(crop, (value, channel) -> value + drawn * random.nextGaussian());
    };
  }

  /**
   * {@return the crop after JPEG compression}
   *
   * @param worst the lowest quality, above 0 and up to 0.95
   */
  public static Augmentation.Transform jpeg(double worst) {
    require("quality", worst, 0, BEST_QUALITY);
    return (crop, random) -> {
      double quality = worst + random.nextDouble() * (BEST_QUALITY - worst);
      ByteArrayOutputStream file = new ByteArrayOutputStream();
      crop.writeJpeg(file, (float) quality);
      return Image.read(file.toByteArray());
    };
  }

  /**
   * {@return the crop with a rectangle of noise over a part of it (Zhong et al., "Random erasing
   * data augmentation", 2020)}
   *
   * @param share the largest covered share of each side, above 0 and up to 1
   */
  public static Augmentation.Transform erasing(double share) {
    require("erased share", share, 0, 1);
    return (crop, random) -> {
      int width = 1 + (int) (random.nextDouble() * share * crop.width());
      int height = 1 + (int) (random.nextDouble() * share * crop.height());
      int left = random.nextInt(crop.width() - width + 1);
      int top = random.nextInt(crop.height() - height + 1);
      byte[] rgb = crop.toRgb();
      byte[] row = new byte[CHANNELS * width];
      for (int y = top; y < top + height; y++) {
        random.nextBytes(row);
        System.arraycopy(row, 0, rgb, CHANNELS * (y * crop.width() + left), row.length);
      }
      return Image.unsafeOfRgb(crop.width(), crop.height(), rgb);
    };
  }

  /**
   * {@return the crop with a mask over mouth and chin, in one color, from somewhere between the
   * eyes and the mouth down} The crop must be aligned as most networks want it, with the eyes level
   * in the middle of the width and above the middle of the height (ArcFace's template).
   */
  public static Augmentation.Transform mask() {
    return (crop, random) -> {
      double top = 0.54 + 0.12 * random.nextDouble();
      double narrow = 0.1 + 0.15 * random.nextDouble();
      byte[] color = new byte[CHANNELS];
      random.nextBytes(color);
      return Pixels.masked(crop, top, narrow, color);
    };
  }

  private static void require(String what, double value, double above, double most) {
    if (!(value > above && value <= most)) {
      throw new IllegalArgumentException(
          "the " + what + " must be above " + above + " and at most " + most + ", got " + value);
    }
  }

  private static double eitherWay(RandomGenerator random, double most) {
    return (2 * random.nextDouble() - 1) * most;
  }
}
