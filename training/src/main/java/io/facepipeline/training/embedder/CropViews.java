package io.facepipeline.training.embedder;

import io.facepipeline.CropSpec;
import io.facepipeline.Image;
import io.facepipeline.classify.augment.Augmentation;
import io.facepipeline.classify.augment.Degradations;
import io.facepipeline.training.run.Draws;
import java.util.List;
import java.util.Optional;
import java.util.SplittableRandom;

/**
 * Makes the views of crops that teacher and student see: mirrored, moved, in other light, worse,
 * and some mixed with another face in a random proportion. Both see the same, or the teacher sees
 * the view before its light and quality are changed and some are masked. Everything follows from
 * the seed, the crop's number and the pass. Thread-safe.
 */
final class CropViews {
  private static final double MIXED = 0.4;

  /** Makes the draws of what only the student sees others than those of where the face is. */
  private static final long WORSE = 0x5DEECE66DL;

  private final CropStore crops;
  private final List<Integer> used;
  private final long seed;
  private final double strength;
  private final Augmentation augmentation;
  private final Optional<Augmentation> worse;

  /**
   * A view.
   *
   * @param seen by the student
   * @param taught what the teacher sees of it
   */
  record View(Image seen, Image taught) {}

  /**
   * Creates it.
   *
   * @param used the crops that may be mixed into another
   */
  CropViews(CropStore crops, List<Integer> used, ViewRecipe recipe, long seed) {
    this.crops = crops;
    this.used = used;
    this.seed = seed;
    strength = recipe.strength();
    Augmentation.Builder moved = Augmentation.builder().seed(seed).mirror().rotation(6).shift(0.03);
    Augmentation.Builder looks =
        recipe.cleanTeacher() ? Augmentation.builder().seed(seed ^ WORSE) : moved;
    looks.brightness(0.3);
    moved.transform("scale", Degradations.scale(0.06));
    looks
        .transform("contrast", sometimes(0.5, Degradations.contrast(0.3)))
        .transform("cast", sometimes(0.4, Degradations.colorCast(0.15)))
        .transform("grey", sometimes(0.1, Degradations.grey()))
        .transform("low", sometimes(0.2, Degradations.lowResolution(4)))
        .transform("blur", sometimes(0.15, Degradations.blur(1.5)))
        .transform("noise", sometimes(0.15, Degradations.noise(12)))
        .transform("jpeg", sometimes(0.2, Degradations.jpeg(0.2)))
        .transform("erasing", sometimes(0.15, Degradations.erasing(0.4)));
    if (recipe.operations() > 0) {
      looks.randAugment(recipe.operations(), recipe.magnitude());
    }
    if (recipe.cleanTeacher()) {
      looks.transform("mask", sometimes(0.2, Degradations.mask()));
    }
    augmentation = moved.build();
    worse = recipe.cleanTeacher() ? Optional.of(looks.build()) : Optional.empty();
  }

  private Augmentation.Transform sometimes(double share, Augmentation.Transform transform) {
    return strength == 0
        ? (crop, random) -> crop
        : Degradations.sometimes(share * strength, transform);
  }

  /** How the crops are cut. */
  CropSpec spec() {
    return crops.spec();
  }

  /** Whether another face is mixed into a view. */
  boolean isMixed(int crop, int pass) {
    return isMixed(Draws.of(seed + pass, crop));
  }

  private boolean isMixed(SplittableRandom random) {
    return random.nextDouble() < MIXED * strength;
  }

  /** A view of a crop. */
  View view(int crop, int pass) {
    Image taught = taught(crop, pass);
    Image seen = worse.map(w -> w.apply(taught, crop, pass, 1, Optional.empty())).orElse(taught);
    return new View(seen, taught);
  }

  private Image taught(int crop, int pass) {
    SplittableRandom random = Draws.of(seed + pass, crop);
    Image own = changed(crop, pass);
    if (!isMixed(random)) {
      return own;
    }
    Image other = changed(used.get(random.nextInt(used.size())), -1 - pass);
    return mixed(own, other, random.nextDouble());
  }

  private Image changed(int crop, int pass) {
    return augmentation.apply(crops.crop(crop), crop, pass, 1, Optional.empty());
  }

  private static Image mixed(Image own, Image other, double share) {
    byte[] a = own.unsafeRgb();
    byte[] b = other.unsafeRgb();
    byte[] to = new byte[a.length];
    for (int i = 0; i < to.length; i++) {
      int x = a[i] & 0xFF;
      to[i] = (byte) Math.round(x + share * ((b[i] & 0xFF) - x));
    }
    return Image.unsafeOfRgb(own.width(), own.height(), to);
  }
}
