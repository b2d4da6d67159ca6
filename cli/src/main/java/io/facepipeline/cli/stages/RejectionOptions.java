package io.facepipeline.cli.stages;

import io.facepipeline.classify.ClassifierTrainer;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;

/** How strangers are told from the people that a classifier is trained for. */
public final class RejectionOptions {
  @Option(
      names = "--far",
      paramLabel = "RATE",
      description =
          "How often a stranger may be named (default: 0.01, or the lowest rate that the photos can"
              + " show).")
  public @Nullable Double falseAcceptRate;

  @Option(names = "--closed-set", description = "Name everyone; reject nobody.")
  public boolean closedSet;

  /** Tells a trainer. */
  public void apply(ClassifierTrainer trainer) {
    if (closedSet) {
      trainer.closedSet();
    }
    if (falseAcceptRate != null) {
      trainer.falseAcceptRate(falseAcceptRate);
    }
  }
}
