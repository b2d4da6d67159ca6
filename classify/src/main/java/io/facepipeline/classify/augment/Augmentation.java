package io.facepipeline.classify.augment;

import io.facepipeline.Image;
import java.util.List;
import java.util.Optional;
import java.util.SplittableRandom;
import java.util.random.RandomGenerator;

/**
 * Augments the aligned crops that a classifier is trained on. The seed and the photo determine
 * every random draw, so a training can be repeated and resumed. Immutable, thread-safe.
 *
 * <p>A copy is made in this order: mirror, rotation and shift, blur, brightness, custom transforms,
 * sample pairing. Pixels uncovered by a rotation or a shift are filled with the crop's edge.
 */
public final class Augmentation {
  /** Not what the generator itself adds from one number to the next: copies would share numbers. */
  private static final long COPY_STRIDE = 0xD1342543DE82EF95L;

  private final int copies;
  private final long seed;
  private final double pairing;
  private final List<NamedTransform> transforms;

  /** A transform and the text that tells it from others. */
  record NamedTransform(String name, CropTransform transform) {}

  Augmentation(int copies, long seed, double pairing, List<NamedTransform> transforms) {
    this.copies = copies;
    this.seed = seed;
    this.pairing = pairing;
    this.transforms = List.copyOf(transforms);
  }

  /** {@return a builder without any transform} */
  public static AugmentationBuilder builder() {
    return new AugmentationBuilder();
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
  public static AugmentationBuilder standardBuilder() {
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
}
