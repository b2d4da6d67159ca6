package io.facepipeline.cli.evaluation;

import io.facepipeline.FacePipelineException;
import io.facepipeline.cli.output.Exit;
import io.facepipeline.cli.output.Reports;
import io.facepipeline.cli.stages.Select;
import io.facepipeline.cli.stages.StageFactory;
import io.facepipeline.cli.stages.StageOptions;
import io.facepipeline.evaluation.EvaluationRun;
import io.facepipeline.evaluation.Table;
import io.facepipeline.evaluation.detection.DetectionReport;
import io.facepipeline.evaluation.identification.IdentificationReport;
import io.facepipeline.evaluation.plot.Plots;
import io.facepipeline.evaluation.verification.FacePair;
import io.facepipeline.evaluation.verification.RocCurve;
import io.facepipeline.evaluation.verification.VerificationReport;
import java.io.PrintWriter;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** Every evaluation whose photos are given, with every model at hand. */
@Command(
    name = "report",
    mixinStandardHelpOptions = true,
    description = {
      "Runs the evaluations whose photos are given.",
      "Uses every model whose weights are found, plain and mirrored, and writes the figures as"
          + " Markdown tables."
    })
final class EvaluateReportCommand implements Callable<Integer> {
  private final StageFactory stages;

  @Spec CommandSpec spec;
  @Mixin StageOptions stageOptions = new StageOptions();
  @Mixin EvaluationOptions options = new EvaluationOptions();
  @Mixin SplitOptions splits = new SplitOptions();

  @Option(
      names = "--lfw-images",
      paramLabel = "DIR",
      description = "LFW's photos, a folder per person.")
  @Nullable Path lfwImages;

  @Option(names = "--lfw-pairs", paramLabel = "FILE", description = "LFW's pairs.")
  @Nullable Path lfwPairs;

  @Option(
      names = "--detection-images",
      paramLabel = "DIR",
      description = "Photos with annotated faces.")
  @Nullable Path detectionImages;

  @Option(
      names = "--truth",
      paramLabel = "FILE",
      description = "The annotated faces of these photos.")
  @Nullable Path truth;

  private final List<Map<String, @Nullable Object>> values = new ArrayList<>();
  private final StringBuilder markdown = new StringBuilder();
  private boolean allDone = true;

  @SuppressWarnings("NullAway.Init") // picocli sets the specification
  EvaluateReportCommand(StageFactory stages) {
    this.stages = stages;
  }

  @Override
  public Integer call() {
    requireTogether("--lfw-images", lfwImages, "--lfw-pairs", lfwPairs);
    requireTogether("--detection-images", detectionImages, "--truth", truth);
    if (options.csv != null) {
      throw Exit.wrongUsage(spec, "a report has no rows of one kind for --csv; use --json");
    }
    List<String> models = stages.embeddersAtHand(stageOptions);
    if (models.isEmpty()) {
      throw new FacePipelineException(
          "no weights of a catalog model were found; name their folder with --models");
    }
    if (lfwImages != null && lfwPairs != null) {
      verification(
          models, VerificationRun.requireFolds(spec, FacePair.lfw(lfwPairs, lfwImages), lfwPairs));
    }
    if (detectionImages != null && truth != null) {
      detection(detectionImages, truth);
    }
    splits
        .given(spec)
        .ifPresent(
            split ->
                identification(
                    models, "Identification, " + splits.train + " and " + splits.test, split));
    splits
        .drawn()
        .ifPresent(split -> identification(models, "Identification, " + splits.people, split));
    if (values.isEmpty()) {
      throw Exit.wrongUsage(spec, "give the photos of at least one evaluation; see --help");
    }
    if (options.json != null) {
      Reports.writeJson(options.json, Map.of("results", values));
    }
    if (options.markdown != null) {
      Reports.write(options.markdown, markdown.toString());
    }
    return Exit.code(allDone);
  }

