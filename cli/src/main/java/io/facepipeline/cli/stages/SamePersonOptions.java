package io.facepipeline.cli.stages;

import io.facepipeline.FaceSelection;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;

/** Which face of a photo is compared, and how alike two must be. */
public final class SamePersonOptions {
  @Option(
      names = "--threshold",
      paramLabel = "T",
      description = "Lowest cosine similarity of the same person (default: the model's card).")
  @Nullable Float threshold;

  @Option(
      names = "--select",
      paramLabel = "WHICH",
      description =
          "The face to use if there are several: ${COMPLETION-CANDIDATES} (default: dominant, the"
              + " largest if all others are far smaller).")
  Select select = Select.dominant;

  /** The threshold that was given, if any. */
  public @Nullable Float threshold() {
    return threshold;
  }

  /** The choice among the faces of a photo. */
  public FaceSelection selection() {
    return select.selection();
  }
}
