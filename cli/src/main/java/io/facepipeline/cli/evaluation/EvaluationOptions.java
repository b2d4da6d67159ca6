package io.facepipeline.cli.evaluation;

import io.facepipeline.FacePipeline;
import io.facepipeline.cli.output.ProgressOption;
import io.facepipeline.cli.output.Reports;
import io.facepipeline.evaluation.EvaluationRun;
import io.facepipeline.evaluation.Table;
import io.facepipeline.evaluation.internal.TerminalBar;
import io.facepipeline.internal.PlainWords;
import java.io.PrintWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Collection;
import java.util.Map;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;

/** What the evaluations have in common: where results go, the cache, and progress. */
final class EvaluationOptions {
  @Option(names = "--json", paramLabel = "OUT", description = "Write the figures as JSON.")
  @Nullable Path json;

  @Option(
      names = "--csv",
      paramLabel = "OUT",
      description = "Write the judged pairs or photos as CSV, one row each.")
  @Nullable Path csv;

  @Option(
      names = "--markdown",
      paramLabel = "OUT",
      description = "Write the table of figures as Markdown.")
  @Nullable Path markdown;

  @Option(names = "--plots", paramLabel = "DIR", description = "Write plots as PNG.")
  @Nullable Path plots;

  @Option(
      names = "--cache",
      paramLabel = "DIR",
      description = {
        "Cache the results of each photo, so that an interrupted run continues.",
        "Holds biometric data: delete it afterwards."
      })
  @Nullable Path cache;

  @Mixin ProgressOption progress = new ProgressOption();

  /** Embeds one face of each photo. */
  Map<Path, EvaluationRun.EvaluatedPhoto> embed(
      CommandSpec spec, EvaluationStages stages, Collection<Path> photos) {
    return run(spec, stages.pipeline(), stages.settings(), photos.size(), run -> run.embed(photos));
  }

  /** Runs photos through a pipeline, with cache and progress bar, and names those that fail. */
  Map<Path, EvaluationRun.EvaluatedPhoto> run(
      CommandSpec spec,
      FacePipeline pipeline,
      String settings,
      int photos,
      Function<EvaluationRun, Map<Path, EvaluationRun.EvaluatedPhoto>> task) {
    Map<Path, EvaluationRun.EvaluatedPhoto> results;
    try (TerminalBar bar = progress.start(photos)) {
      EvaluationRun run = EvaluationRun.of(pipeline).withListener(bar);
      results = task.apply(cache == null ? run : run.withCache(cache, settings));
    }
    PrintWriter err = spec.commandLine().getErr();
    results
        .values()
        .forEach(
            photo ->
                photo.error().ifPresent(e -> err.println("facepipeline: " + PlainWords.of(e))));
    return results;
  }

  /** Prints the table, and writes the files that were asked for. */
  void write(CommandSpec spec, Table table, Map<String, ?> values, Table items) {
    PrintWriter out = spec.commandLine().getOut();
    if (!table.rows().isEmpty()) {
      out.print(table.toText());
      out.flush();
    }
    if (json != null) {
      Reports.writeJson(json, values);
    }
    if (csv != null) {
      Reports.write(csv, items.toCsv());
    }
    if (markdown != null) {
      Reports.write(markdown, table.toMarkdown());
    }
  }

  /** Refuses a folder that holds none of the photos a file names: it is the wrong one. */
  static void requireAny(Collection<Path> photos, Path list, Path folder) {
    if (!photos.isEmpty() && photos.stream().noneMatch(Files::exists)) {
      throw new IllegalArgumentException(
          "none of the photos named in "
              + list
              + " is in "
              + folder
              + ", for example "
              + photos.iterator().next()
              + "; name the folder that the names start from with --images");
    }
  }

  static boolean allDone(Map<Path, EvaluationRun.EvaluatedPhoto> photos) {
    return photos.values().stream().allMatch(photo -> photo.error().isEmpty());
  }
}
