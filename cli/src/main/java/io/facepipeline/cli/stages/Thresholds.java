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
          "nobody has measured at which similarity faces of "
              + card.id()
              + " are the same person; give one with --threshold T: "
              + howToMeasure(embedder));
    }
  }

  /** How one measures a threshold. */
  public static String howToMeasure(String embedder) {
    return "evaluate verify --people DIR --embedder "
        + embedder
        + " measures it on photos of yours, a folder per person";
  }
}
