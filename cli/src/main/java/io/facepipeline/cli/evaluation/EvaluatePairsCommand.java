package io.facepipeline.cli.evaluation;

import io.facepipeline.FacePipeline;
import io.facepipeline.FacePipelineException;
import io.facepipeline.ModelCard;
import io.facepipeline.cli.output.Exit;
import io.facepipeline.cli.output.Reports;
import io.facepipeline.cli.stages.Pipelines;
import io.facepipeline.cli.stages.StageFactory;
import io.facepipeline.cli.stages.StageOptions;
import io.facepipeline.evaluation.EvaluationRun.EvaluatedPhoto;
import io.facepipeline.evaluation.Table;
import io.facepipeline.evaluation.internal.TerminalBar;
import io.facepipeline.evaluation.plot.Plots;
import io.facepipeline.evaluation.verification.CropSet;
import io.facepipeline.evaluation.verification.FoldAccuracy;
import io.facepipeline.evaluation.verification.RocCurve;
import io.facepipeline.evaluation.verification.VerificationReport;
import io.facepipeline.internal.PlainWords;
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
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** Verification on sets of faces that are already cut. */
@Command(
    name = "pairs",
    mixinStandardHelpOptions = true,
    description = {
      "Verification on sets of aligned crops: LFW, CFP, AgeDB, CALFW, CPLFW, VGGFace2.",
      "A set is one of InsightFace's .bin files, one of face.evoLVe's bcolz folders, or a folder of"
          + " crops with pairs.txt in it: LFW's format, or a line a pair with two files and 1 for"
          + " the same person or 0. Nothing is detected. Each of ten folds is judged with the"
          + " threshold that is best on the others."
    })
final class EvaluatePairsCommand implements Callable<Integer> {
  /** How crops come to the size that the embedder wants. */
  enum Fit {
    /** They have it; all else is an error. */
    exact,
    /** Whatever their size. */
    resized,
    /** face.evoLVe's: from 112 to 128 pixels, and the middle 112. */
    enlarged
  }

  private final StageFactory stages;

  @Spec CommandSpec spec;
  @Mixin StageOptions stageOptions = new StageOptions();
  @Mixin EvaluationOptions options = new EvaluationOptions();

  @Option(
      names = "--flip",
      description = "Also embed each crop mirrored, and add both (same as --mirror).")
  boolean flip;

  @Option(
      names = "--fit",
      paramLabel = "HOW",
      description =
          "exact: the crops have the embedder's size (default); resized: bring them to it;"
              + " enlarged: as face.evoLVe, to 128 pixels, and the middle 112.")
  Fit fit = Fit.exact;

  @Option(
      names = "--pairs",
      paramLabel = "FILE",
      description = "The pairs of one folder of crops, instead of pairs.txt in it.")
  @Nullable Path pairs;

  @Parameters(arity = "1..*", paramLabel = "SET", description = "Sets, or folders of sets.")
  List<Path> places = List.of();

  @SuppressWarnings("NullAway.Init") // picocli sets the specification
  EvaluatePairsCommand(StageFactory stages) {
    this.stages = stages;
  }

  /** A set's name, which no other set of the table has, and its figures. */
  private record Result(String name, VerificationReport report) {}

  @Override
  public Integer call() {
    if (pairs != null && places.size() != 1) {
      throw Exit.wrongUsage(
          spec, "--pairs is for one folder of crops, but there are " + places.size() + " sets");
    }
    stageOptions.mirror |= flip;
    List<Path> sets = new ArrayList<>();
    if (pairs == null) {
      places.forEach(place -> sets.addAll(CropSet.find(place)));
    } else {
      sets.addAll(places);
    }
    List<Result> results = new ArrayList<>();
    List<Map<String, @Nullable Object>> all = new ArrayList<>();
    boolean done = true;
    try (FacePipeline pipeline = Pipelines.embedding(stages, stageOptions)) {
      ModelCard card = pipeline.embedder().orElseThrow().card();
      for (Path place : sets) {
        Map<String, @Nullable Object> values = new LinkedHashMap<>();
        all.add(values);
        values.put("file", place.toString());
        try {
          done &= evaluate(pipeline, place, results, values);
          values.put("error", null);
        } catch (FacePipelineException e) {
          done = false;
          String problem = PlainWords.of(e);
          spec.commandLine().getErr().println("facepipeline: " + problem);
          values.put("error", problem);
        }
      }
      write(results, described(card, all));
      tellFit(card);
    }
    return Exit.code(done);
  }

