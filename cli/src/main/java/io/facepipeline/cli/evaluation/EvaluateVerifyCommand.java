package io.facepipeline.cli.evaluation;

import io.facepipeline.PhotoFolder;
import io.facepipeline.cli.output.Counted;
import io.facepipeline.cli.output.Exit;
import io.facepipeline.cli.stages.StageFactory;
import io.facepipeline.cli.stages.StageOptions;
import io.facepipeline.evaluation.verification.FacePair;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** Verification on a folder per person. */
@Command(
    name = "verify",
    mixinStandardHelpOptions = true,
    description = {
      "Verification on your own photos.",
      "Draws equally many pairs of the same person and of different people, and judges them by"
          + " LFW's protocol. Each person is in one fold only."
    })
final class EvaluateVerifyCommand implements Callable<Integer> {
  static final int USUAL_PAIRS = 3000;

  private static final int USUAL_FOLDS = 10;

  private final StageFactory stages;

  @Spec CommandSpec spec;
  @Mixin StageOptions stageOptions = new StageOptions();
  @Mixin EvaluationOptions options = new EvaluationOptions();
  @Mixin VerificationRun run = new VerificationRun();

  @Option(
      names = "--people",
      required = true,
      paramLabel = "DIR",
      description = "The photos, a folder per person.")
  Path people;

  @Option(
      names = "--pairs",
      paramLabel = "N",
      description = "Pairs of each kind (default: 3000, or all if there are fewer).")
  int pairs = USUAL_PAIRS;

  @Option(
      names = "--folds",
      paramLabel = "N",
      description = "Folds (default: 10, or fewer so that each has two people).")
  int folds;

  @Option(
      names = "--seed",
      paramLabel = "N",
      description = "The same seed draws the same pairs (default: 1).")
  long seed = 1;

  @SuppressWarnings("NullAway.Init") // picocli sets the specification and the required options
  EvaluateVerifyCommand(StageFactory stages) {
    this.stages = stages;
  }

  @Override
  public Integer call() {
    return run.call(spec, stages, stageOptions, options, drawn(spec, people, pairs, folds, seed));
  }

  /**
   * Pairs of the people of a folder.
   *
   * @param pairs the most of each kind
   * @param folds how many folds, or 0 for as many as are usual and there are people for
   */
  static List<FacePair> drawn(CommandSpec spec, Path people, int pairs, int folds, long seed) {
    Map<String, List<Path>> photos = PhotoFolder.scan(people).requirePeople();
    int used = folds != 0 ? folds : Math.max(2, Math.min(USUAL_FOLDS, photos.size() / 2));
    if (used < 2 || photos.size() < 2 * used) {
      throw Exit.wrongUsage(
          spec,
          people
              + " has photos of "
              + (photos.size() == 1 ? "1 person" : photos.size() + " people")
              + ", too few for "
              + Counted.of(used, "fold")
              + " of two people each; at least two folds are needed");
    }
    return FacePair.drawn(photos, pairs, used, seed);
  }
}
