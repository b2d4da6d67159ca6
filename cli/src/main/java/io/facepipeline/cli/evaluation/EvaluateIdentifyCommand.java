package io.facepipeline.cli.evaluation;

import io.facepipeline.cli.output.Exit;
import io.facepipeline.cli.output.Reports;
import io.facepipeline.cli.stages.Select;
import io.facepipeline.cli.stages.StageFactory;
import io.facepipeline.cli.stages.StageOptions;
import io.facepipeline.evaluation.identification.IdentificationReport;
import io.facepipeline.evaluation.plot.Plots;
import java.util.Map;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** Identification on folders per person. */
@Command(
    name = "identify",
    mixinStandardHelpOptions = true,
    description = {
      "Identification: trains on some photos and names others.",
      "Use --train and --test, or --people, which is split at random. People without a training"
          + " photo are strangers, who must be rejected. The closed-set ranks and the open-set"
          + " rates use similarity, whatever the classifier."
    })
final class EvaluateIdentifyCommand implements Callable<Integer> {
  private final StageFactory stages;

  @Spec CommandSpec spec;
  @Mixin StageOptions stageOptions = new StageOptions();
  @Mixin EvaluationOptions options = new EvaluationOptions();
  @Mixin SplitOptions splits = new SplitOptions();
  @Mixin TrainerOptions training = new TrainerOptions();

  @Option(
      names = "--select",
      paramLabel = "WHICH",
      description =
          "The face to use if there are several: ${COMPLETION-CANDIDATES} (default: largest).")
  Select select = Select.largest;

  @SuppressWarnings("NullAway.Init") // picocli sets the specification
  EvaluateIdentifyCommand(StageFactory stages) {
    this.stages = stages;
  }

  @Override
  public Integer call() {
    training.check(spec);
    IdentificationReport.Split split = splits.require(spec);
    try (EvaluationStages opened =
        EvaluationStages.open(stages, stageOptions, select, crop -> stageOptions.minFace())) {
      IdentificationRun.Result result =
          IdentificationRun.of(spec, opened, options, split, training);
      Map<String, @Nullable Object> values = result.values();
      spec.commandLine()
          .getOut()
          .printf(
              "%s: %s of %s named correctly, %s rejected, %s without a face%n",
              training.classifier,
              values.get("correct"),
              values.get("tested"),
              values.get("rejected"),
              values.get("withoutFace"));
      options.write(spec, result.report().table(), values, result.report().probeTable());
      if (options.plots != null && !result.report().probes().isEmpty()) {
        Plots.cumulativeMatch(
            Map.of(opened.card().id(), result.report()),
            Reports.folder(options.plots).resolve("cmc.png"));
      }
      return Exit.code(EvaluationOptions.allDone(result.photos()));
    }
  }
}
