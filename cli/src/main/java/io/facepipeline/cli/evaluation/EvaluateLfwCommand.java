package io.facepipeline.cli.evaluation;

import io.facepipeline.cli.stages.StageFactory;
import io.facepipeline.cli.stages.StageOptions;
import io.facepipeline.evaluation.verification.FacePair;
import java.nio.file.Path;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** Verification by a list of pairs in LFW's format. */
@Command(
    name = "lfw",
    mixinStandardHelpOptions = true,
    description = {
      "Verification by LFW's protocol, on whole photos.",
      "Each fold is judged with the threshold that is best on the others; a photo without a face"
          + " makes its pairs wrong. The smallest face is 60 pixels by default (40 for FaceNet)."
    })
final class EvaluateLfwCommand implements Callable<Integer> {
  private final StageFactory stages;

  @Spec CommandSpec spec;
  @Mixin StageOptions stageOptions = new StageOptions();
  @Mixin EvaluationOptions options = new EvaluationOptions();
  @Mixin VerificationRun run = new VerificationRun();

  @Option(
      names = "--images",
      required = true,
      paramLabel = "DIR",
      description = "The photos, a folder per person.")
  Path images;

  @Option(
      names = "--pairs",
      required = true,
      paramLabel = "FILE",
      description = "The pairs, in LFW's format with any number of folds.")
  Path pairs;

  @SuppressWarnings("NullAway.Init") // picocli sets the specification and the required options
  EvaluateLfwCommand(StageFactory stages) {
    this.stages = stages;
  }

  @Override
  public Integer call() {
    return run.call(
        spec,
        stages,
        stageOptions,
        options,
        VerificationRun.requireFolds(spec, FacePair.lfw(pairs, images), pairs));
  }
}
