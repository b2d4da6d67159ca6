package io.facepipeline.training.network;

import io.facepipeline.classify.augment.Augmentation;
import io.facepipeline.classify.augment.Degradations;
import io.facepipeline.onnx.catalog.CatalogEntry;
import io.facepipeline.training.run.Draws;
import java.util.LinkedHashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * What a user decides.
 *
 * @param start what is trained
 * @param look what it looks at
 * @param id what the card calls the model
 * @param attribute what it tells of faces, for the card
 * @param length how long it is trained
 * @param rates how fast
 * @param batch photos of a step
 * @param validation the share of the photos that choose the checkpoint, where no folder is given
 * @param folds how many trainings measure the result, or 0
 * @param changes how photos are changed while they are learned
 * @param balance how classes of few photos are treated
 * @param seed decides all that is left to chance
 */
record Settings(
    Start start,
    Look look,
    String id,
    String attribute,
    Length length,
    Rates rates,
    int batch,
    double validation,
    int folds,
    Changes changes,
    Balance balance,
    long seed) {

  /**
   * How long a network is trained.
   *
   * @param epochs how many epochs, where minutes are not given
   * @param minutes how many minutes all trainings take together, about; or null
   * @param frozen in how many of the epochs, the first ones, only the head is trained
   */
  record Length(int epochs, @Nullable Double minutes, int frozen) {
    @Override
    public String toString() {
      return (minutes == null ? epochs + " epochs" : minutes + " minutes")
          + ", the head alone in "
          + frozen;
    }
  }

  /**
   * How fast a network is trained.
   *
   * @param rate the highest learning rate, of the head where it is trained alone
   * @param wholeRate the highest learning rate of the whole network after that
   * @param smoothing the share of a label's probability that all classes get
   */
  record Rates(double rate, double wholeRate, double smoothing) {}

  /** How photos are changed. Their names are what {@code --augment} takes. */
  enum Augment {
    /** Not at all. */
    NONE,
    /** Moved, turned, scaled, in other light, partly covered. */
    STANDARD,
    /** By two operations of RandAugment's. */
    RAND_AUGMENT
  }

  /**
   * How photos are changed while they are learned.
   *
   * @param augment by what
   * @param mirror whether they are mirrored too
   * @param pairing the share of them that are mixed with another photo
   */
  record Changes(Augment augment, boolean mirror, double pairing) {
    /** {@return what changes a photo, or null} */
    @Nullable Augmentation augmentation(long seed) {
      if (augment == Augment.NONE && !mirror && pairing == 0) {
        return null;
      }
      Augmentation.Builder builder = Augmentation.builder().seed(seed);
      if (mirror) {
        builder.mirror();
      }
      switch (augment) {
        case NONE -> {}
        case STANDARD ->
            builder
                .rotation(10)
                .shift(0.06)
                .brightness(0.2)
                .transform("scale", Degradations.scale(0.1))
                .transform("contrast", Degradations.sometimes(0.5, Degradations.contrast(0.3)))
                .transform("erasing", Degradations.sometimes(0.25, Degradations.erasing(0.4)));
        case RAND_AUGMENT -> builder.randAugment(2, 9);
      }
      if (pairing > 0) {
        builder.samplePairing(pairing);
      }
      return builder.build();
    }
  }

  /** How classes of few photos are treated. Their names are what {@code --balance} takes. */
  enum Balance {
    /** As they are: every photo counts the same. */
    NONE,
    /** Each of their photos counts more. */
    WEIGHTS,
    /** Each of their photos is learned more often. */
    SAMPLING
  }

  /** {@return all that the weights depend on, beside the photos} */
  Map<String, String> recipe() {
    Map<String, String> recipe = new LinkedHashMap<>();
    recipe.put("network", start.network().name());
    recipe.put("from", start.identity());
    recipe.put("look", look.name());
    CatalogEntry.Input input = start.input();
    recipe.put("side", String.valueOf(input.width()));
    recipe.put("crop", input.rule() == null ? "the middle" : input.rule().text());
    String scaling = input.whitened() ? "whitened" : input.mean() + ", " + input.deviation();
    recipe.put("colors", input.colorOrder() + ", " + scaling);
    recipe.put("length", length.toString());
    recipe.put("rates", rates.toString());
    recipe.put("batch", String.valueOf(batch));
    recipe.put("validation", String.valueOf(validation));
    recipe.put("folds", String.valueOf(folds));
    recipe.put("changes", changes.toString());
    recipe.put("balance", balance.name());
    recipe.put("seed", String.valueOf(seed));
    return recipe;
  }

  /** {@return the seed of one of the things left to chance, so that they do not hang together} */
  long seedOf(int purpose) {
    return Draws.of(seed, purpose).nextLong();
  }
}
