package io.facepipeline.classify.augment;

import com.google.errorprone.annotations.CanIgnoreReturnValue;
import io.facepipeline.Image;
import io.facepipeline.internal.Resampling;
import io.facepipeline.internal.SetOnce;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.SplittableRandom;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;

/**
 * Augments the aligned crops that a classifier is trained on. The seed and the photo determine
 * every random draw, so a training can be repeated and resumed. Immutable, thread-safe.
 *
 * <p>A copy is made in this order: mirror, rotation and shift, blur, brightness, RandAugment,
 * custom transforms, sample pairing. Pixels uncovered by a rotation or a shift are filled with the
 * crop's edge.
 */
public final class Augmentation {
  /** Not what the generator itself adds from one number to the next: copies would share numbers. */
  private static final long COPY_STRIDE = 0xD1342543DE82EF95L;

  private final int copies;
  private final long seed;
  private final double pairing;
  private final List<NamedTransform> transforms;

  /** A transform and the text that tells it from others. */
  record NamedTransform(String name, Transform transform) {}

  Augmentation(int copies, long seed, double pairing, List<NamedTransform> transforms) {
    this.copies = copies;
    this.seed = seed;
    this.pairing = pairing;
    this.transforms = List.copyOf(transforms);
  }

  /** {@return a builder without any transform} */
  public static Builder builder() {
    return new Builder();
  }

  /**
   * {@return four copies of each crop: mirrored or not, rotated by up to 8 degrees, shifted by up
   * to 4 % of its side, up to 20 % brighter or darker, blurred by up to 1 pixel}
   */
  public static Augmentation standard() {
    return standardBuilder().build();
  }

  /**
   * {@return a builder of the {@link #standard()} augmentation, to which a seed, sample pairing and
   * transforms can be added}
   */
  public static Builder standardBuilder() {
    return builder().mirror().rotation(8).shift(0.04).blur(1).brightness(0.2);
  }

  /** {@return the number of copies of each crop} */
  public int copies() {
    return copies;
  }

  /** {@return whether some copies are mixed with another photo} */
  public boolean mixes() {
    return pairing > 0;
  }

  /**
   * {@return a text that identifies the copies; augmentations with different copies have different
   * texts}
   */
  public String id() {
    StringBuilder id =
        new StringBuilder("draws 2, copies ").append(copies).append(", seed ").append(seed);
    transforms.forEach(t -> id.append(", ").append(t.name()));
    if (pairing > 0) {
      id.append(", sample pairing ").append(pairing);
    }
    return id.toString();
  }

  /** What a copy is made with. */
  private record Draw(boolean paired, int partner, long ownSeed, long partnerSeed) {}

  private Draw draw(long photo, int copy, int photos) {
    SplittableRandom random = new SplittableRandom(seed ^ photo + (copy + 1) * COPY_STRIDE);
    boolean paired = random.nextDouble() < pairing;
    long ownSeed = random.nextLong();
    long partnerSeed = random.nextLong();
    // Last, since how much is drawn for it hangs on the number of photos.
    return new Draw(paired, paired ? random.nextInt(photos) : 0, ownSeed, partnerSeed);
  }

  /**
   * {@return the index of the photo that a copy is mixed with, drawn from the photos of all people;
   * empty if the copy is not mixed}
   *
   * @param photo a number derived from the photo's content
   * @param copy the copy's index, from 0
   * @param photos the number of photos to draw from, at least 1
   */
  public Optional<Integer> partner(long photo, int copy, int photos) {
    Draw draw = draw(photo, copy, photos);
    return draw.paired() ? Optional.of(draw.partner()) : Optional.empty();
  }

  /**
   * Makes a copy.
   *
   * @param crop the aligned crop
   * @param photo a number derived from the photo's content
   * @param copy the copy's index, from 0
   * @param photos the number of photos to draw a partner from
   * @param partner the crop of the drawn {@link #partner}; unused if there is none
   * @return the changed crop, of the same size
   * @throws IllegalArgumentException if a transform changes the size
   */
  public Image apply(Image crop, long photo, int copy, int photos, Optional<Image> partner) {
    Draw draw = draw(photo, copy, photos);
    Image changed = transform(crop, new SplittableRandom(draw.ownSeed()));
    if (!draw.paired() || partner.isEmpty()) {
      return changed;
    }
    return Pixels.mean(changed, transform(partner.get(), new SplittableRandom(draw.partnerSeed())));
  }

