package io.facepipeline.training.embedder;

import picocli.CommandLine.Option;

/** The options that say how views are made and drawn. */
final class ViewOptions {
  @Option(
      names = "--passes",
      paramLabel = "N",
      defaultValue = "8",
      description = "augmented views of each crop; default: ${DEFAULT-VALUE}")
  private int passes;

  @Option(
      names = "--strength",
      paramLabel = "X",
      defaultValue = "1",
      description =
          "how often views are degraded or mixed with another face, 0 (never) to 1; a second,"
              + " weaker run --from the first one brings the model closer to the teacher; default:"
              + " ${DEFAULT-VALUE}")
  private double strength;

  @Option(
      names = "--rand-augment",
      paramLabel = "N",
      defaultValue = "0",
      description =
          "apply N operations to each view that RandAugment (Cubuk et al. 2020) draws from its"
              + " fourteen, usually 2; default: ${DEFAULT-VALUE}, none")
  private int operations;

  @Option(
      names = "--magnitude",
      paramLabel = "N",
      defaultValue = "9",
      description = "how strong RandAugment's operations are, 0 to 30; default: ${DEFAULT-VALUE}")
  private int magnitude;

  @Option(
      names = "--min-photos",
      paramLabel = "N",
      defaultValue = "1",
      description = "leave out people with fewer photos; default: ${DEFAULT-VALUE}, nobody")
  private int leastPhotos;

  @Option(
      names = "--balanced",
      description =
          "draw every person as often as any other, however many photos there are of each, as"
              + " face.evoLVe does; photos without a name count as a person each")
  private boolean balanced;

  @Option(
      names = "--whiten",
      description =
          "scale each view by its own mean and deviation, as facenet's prewhiten does, instead of"
              + " (x - 127.5) / 128; the model's card says so, and it does the same wherever it"
              + " runs")
  private boolean whitened;

  @Option(
      names = "--clean-teacher",
      description =
          "show the teacher each view before its light and quality are changed, and mask the lower"
              + " face of some: the student learns to embed a bad view as the teacher does a good"
              + " one")
  private boolean cleanTeacher;

  boolean cleanTeacher() {
    return cleanTeacher;
  }

  ViewRecipe recipe() {
    return new ViewRecipe(
        passes, strength, operations, magnitude, leastPhotos, balanced, whitened, cleanTeacher);
  }
}