  private void verification(List<String> models, List<FacePair> pairs) {
    List<List<String>> rows = new ArrayList<>();
    Map<String, RocCurve> curves = new LinkedHashMap<>();
    for (String model : models) {
      for (boolean mirror : new boolean[] {false, true}) {
        StageOptions own = stageOptions.copy(model, mirror);
        try (EvaluationStages opened =
            EvaluationStages.open(stages, own, Select.center, EvaluationStages::lfwMinFace)) {
          VerificationRun.Result result = VerificationRun.evaluate(spec, opened, options, pairs);
          add("verification", result.values(), result.photos());
          rows.add(row(model, own, result.report()));
          curves.put(model + (mirror ? ", mirrored too" : ""), result.report().roc());
        }
      }
    }
    table(
        "Verification",
        new Table(
            List.of(
                "model",
                "mirrored too",
                "smallest face",
                "accuracy ± deviation of folds",
                "95 % interval",
                "100 % - EER",
                "TAR at FAR 1e-2",
                "TAR at FAR 1e-3",
                "pairs without a face"),
            rows));
    if (options.plots != null) {
      Plots.roc(curves, Reports.folder(options.plots).resolve("roc.png"));
    }
  }

  private static List<String> row(String model, StageOptions own, VerificationReport report) {
    return List.of(
        "`" + model + "`",
        own.mirror ? "yes" : "no",
        own.minFace() + " px",
        percent(report.accuracy().mean())
            + String.format(Locale.ROOT, " ± %.2f", 100 * report.accuracy().deviation()),
        percent(report.accuracyInterval().lower())
            + " to "
            + percent(report.accuracyInterval().upper()),
        percent(1 - report.roc().equalErrorRate()),
        percent(report.roc().atFalseAcceptRate(1e-2).trueAcceptRate()),
        percent(report.roc().atFalseAcceptRate(1e-3).trueAcceptRate()),
        report.withoutFace() + " of " + report.pairs().size());
  }

  private void detection(Path images, Path annotations) {
    EvaluateDetectionCommand.Result result =
        EvaluateDetectionCommand.evaluate(
            spec,
            stages,
            stageOptions.copy(stageOptions.embedder, false),
            options,
            images,
            annotations);
    add("detection", result.values(), result.photos());
    DetectionReport report = result.report();
    table("Detection, " + stageOptions.detector, report.table());
    if (options.plots != null) {
      Plots.detection(
          "Detection", report.regions(), Reports.folder(options.plots).resolve("detection.png"));
    }
  }

  private void identification(List<String> models, String title, IdentificationReport.Split split) {
    List<List<String>> rows = new ArrayList<>();
    for (String model : models) {
      StageOptions own = stageOptions.copy(model, stageOptions.mirror);
      try (EvaluationStages opened =
          EvaluationStages.open(stages, own, Select.largest, crop -> own.minFace())) {
        IdentificationRun.Result result =
            IdentificationRun.of(spec, opened, options, split, new TrainerOptions());
        add("identification", result.values(), result.photos());
        rows.add(
            List.of(
                "`" + model + "`",
                percent(result.report().identificationRate(1)),
                result.values().get("correct") + " of " + result.values().get("tested"),
                String.valueOf(result.values().get("rejected")),
                String.valueOf(result.values().get("withoutFace"))));
      }
    }
    table(
        title,
        new Table(
            List.of("model", "rank 1", "named correctly (knn)", "rejected", "without a face"),
            rows));
  }

  private void add(
      String kind,
      Map<String, @Nullable Object> figures,
      Map<Path, EvaluationRun.EvaluatedPhoto> photos) {
    Map<String, @Nullable Object> named = new LinkedHashMap<>();
    named.put("evaluation", kind);
    named.putAll(figures);
    values.add(named);
    allDone &= EvaluationOptions.allDone(photos);
  }

  private void table(String title, Table table) {
    PrintWriter out = spec.commandLine().getOut();
    out.println();
    out.println(title);
    out.print(table.toText());
    out.flush();
    markdown.append("**").append(title).append("**\n\n").append(table.toMarkdown()).append('\n');
  }

  private void requireTogether(
      String firstName, @Nullable Path first, String secondName, @Nullable Path second) {
    if ((first == null) != (second == null)) {
      throw Exit.wrongUsage(spec, firstName + " and " + secondName + " belong together");
    }
  }

  private static String percent(double share) {
    return Double.isNaN(share) ? "-" : String.format(Locale.ROOT, "%.2f %%", 100 * share);
  }
}
