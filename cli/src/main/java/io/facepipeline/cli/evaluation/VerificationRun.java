package io.facepipeline.cli.evaluation;

import io.facepipeline.Embedding;
import io.facepipeline.cli.output.Counted;
import io.facepipeline.cli.output.Exit;
import io.facepipeline.cli.output.Reports;
import io.facepipeline.cli.stages.Select;
import io.facepipeline.cli.stages.StageFactory;
import io.facepipeline.cli.stages.StageOptions;
import io.facepipeline.evaluation.EvaluationRun;
import io.facepipeline.evaluation.internal.ImpostorScores;
import io.facepipeline.evaluation.plot.Plots;
import io.facepipeline.evaluation.verification.FacePair;
import io.facepipeline.evaluation.verification.RocCurve.OperatingPoint;
import io.facepipeline.evaluation.verification.VerificationReport;
import java.io.PrintWriter;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;

/** What the two kinds of verification have in common. */
final class VerificationRun {
  /** Those of a model's card, and one between. */
  private static final List<Double> CARD_RATES = List.of(1e-3, 1e-4, 1e-5);

  @Option(
      names = "--flip",
      description = "Also embed each face mirrored, and add both (same as --mirror).")
  boolean flip;

  @Option(
      names = "--select",
      paramLabel = "WHICH",
      description =
          "The face to use if there are several: ${COMPLETION-CANDIDATES} (default: center).")
  Select select = Select.center;

  /** The figures of a run, and whether every photo could be read. */
  record Result(
      VerificationReport report,
      Map<String, @Nullable Object> values,
      Map<Path, EvaluationRun.EvaluatedPhoto> photos) {}

  /** Refuses what cannot be judged before any photo is looked at. */
  static List<FacePair> requireFolds(CommandSpec spec, List<FacePair> pairs, Path file) {
    long folds = pairs.stream().mapToInt(FacePair::fold).distinct().count();
    if (folds < 2) {
      throw Exit.wrongUsage(
          spec,
          file
              + " has pairs in "
              + Counted.of(folds, "fold")
              + "; the threshold of each comes from the others, so give at least two");
    }
    return pairs;
  }

  int call(
      CommandSpec spec,
      StageFactory factory,
      StageOptions stageOptions,
      EvaluationOptions options,
      List<FacePair> pairs) {
    stageOptions.mirror |= flip;
    try (EvaluationStages stages =
        EvaluationStages.open(factory, stageOptions, select, EvaluationStages::lfwMinFace)) {
      Result result = evaluate(spec, stages, options, pairs);
      plot(options, result);
      options.write(spec, result.report().table(), result.values(), result.report().pairTable());
      return Exit.code(EvaluationOptions.allDone(result.photos()));
    }
  }

  static Result evaluate(
      CommandSpec spec, EvaluationStages stages, EvaluationOptions options, List<FacePair> pairs) {
    Map<Path, String> people = new LinkedHashMap<>();
    for (FacePair pair : pairs) {
      people.put(pair.first().file(), pair.first().person());
      people.put(pair.second().file(), pair.second().person());
    }
    Map<Path, EvaluationRun.EvaluatedPhoto> photos = options.embed(spec, stages, people.keySet());
    VerificationReport report = VerificationReport.of(pairs, photos);
    Map<String, @Nullable Object> values = report.values();
    values.putAll(stages.described());
    values.put("photos", photos.size());
    values.put(
        "photosWithoutFace",
        photos.values().stream().filter(photo -> photo.embedding().isEmpty()).count());
    values.put("cardThresholds", cardThresholds(spec, people, photos, stages.threads()));
    return new Result(report, values, photos);
  }

  private static void plot(EvaluationOptions options, Result result) {
    if (options.plots == null) {
      return;
    }
    Path folder = Reports.folder(options.plots);
    VerificationReport report = result.report();
    if (report.roc().genuinePairs() > 0 && report.roc().impostorPairs() > 0) {
      Plots.roc(
          Map.of(String.valueOf(result.values().get("model")), report.roc()),
          folder.resolve("roc.png"));
    }
    if (report.withoutFace() < report.pairs().size()) {
      Plots.scores(report, folder.resolve("similarities.png"));
    }
    Plots.pairs(report.wrong(), result.photos(), folder.resolve("wrong-pairs.png"));
  }

  /** The thresholds that belong in a model's card, from all pairs of different people. */
  private static List<Map<String, @Nullable Object>> cardThresholds(
      CommandSpec spec,
      Map<Path, String> people,
      Map<Path, EvaluationRun.EvaluatedPhoto> photos,
      int threads) {
    Map<String, List<Embedding>> embeddings = new TreeMap<>();
    people.forEach(
        (file, person) ->
            Stream.ofNullable(photos.get(file))
                .flatMap(photo -> photo.embedding().stream())
                .forEach(e -> embeddings.computeIfAbsent(person, p -> new ArrayList<>()).add(e)));
    ImpostorScores scores = ImpostorScores.between(embeddings, threads);
    PrintWriter out = spec.commandLine().getOut();
    List<Map<String, @Nullable Object>> points = new ArrayList<>();
    for (double rate : CARD_RATES) {
      OperatingPoint point = scores.atFalseAcceptRate(rate);
      out.printf(
          Locale.ROOT,
          "threshold %.5f at FAR %.0e, from %d pairs of different people%s%n",
          point.threshold(),
          rate,
          point.impostorPairs(),
          point.isMeasured() ? "" : ", too few for this rate");
      Map<String, @Nullable Object> values = VerificationReport.operatingPoint(point);
      values.remove("tar");
      points.add(values);
    }
    return points;
  }
}
