package io.facepipeline.classify.augment;

import io.facepipeline.Image;
import java.util.random.RandomGenerator;

/**
 * Some of fourteen operations, drawn for each crop, all of one magnitude (Cubuk et al.,
 * "RandAugment: practical automated data augmentation with a reduced search space", 2020). The
 * operations and what a magnitude means for each are torchvision's; those that have two directions
 * take either. As everywhere in this package, geometry is sampled bilinearly, and the crop's edge
 * goes on outside.
 *
 * @param operations how many operations follow one another, 1 to 14
 * @param magnitude how strong they are, 0 to 30
 */
record RandAugment(int operations, int magnitude) implements Augmentation.Transform {
  static final int STRONGEST = 30;
  private static final Operation[] ALL = Operation.values();
  private static final double MOST_SHEAR = 0.3;
  private static final double MOST_SHIFT = 150.0 / 331;
  private static final double MOST_DEGREES = 30;
  private static final double MOST_ENHANCED = 0.9;
  private static final int BITS = 8;
  private static final int MOST_BITS_LOST = 4;
  private static final int BRIGHTEST = 255;

  RandAugment {
    if (operations < 1 || operations > ALL.length) {
      throw new IllegalArgumentException(
          "RandAugment applies 1 to " + ALL.length + " operations, got " + operations);
    }
    if (magnitude < 0 || magnitude > STRONGEST) {
      throw new IllegalArgumentException(
          "the magnitude of RandAugment must be from 0 to " + STRONGEST + ", got " + magnitude);
    }
  }

  @Override
  public Image apply(Image crop, RandomGenerator random) {
    Image changed = crop;
    for (int i = 0; i < operations; i++) {
      Operation operation = ALL[random.nextInt(ALL.length)];
      int sign = random.nextBoolean() ? 1 : -1;
      changed = operation.apply(changed, sign * magnitude / (double) STRONGEST);
    }
    return changed;
  }

  /** What is drawn from. */
  enum Operation {
    IDENTITY,
    SHEAR_X,
    SHEAR_Y,
    TRANSLATE_X,
    TRANSLATE_Y,
    ROTATE,
    BRIGHTNESS,
    COLOR,
    CONTRAST,
    SHARPNESS,
    POSTERIZE,
    SOLARIZE,
    AUTO_CONTRAST,
    EQUALIZE;

    /**
     * {@return the changed crop}
     *
     * @param level the share of the strongest magnitude, from -1 to 1; only operations with two
     *     directions heed its sign
     */
    Image apply(Image crop, double level) {
      float factor = (float) (1 + MOST_ENHANCED * level);
      return switch (this) {
        case IDENTITY -> crop;
        case SHEAR_X -> Pixels.sheared(crop, MOST_SHEAR * level, 0);
        case SHEAR_Y -> Pixels.sheared(crop, 0, MOST_SHEAR * level);
        case TRANSLATE_X -> Pixels.moved(crop, 0, (int) (MOST_SHIFT * crop.width() * level), 0);
        case TRANSLATE_Y -> Pixels.moved(crop, 0, 0, (int) (MOST_SHIFT * crop.height() * level));
        case ROTATE -> Pixels.moved(crop, -Math.toRadians(MOST_DEGREES * level), 0, 0);
        case BRIGHTNESS -> Enhancement.brightness(crop, factor);
        case COLOR -> Enhancement.color(crop, factor);
        case CONTRAST -> Enhancement.contrast(crop, factor);
        case SHARPNESS -> Enhancement.sharpness(crop, factor);
        case POSTERIZE -> {
          int lost = (int) Math.rint(MOST_BITS_LOST * Math.abs(level));
          int mask = (1 << BITS) - (1 << lost);
          yield Pixels.mapped(crop, (value, channel) -> value & mask);
        }
        case SOLARIZE -> {
          double threshold = BRIGHTEST * (1 - Math.abs(level));
          yield Pixels.mapped(
              crop, (value, channel) -> value < threshold ? value : BRIGHTEST - value);
        }
        case AUTO_CONTRAST -> Enhancement.autoContrast(crop);
        case EQUALIZE -> Enhancement.equalized(crop);
      };
    }
  }
}
