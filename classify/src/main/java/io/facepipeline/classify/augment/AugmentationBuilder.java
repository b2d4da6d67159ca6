package io.facepipeline.classify.augment;

import com.google.errorprone.annotations.CanIgnoreReturnValue;
import io.facepipeline.classify.augment.Augmentation.NamedTransform;
import io.facepipeline.internal.SetOnce;
import java.util.ArrayList;
import java.util.List;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;

/**
 * Builds an {@link Augmentation}. Each setter refuses a second call and values out of range. Not
 * thread-safe.
 */
public final class AugmentationBuilder {
  private static final int DEFAULT_COPIES = 4;
  private static final int MAX_COPIES = 1000;
  private static final double MAX_ROTATION = 45;
  private static final double MAX_SHIFT = 0.5;
  private static final double MAX_BLUR = 10;

  private @Nullable Integer copies;
  private @Nullable Long seed;
  private @Nullable Boolean mirror;
  private @Nullable Double rotation;
  private @Nullable Double shift;
  private @Nullable Double blur;
  private @Nullable Double brightness;
  private @Nullable Double pairing;
  private final List<NamedTransform> own = new ArrayList<>();

  AugmentationBuilder() {}

  /**
   * Sets the number of copies of each crop; the default is 4.
   *
   * @param copies the number, 1 to 1000
   * @return this
   */
  @CanIgnoreReturnValue
  public AugmentationBuilder copies(int copies) {
    if (copies < 1 || copies > MAX_COPIES) {
      throw new IllegalArgumentException(
          "the number of copies must be between 1 and " + MAX_COPIES + ", got " + copies);
    }
    this.copies = SetOnce.set("number of copies", this.copies, copies);
    return this;
  }

  /**
   * Sets the seed of all random draws; the default is 1.
   *
   * @param seed the seed
   * @return this
   */
  @CanIgnoreReturnValue
  public AugmentationBuilder seed(long seed) {
    this.seed = SetOnce.set("seed", this.seed, seed);
    return this;
  }

  /**
   * Mirrors every other copy.
   *
   * @return this
   */
  @CanIgnoreReturnValue
  public AugmentationBuilder mirror() {
    mirror = SetOnce.set("mirror", mirror, true);
    return this;
  }

  /**
   * Rotates copies about their center.
   *
   * @param degrees the largest angle in either direction, up to 45
   * @return this
   */
  @CanIgnoreReturnValue
  public AugmentationBuilder rotation(double degrees) {
    rotation = SetOnce.set("rotation", rotation, within("rotation", degrees, MAX_ROTATION));
    return this;
  }

  /**
   * Shifts copies.
   *
   * @param share the largest shift in either direction as a share of the crop's side, up to 0.5
   * @return this
   */
  @CanIgnoreReturnValue
  public AugmentationBuilder shift(double share) {
    shift = SetOnce.set("shift", shift, within("shift", share, MAX_SHIFT));
    return this;
  }

  /**
   * Blurs copies with a Gaussian.
   *
   * @param sigma the largest standard deviation in pixels, up to 10
   * @return this
   */
  @CanIgnoreReturnValue
  public AugmentationBuilder blur(double sigma) {
    blur = SetOnce.set("blur", blur, within("blur", sigma, MAX_BLUR));
    return this;
  }

  /**
   * Makes copies brighter or darker.
   *
   * @param share the largest change: 0.2 multiplies by 0.8 to 1.2; up to 1
   * @return this
   */
  @CanIgnoreReturnValue
  public AugmentationBuilder brightness(double share) {
    brightness = SetOnce.set("brightness", brightness, within("brightness", share, 1));
    return this;
  }

  /**
   * Mixes copies half and half with the crop of another photo, of any person, and keeps the label
   * (Inoue, "Data augmentation by pairing samples for images classification", 2018).
   *
   * @param share how many of the copies are mixed, above 0 and up to 1
   * @return this
   */
  @CanIgnoreReturnValue
  public AugmentationBuilder samplePairing(double share) {
    pairing = SetOnce.set("sample pairing", pairing, within("sample pairing", share, 1));
    return this;
  }

  /**
   * Adds a custom transform.
   *
   * @param name a name that includes its parameters, because it is part of the key of cached copies
   * @param transform the transform
   * @return this
   */
  @CanIgnoreReturnValue
  public AugmentationBuilder transform(String name, CropTransform transform) {
    if (name.isBlank() || own.stream().anyMatch(t -> t.name().equals(name))) {
      throw new IllegalArgumentException(
          "a transform needs a distinct name that is not blank, got \"" + name + "\"");
    }
    own.add(new NamedTransform(name, transform));
    return this;
  }

  /**
   * {@return the augmentation}
   *
   * @throws IllegalArgumentException if nothing would be changed
   */
  public Augmentation build() {
    List<NamedTransform> transforms = new ArrayList<>();
    if (mirror != null) {
      transforms.add(
          new NamedTransform(
              "mirror", (crop, random) -> random.nextBoolean() ? crop.mirrored() : crop));
    }
    if (rotation != null || shift != null) {
      double degrees = rotation == null ? 0 : rotation;
      double share = shift == null ? 0 : shift;
      transforms.add(
          new NamedTransform(
              "rotation " + degrees + ", shift " + share,
              (crop, random) ->
                  Pixels.moved(
                      crop,
                      Math.toRadians(eitherWay(random, degrees)),
                      eitherWay(random, share * crop.width()),
                      eitherWay(random, share * crop.height()))));
    }
    if (blur != null) {
      double most = blur;
      transforms.add(
          new NamedTransform(
              "blur " + most, (crop, random) -> Pixels.blurred(crop, most * random.nextDouble())));
    }
    if (brightness != null) {
      double most = brightness;
      transforms.add(
          new NamedTransform(
              "brightness " + most,
              (crop, random) -> Pixels.brightened(crop, 1 + eitherWay(random, most))));
    }
    transforms.addAll(own);
    if (transforms.isEmpty() && pairing == null) {
      throw new IllegalArgumentException(
          "the augmentation changes nothing; choose mirror(), rotation(...) or another");
    }
    return new Augmentation(
        copies == null ? DEFAULT_COPIES : copies,
        seed == null ? 1 : seed,
        pairing == null ? 0 : pairing,
        transforms);
  }

  private static double eitherWay(RandomGenerator random, double most) {
    return (2 * random.nextDouble() - 1) * most;
  }

  private static double within(String what, double value, double most) {
    if (!(value > 0 && value <= most)) {
      throw new IllegalArgumentException(
          "the " + what + " must be above 0 and at most " + most + ", got " + value);
    }
    return value;
  }
}
