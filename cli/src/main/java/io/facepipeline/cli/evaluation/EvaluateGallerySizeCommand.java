package io.facepipeline.cli.evaluation;

import io.facepipeline.Embedding;
import io.facepipeline.PhotoFolder;
import io.facepipeline.cli.input.PhotoFiles;
import io.facepipeline.cli.output.Exit;
import io.facepipeline.cli.output.Reports;
import io.facepipeline.cli.stages.Select;
import io.facepipeline.cli.stages.StageFactory;
import io.facepipeline.cli.stages.StageOptions;
import io.facepipeline.evaluation.EvaluationRun.EvaluatedPhoto;
import io.facepipeline.evaluation.Table;
import io.facepipeline.evaluation.gallerysize.GallerySizeReport;
import io.facepipeline.evaluation.gallerysize.GallerySizeTables;
import io.facepipeline.evaluation.identification.IdentificationReport;
import io.facepipeline.evaluation.internal.TerminalBar;
import io.facepipeline.evaluation.plot.Plots;
import java.io.PrintWriter;
import java.nio.file.Path;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** Identification in larger and larger galleries. */
@Command(
    name = "gallery-size",
    mixinStandardHelpOptions = true,
    description = {
      "Identification as the gallery grows.",
      "The people of --train and --test, or of --people, are enrolled and asked for as in 'evaluate"
          + " identify'. Further people fill the gallery: those of --distractors, one photo each,"
          + " and then faces made by mixing two of them, which are easier than real ones. For each"
          + " size: how often enrolled people are identified (DIR) at the threshold that --far of"
          + " the strangers reach, and the threshold that follows from single comparisons: a"
          + " stranger reaches it with one of n faces at the rate 1 - (1 - r)^n."
    })
final class EvaluateGallerySizeCommand implements Callable<Integer> {
  private final StageFactory stages;

  @Spec CommandSpec spec;
  @Mixin StageOptions stageOptions = new StageOptions();
  @Mixin EvaluationOptions options = new EvaluationOptions();
  @Mixin SplitOptions splits = new SplitOptions();

  @Option(
      names = "--distractors",
      required = true,
      paramLabel = "DIR",
      description =
          "Photos of other people, in any folders, each of another person; may be repeated.")
  List<Path> distractors;

  @Option(
      names = "--sizes",
      split = ",",
      paramLabel = "N",
      description =
          "How many people the galleries hold (default: 1000,10000,100000,1000000, from the number"
              + " of the people asked for on).")
  List<Integer> sizes = List.of();

  @Option(
      names = "--far",
      split = ",",
      paramLabel = "X",
      description = "The shares of strangers who may get a name (default: 0.01,0.001).")
  List<Double> rates = List.of(1e-2, 1e-3);

  @Option(
      names = "--select",
      paramLabel = "WHICH",
      description =
          "The face to use if there are several: ${COMPLETION-CANDIDATES} (default: largest).")
  Select select = Select.largest;

  @SuppressWarnings("NullAway.Init") // picocli sets the specification and the required options
  EvaluateGallerySizeCommand(StageFactory stages) {
    this.stages = stages;
  }

  @Override
  public Integer call() {
    for (double rate : rates) {
      if (!(rate > 0 && rate < 1)) {
        throw Exit.wrongUsage(spec, "--far must be above 0 and below 1, got " + rate);
      }
    }
    IdentificationReport.Split split = splits.require(spec);
    if (split.strangers().isEmpty()) {
      throw Exit.wrongUsage(
          spec,
          "everybody is enrolled; give --strangers above 0, or a --test with other people, so that"
              + " false names can be counted");
    }
    List<Integer> galleries = galleries(split.gallery().size());
    Set<Path> people = new LinkedHashSet<>();
    split.gallery().values().forEach(people::addAll);
    split.probes().forEach(probe -> people.add(probe.file()));
    split.strangers().forEach(stranger -> people.add(stranger.file()));
    Set<Path> others = others(people);
    try (EvaluationStages opened =
        EvaluationStages.open(stages, stageOptions, select, crop -> stageOptions.minFace())) {
      Map<Path, EvaluatedPhoto> photos = options.embed(spec, opened, people);
      Map<Path, EvaluatedPhoto> further = options.embed(spec, opened, others);
      List<Embedding> faces =
          further.values().stream().flatMap(photo -> photo.embedding().stream()).toList();
      GallerySizeReport.Protocol protocol =
          new GallerySizeReport.Protocol(
              split, photos, faces, galleries, rates, splits.seed, opened.threads());
      GallerySizeReport report;
      try (TerminalBar bar = options.progress.start(galleries.size(), "galleries")) {
        report = GallerySizeReport.of(protocol, opened.card().thresholds(), bar);
      }
      Map<String, @Nullable Object> values = new LinkedHashMap<>(opened.described());
      values.put("enrolled", split.gallery().size());
      values.put("distractors", faces.size());
      values.put("distractorsWithoutFace", others.size() - faces.size());
      values.putAll(GallerySizeTables.values(report));
      write(report, values);
      if (options.plots != null) {
        Plots.gallerySizes(
            opened.card().id(),
            GallerySizeTables.curves(report),
            Reports.folder(options.plots).resolve("gallery-size.png"));
      }
      return Exit.code(EvaluationOptions.allDone(photos) && EvaluationOptions.allDone(further));
    }
  }

  /** Photos of people who are nobody else, each once, by whatever paths they were given. */
  private Set<Path> others(Set<Path> people) {
    Set<Object> known = new HashSet<>();
    people.forEach(photo -> known.add(PhotoFiles.identity(photo)));
    Set<Path> others = new LinkedHashSet<>();
    for (Path folder : distractors) {
      for (Path photo : PhotoFolder.scan(folder).photos()) {
        if (known.add(PhotoFiles.identity(photo))) {
          others.add(photo);
        }
      }
    }
    return others;
  }

  /** The sizes in order, each once. */
  private List<Integer> galleries(int enrolled) {
    if (sizes.isEmpty()) {
      return List.of(1_000, 10_000, 100_000, 1_000_000).stream()
          .filter(size -> size >= enrolled)
          .toList();
    }
    List<Integer> galleries = sizes.stream().distinct().sorted().toList();
    if (galleries.get(0) < enrolled) {
      throw Exit.wrongUsage(
          spec,
          "--sizes "
              + galleries.get(0)
              + " is less than the "
              + enrolled
              + " people who are asked for and so are always enrolled");
    }
    return galleries;
  }

  private void write(GallerySizeReport report, Map<String, @Nullable Object> values) {
    Table table = GallerySizeTables.table(report);
    options.write(spec, table, values, table);
    PrintWriter out = spec.commandLine().getOut();
    Table card = GallerySizeTables.cardTable(report);
    if (!card.rows().isEmpty()) {
      out.println();
      out.print(card.toText());
    }
    GallerySizeReport.Check check = report.check();
    if (check != null) {
      out.println();
      for (int i = 0; i < check.real().rates().size(); i++) {
        GallerySizeReport.Rate real = check.real().rates().get(i);
        GallerySizeReport.Rate made = check.made().rates().get(i);
        out.printf(
            Locale.ROOT,
            "%d real people, FAR %s: threshold %.3f; with %d of them made: %.3f%n",
            check.real().people(),
            real.falseAcceptRate(),
            real.measured().threshold(),
            check.made().made(),
            made.measured().threshold());
      }
    }
    out.flush();
  }
}
