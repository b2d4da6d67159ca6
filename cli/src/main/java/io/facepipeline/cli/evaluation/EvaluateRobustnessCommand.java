package io.facepipeline.cli.evaluation;

import io.facepipeline.Face;
import io.facepipeline.ModelCard;
import io.facepipeline.cli.output.Exit;
import io.facepipeline.cli.output.Reports;
import io.facepipeline.cli.stages.StageFactory;
import io.facepipeline.cli.stages.StageOptions;
import io.facepipeline.evaluation.EvaluationRun.EvaluatedPhoto;
import io.facepipeline.evaluation.conditions.Condition;
import io.facepipeline.evaluation.conditions.ConditionReport;
import io.facepipeline.evaluation.plot.Plots;
import io.facepipeline.evaluation.verification.FacePair;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** Verification where one of the two photos is bad. */
@Command(
    name = "robustness",
    mixinStandardHelpOptions = true,
    description = {
      "Verification of masked, hidden, turned, dark, small and blurred faces.",
      "The first photo of each pair is as it is; the second is changed before its face is detected,"
          + " in the same way for every photo. Lengths are distances between the eyes. The smallest"
          + " face is 60 pixels by default (40 for FaceNet)."
    })
final class EvaluateRobustnessCommand implements Callable<Integer> {
  private static final long SEED = 1;

  private final StageFactory stages;

  private CommandSpec spec;
  @Mixin StageOptions stageOptions = new StageOptions();
  @Mixin EvaluationOptions options = new EvaluationOptions();
  @Mixin VerificationRun run = new VerificationRun();

  @Option(
      names = "--images",
      paramLabel = "DIR",
      description = "The photos, a folder per person, of which --pairs lists pairs.")
  @Nullable Path images;

  @Option(
      names = "--pairs",
      paramLabel = "FILE",
      description = "The pairs, in LFW's format with any number of folds.")
  @Nullable Path pairs;

  @Option(
      names = "--people",
      paramLabel = "DIR",
      description = "Or a folder per person, from which pairs are drawn as in 'evaluate verify'.")
  @Nullable Path people;

  @Option(
      names = "--condition",
      paramLabel = "NAME",
      description = "One of the conditions below; may be repeated (default: all).")
  List<String> names = new ArrayList<>();

  @SuppressWarnings("NullAway.Init") // picocli sets the specification
  EvaluateRobustnessCommand(StageFactory stages) {
    this.stages = stages;
  }

  @Spec
  void describe(CommandSpec description) {
    spec = description;
    List<String> lines = new ArrayList<>(List.of("%nConditions:"));
    for (Condition condition : Condition.values()) {
      lines.add("  %-12s %s".formatted(condition.label(), condition.summary()));
    }
    spec.usageMessage().footer(lines.toArray(String[]::new));
  }

  @Override
  public Integer call() {
    List<Condition> conditions = conditions();
    List<FacePair> list = pairs();
    stageOptions.mirror |= run.flip;
    try (EvaluationStages opened =
        EvaluationStages.open(stages, stageOptions, run.select, EvaluationStages::lfwMinFace)) {
      Set<Path> files = new LinkedHashSet<>();
      for (FacePair pair : list) {
        files.add(pair.first().file());
        files.add(pair.second().file());
      }
      Map<Path, EvaluatedPhoto> plain = options.embed(spec, opened, files);
      Set<Path> changing = new LinkedHashSet<>();
      list.forEach(pair -> changing.add(pair.second().file()));
      Map<Path, Face> seconds = new LinkedHashMap<>();
      plain.forEach(
          (file, photo) -> {
            if (changing.contains(file)) {
              photo.faces().forEach(face -> seconds.put(file, face));
            }
          });
      ChangedPhotos changed = new ChangedPhotos(spec, opened, options.progress);
      List<ConditionReport> reports = new ArrayList<>();
      for (Condition condition : conditions) {
        reports.add(
            ConditionReport.of(
                condition,
                list,
                ChangedPhotos.embeddings(plain),
                condition == Condition.PLAIN
                    ? ChangedPhotos.embeddings(plain)
                    : changed.embed(condition, seconds),
                opened.threads()));
      }
      write(opened, reports);
      plot(opened.card(), reports, seconds);
      return Exit.code(changed.allDone() && EvaluationOptions.allDone(plain));
    }
  }

  private List<Condition> conditions() {
    List<Condition> wanted =
        names.stream().map(name -> ChangedPhotos.condition(spec, name)).toList();
    return Arrays.stream(Condition.values())
        .filter(condition -> wanted.isEmpty() || wanted.contains(condition))
        .toList();
  }

  private List<FacePair> pairs() {
    if (people != null && images == null && pairs == null) {
      return EvaluateVerifyCommand.drawn(spec, people, EvaluateVerifyCommand.USUAL_PAIRS, 0, SEED);
    }
    if (people == null && images != null && pairs != null) {
      return VerificationRun.requireFolds(spec, FacePair.lfw(pairs, images), pairs);
    }
    throw Exit.wrongUsage(spec, "give --images and --pairs, or --people alone");
  }

  private void write(EvaluationStages opened, List<ConditionReport> reports) {
    ModelCard.Thresholds thresholds = opened.card().measured().orElse(null);
    Map<String, @Nullable Object> values = opened.described();
    values.put("conditions", reports.stream().map(report -> report.values(thresholds)).toList());
    options.write(
        spec,
        ConditionReport.table(reports, thresholds),
        values,
        ConditionReport.pairTable(reports));
  }

  private void plot(ModelCard card, List<ConditionReport> reports, Map<Path, Face> seconds) {
    if (options.plots == null) {
      return;
    }
    Path folder = Reports.folder(options.plots);
    Map<String, Double> rates = new LinkedHashMap<>();
    for (ConditionReport report : reports) {
      rates.put(report.condition().label(), report.trueAcceptRate());
    }
    Plots.shares("TAR at FAR 1e-3", Map.of(card.id(), rates), folder.resolve("robustness.png"));
    ChangedPhotos.draw(
        reports.stream().map(ConditionReport::condition).toList(),
        seconds,
        folder.resolve("conditions.png"));
  }
}
