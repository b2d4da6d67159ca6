package io.facepipeline.cli.stages;

import io.facepipeline.ModelCard;
import org.jspecify.annotations.Nullable;

/** The thresholds of models that nobody has measured. */
public final class Thresholds {
  private Thresholds() {}

  /** Refuses to compare embeddings of a model without a threshold. */
  public static void require(ModelCard card, @Nullable Float threshold, String embedder) {
    if (threshold == null && card.measured().isEmpty()) {
      throw new IllegalArgumentException(
          "there is no measured threshold for "
              + card.id()
              + "; set one with --threshold T: "
              + howToMeasure(embedder));
    }
  }

  /** How one measures a threshold. */
  public static String howToMeasure(String embedder) {
    return "evaluate verify --people DIR --embedder "
        + embedder
        + " measures it on your photos, a folder per person";
  }
}