  private Image transform(Image crop, RandomGenerator random) {
    Image changed = crop;
    for (NamedTransform t : transforms) {
      changed = t.transform().apply(changed, random);
      if (changed.width() != crop.width() || changed.height() != crop.height()) {
        throw new IllegalArgumentException(
            "the transform "
                + t.name()
                + " made a "
                + changed
                + " from a "
                + crop
                + "; it must keep the size");
      }
    }
    return changed;
  }

  @Override
  public String toString() {
    return id();
  }

  /**
   * Builds an {@link Augmentation}. Each setter refuses a second call and values out of range. Not
   * thread-safe.
   */
  public static final class Builder {
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
    private @Nullable RandAugment drawn;
    private @Nullable Double pairing;
    private final List<NamedTransform> own = new ArrayList<>();

    Builder() {}

    /**
     * Sets the number of copies of each crop; the default is 4.
     *
     * @param copies the number, 1 to 1000
     * @return this
     */
    @CanIgnoreReturnValue
    public Builder copies(int copies) {
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
    public Builder seed(long seed) {
      this.seed = SetOnce.set("seed", this.seed, seed);
      return this;
    }

    /**
     * Mirrors every other copy.
     *
     * @return this
     */
    @CanIgnoreReturnValue
    public Builder mirror() {
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
    public Builder rotation(double degrees) {
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
    public Builder shift(double share) {
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
    public Builder blur(double sigma) {
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
    public Builder brightness(double share) {
      brightness = SetOnce.set("brightness", brightness, within("brightness", share, 1));
      return this;
    }

    /**
     * Applies operations that are drawn for each copy, all of one magnitude: RandAugment (Cubuk et
     * al., "RandAugment: practical automated data augmentation with a reduced search space", 2020).
     * The fourteen operations are torchvision's, and so is what a magnitude does: shears by up to
     * 0.3, shifts by up to 150/331 of the side, rotations by up to 30 degrees, brightness, color,
     * contrast and sharpness by up to 0.9, down to 4 bits, inverted from a threshold on, and
     * automatic contrast, equalization and nothing at all, which have no magnitude.
     *
     * @param operations the number of operations, 1 to 14; 2 is usual
     * @param magnitude the magnitude, 0 to 30; 9 is usual
     * @return this
     */
    @CanIgnoreReturnValue
    public Builder randAugment(int operations, int magnitude) {
      drawn = SetOnce.set("RandAugment", drawn, new RandAugment(operations, magnitude));
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
    public Builder samplePairing(double share) {
      pairing = SetOnce.set("sample pairing", pairing, within("sample pairing", share, 1));
      return this;
    }

    /**
     * Adds a custom transform.
     *
     * @param name a name that includes its parameters, because it is part of the key of cached
     *     copies
     * @param transform the transform
     * @return this
     */
    @CanIgnoreReturnValue
    public Builder transform(String name, Transform transform) {
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
                "blur " + most,
                (crop, random) -> Resampling.blurred(crop, most * random.nextDouble())));
      }
      if (brightness != null) {
        double most = brightness;
        transforms.add(
            new NamedTransform(
                "brightness " + most,
                (crop, random) -> Pixels.brightened(crop, 1 + eitherWay(random, most))));
      }
      if (drawn != null) {
        transforms.add(
            new NamedTransform(
                "RandAugment " + drawn.operations() + " of " + drawn.magnitude(), drawn));
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

  /** Changes a training crop so that the face stays recognizable. Stateless and thread-safe. */
  @FunctionalInterface
  public interface Transform {
    /**
     * Changes a crop.
     *
     * @param crop an aligned crop
     * @param random the only source of randomness; otherwise training cannot be repeated
     * @return a picture of the same size
     */
    Image apply(Image crop, RandomGenerator random);
  }
}