  private boolean evaluate(
      FacePipeline pipeline,
      Path place,
      List<Result> results,
      Map<String, @Nullable Object> values) {
    CropSet set = pairs == null ? CropSet.read(place) : CropSet.read(pairs, place);
    String name = unique(set.name(), results);
    values.put("set", name);
    VerificationRun.requireFolds(spec, set.pairs(), place);
    CropSet fitted =
        switch (fit) {
          case exact -> set;
          case resized -> set.resized();
          case enlarged -> set.enlarged();
        };
    Map<Path, EvaluatedPhoto> crops;
    try (TerminalBar bar = options.progress.start(2 * set.pairs().size(), name)) {
      crops = fitted.embed(pipeline, bar);
    }
    PrintWriter err = spec.commandLine().getErr();
    crops.values().stream()
        .flatMap(crop -> crop.error().stream())
        .forEach(e -> err.println("facepipeline: " + PlainWords.of(e)));
    VerificationReport report = VerificationReport.of(set.pairs(), crops);
    results.add(new Result(name, report));
    values.put("crops", crops.size());
    values.put("threshold", threshold(report));
    values.put("thresholdDistance", distance(report));
    values.putAll(report.values());
    return EvaluationOptions.allDone(crops);
  }

  /** One set may be there in two forms. */
  private static String unique(String name, List<Result> results) {
    List<String> taken = results.stream().map(Result::name).toList();
    String free = name;
    for (int i = 2; taken.contains(free); i++) {
      free = name + "-" + i;
    }
    return free;
  }

  /** The mean of the folds' thresholds. */
  private static double threshold(VerificationReport report) {
    return report.accuracy().folds().stream()
        .mapToDouble(FoldAccuracy.Fold::threshold)
        .average()
        .orElseThrow();
  }

  /** The same as face.evoLVe gives it: a squared distance of unit vectors. */
  private static double distance(VerificationReport report) {
    return 2 - 2 * threshold(report);
  }

  private Map<String, @Nullable Object> described(
      ModelCard card, List<Map<String, @Nullable Object>> sets) {
    Map<String, @Nullable Object> values = new LinkedHashMap<>();
    values.put("model", card.fingerprint());
    values.put("mirror", stageOptions.mirror);
    values.put("fit", fit.name());
    values.put("sets", sets);
    return values;
  }

  private void write(List<Result> results, Map<String, @Nullable Object> values) {
    List<String> columns =
        new ArrayList<>(List.of("set", "pairs", "accuracy", "threshold", "squared distance"));
    VerificationReport.FALSE_ACCEPT_RATES.forEach(
        rate ->
            columns.add(String.format(Locale.ROOT, "TAR at FAR %.0e", rate).replace("e-0", "e-")));
    columns.addAll(List.of("AUC", "EER", "pairs without a crop"));
    options.write(
        spec,
        new Table(columns, results.stream().map(EvaluatePairsCommand::row).toList()),
        values,
        pairTable(results));
    if (options.plots != null) {
      plot(Reports.folder(options.plots), results);
    }
  }

  private static List<String> row(Result result) {
    VerificationReport report = result.report();
    List<String> row = new ArrayList<>();
    row.add(result.name());
    row.add(String.valueOf(report.pairs().size()));
    row.add(
        String.format(
            Locale.ROOT,
            "%.2f %% ± %.2f",
            100 * report.accuracy().mean(),
            100 * report.accuracy().deviation()));
    row.add(number("%.3f", threshold(report)));
    row.add(number("%.3f", distance(report)));
    for (double rate : VerificationReport.FALSE_ACCEPT_RATES) {
      RocCurve.OperatingPoint point = report.roc().atFalseAcceptRate(rate);
      row.add(
          number("%.2f %%", 100 * point.trueAcceptRate())
              + (point.isMeasured() ? "" : " (too few)"));
    }
    row.add(number("%.5f", report.roc().areaUnderCurve()));
    row.add(number("%.2f %%", 100 * report.roc().equalErrorRate()));
    row.add(String.valueOf(report.withoutFace()));
    return row;
  }

  private static String number(String format, double value) {
    return Double.isNaN(value) ? "-" : String.format(Locale.ROOT, format, value);
  }

  /** A row per pair of every set. */
  private static Table pairTable(List<Result> results) {
    List<String> columns = new ArrayList<>(List.of("set"));
    List<List<String>> rows = new ArrayList<>();
    for (Result result : results) {
      Table pairs = result.report().pairTable();
      if (columns.size() == 1) {
        columns.addAll(pairs.columns());
      }
      for (List<String> row : pairs.rows()) {
        List<String> named = new ArrayList<>(List.of(result.name()));
        named.addAll(row);
        rows.add(named);
      }
    }
    return new Table(columns, rows);
  }

  private static void plot(Path folder, List<Result> results) {
    Map<String, RocCurve> curves = new LinkedHashMap<>();
    for (Result result : results) {
      RocCurve curve = result.report().roc();
      if (curve.genuinePairs() > 0 && curve.impostorPairs() > 0) {
        curves.put(result.name(), curve);
        Plots.scores(result.report(), folder.resolve("similarities-" + result.name() + ".png"));
      }
    }
    if (!curves.isEmpty()) {
      Plots.roc(curves, folder.resolve("roc.png"));
    }
  }

  /** Figures of crops that were changed are not those of the crops. */
  private void tellFit(ModelCard card) {
    if (fit != Fit.exact) {
      spec.commandLine()
          .getOut()
          .println(
              fit == Fit.resized
                  ? "the crops were resized; " + card.id() + " was made for " + card.crop()
                  : "the crops were enlarged and cut to the middle, as face.evoLVe does");
    }
  }
}
