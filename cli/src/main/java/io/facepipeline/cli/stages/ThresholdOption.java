package io.facepipeline.cli.stages;

import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;

/** How alike a face must be to a person to get their name. */
public final class ThresholdOption {
  @Option(
      names = "--threshold",
      paramLabel = "T",
      description = "Lowest cosine similarity of a known person (default: the model's card).")
  @Nullable Float cosine;

  /** What was given, if anything. */
  public @Nullable Float cosine() {
    return cosine;
  }
}
