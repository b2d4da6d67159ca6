package io.facepipeline.cli.evaluation;

import io.facepipeline.Face;
import io.facepipeline.FaceAttribute;
import io.facepipeline.FacePipeline;
import io.facepipeline.Image;
import io.facepipeline.ImageSource;
import io.facepipeline.Outcome;
import io.facepipeline.PhotoFolder;
import io.facepipeline.cli.input.PhotoFiles;
import io.facepipeline.cli.output.Exit;
import io.facepipeline.cli.output.Reports;
import io.facepipeline.cli.stages.AttributeModels;
import io.facepipeline.cli.stages.StageFactory;
import io.facepipeline.cli.stages.StageOptions;
import io.facepipeline.evaluation.Table;
import io.facepipeline.evaluation.internal.TerminalBar;
import io.facepipeline.evaluation.liveness.LivenessReport;
import io.facepipeline.evaluation.plot.Plots;
import io.facepipeline.internal.PlainWords;
import io.facepipeline.internal.TextFile;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** How well live faces are told from pictures of faces. */
@Command(
    name = "liveness",
    mixinStandardHelpOptions = true,
    description = {
      "Presentation attack detection by ISO/IEC 30107-3.",
      "APCER by species and of the worst, BPCER, ACER, and the rates at other thresholds. The"
          + " largest face of each photo is judged."
    })
final class EvaluateLivenessCommand implements Callable<Integer> {
  private static final float DEFAULT_LEAST = 0.5f;
  private static final double NOT_FOUND = Double.NaN;

  private final StageFactory stages;

  @Spec CommandSpec spec;
  @Mixin StageOptions stageOptions = new StageOptions();
  @Mixin EvaluationOptions options = new EvaluationOptions();

  @Option(
      names = "--model",
      paramLabel = "MODEL",
      description =
          "A liveness model of the catalog, or an ONNX file of your own (default:"
              + " ${DEFAULT-VALUE}).")
  String model = "liveness-minifasnet";

  @Option(
      names = "--live-threshold",
      paramLabel = "P",
      description = "The least probability of a live face (default: 0.5).")
  float least = DEFAULT_LEAST;

  @Option(names = "--live", paramLabel = "DIR", description = "Photos of live people.")
  @Nullable Path live;

  @Option(
      names = "--attacks",
      paramLabel = "DIR",
      description = "Photos of attacks, in a folder per species, such as print and replay.")
  @Nullable Path attacks;

  @Option(
      names = "--list",
      paramLabel = "FILE",
      description =
          "Instead of folders: a photo per line, a comma, and its species, or \"live\"; paths start"
              + " from the folder of the list.")
  @Nullable Path list;

  @SuppressWarnings("NullAway.Init") // picocli sets the specification
  EvaluateLivenessCommand(StageFactory stages) {
    this.stages = stages;
  }

  /** A photo and what it shows. */
  private record Shown(Path photo, String species) {}

  /** What came of a photo: how live its largest face is, not a number if it has none. */
  private record Judged(Shown shown, double score, boolean failed) {
    boolean hasFace() {
      return !Double.isNaN(score);
    }

    boolean isLive() {
      return shown.species().equals(FaceAttribute.LIVE);
    }
  }

  @Override
  public Integer call() {
    List<Shown> photos = photos();
    requireOneKind(photos);
    List<Judged> judged = judge(photos);
    List<Float> genuine = new ArrayList<>();
    Map<String, List<Float>> bySpecies = new LinkedHashMap<>();
    for (Judged photo : judged) {
      if (photo.hasFace()) {
        List<Float> scores =
            photo.isLive()
                ? genuine
                : bySpecies.computeIfAbsent(photo.shown().species(), s -> new ArrayList<>());
        scores.add((float) photo.score());
      }
    }
    LivenessReport report = LivenessReport.of(genuine, bySpecies, least);
    Map<String, @Nullable Object> values = report.values();
    values.put("model", model);
    values.put("detector", stageOptions.detector);
    values.put("withoutFace", withoutFace(judged));
    options.write(spec, report.table(), values, items(judged));
    withoutFace(judged)
        .forEach(
            (species, count) ->
                spec.commandLine()
                    .getOut()
                    .printf("no face found in %d photos of %s%n", count, species));
    if (options.plots != null) {
      Plots.liveness(report, Reports.folder(options.plots).resolve("liveness.png"));
    }
    return Exit.code(judged.stream().noneMatch(Judged::failed));
  }

  private List<Shown> photos() {
    if ((list == null) == (live == null && attacks == null)
        || (list == null && (live == null || attacks == null))) {
      throw Exit.wrongUsage(spec, "give evaluate liveness --live and --attacks, or --list");
    }
    List<Shown> photos = new ArrayList<>();
    if (list != null) {
      return read(list);
    }
    if (live != null && attacks != null) {
      PhotoFolder.scan(live).photos().forEach(p -> photos.add(new Shown(p, FaceAttribute.LIVE)));
      PhotoFolder.scan(attacks)
          .photos()
          .forEach(p -> photos.add(new Shown(p, species(attacks, p))));
    }
    return photos;
  }

  private void requireOneKind(List<Shown> photos) {
    Map<Object, Shown> seen = new HashMap<>();
    for (Shown shown : photos) {
      Shown other = seen.putIfAbsent(PhotoFiles.identity(shown.photo()), shown);
      if (other != null && !other.species().equals(shown.species())) {
        throw Exit.wrongUsage(
            spec,
            shown.photo()
                + " is both "
                + other.species()
                + " and "
                + shown.species()
                + "; each photo shows one of them: give folders of which none is in another");
      }
    }
  }

  /** The folder of an attack, below that of all attacks if there are several. */
  private String species(Path folder, Path photo) {
    Path inside = folder.relativize(photo);
    String species =
        inside.getNameCount() > 1
            ? inside.getName(0).toString()
            : String.valueOf(folder.toAbsolutePath().normalize().getFileName());
    if (species.equals(FaceAttribute.LIVE)) {
      throw Exit.wrongUsage(
          spec, "the folder of attacks " + photo.getParent() + " is named live; rename it");
    }
    return species;
  }

  private static List<Shown> read(Path list) {
    List<Shown> photos = new ArrayList<>();
    Path folder = Optional.ofNullable(list.toAbsolutePath().getParent()).orElse(list);
    try {
      int number = 0;
      for (String line : TextFile.lines(list)) {
        number++;
        int comma = line.lastIndexOf(',');
        if (line.isBlank()) {
          continue;
        }
        if (comma <= 0 || line.substring(comma + 1).isBlank()) {
          throw new IllegalArgumentException(
              list + ", line " + number + ": expected PHOTO,SPECIES, got \"" + line + "\"");
        }
        photos.add(
            new Shown(
                folder.resolve(line.substring(0, comma).strip()),
                line.substring(comma + 1).strip()));
      }
    } catch (IOException e) {
      throw new IllegalArgumentException("cannot read the list " + list + ": " + e.getMessage(), e);
    }
    EvaluationOptions.requireAny(photos.stream().map(Shown::photo).toList(), list, folder);
    return photos;
  }

  private List<Judged> judge(List<Shown> photos) {
    List<Judged> judged = new ArrayList<>();
    FaceAttribute opened = AttributeModels.open(model, stageOptions);
    try (FacePipeline pipeline =
            FacePipeline.builder()
                .requireLive(opened, least)
                .parallelism(stageOptions.threads)
                .detector(() -> stages.detector(stageOptions))
                .withoutEmbedder()
                .build();
        TerminalBar bar = options.progress.start(photos.size());
        Stream<Outcome<Double>> scores =
            pipeline.mapEach(
                photos.stream().map(shown -> ImageSource.of(shown.photo())),
                (source, photo) -> score(pipeline, opened, photo))) {
      scores.forEach(
          outcome -> {
            Shown shown = photos.get(outcome.index());
            outcome
                .error()
                .ifPresent(
                    e ->
                        spec.commandLine()
                            .getErr()
                            .println("facepipeline: " + outcome.name() + ": " + PlainWords.of(e)));
            judged.add(
                new Judged(
                    shown, outcome.isPresent() ? outcome.get() : NOT_FOUND, !outcome.isPresent()));
            bar.progress(judged.size(), photos.size(), outcome.name());
          });
    }
    return judged;
  }

  private static double score(FacePipeline pipeline, FaceAttribute opened, Image photo) {
    List<Face> faces = pipeline.detect(photo); // largest first
    if (faces.isEmpty()) {
      return NOT_FOUND;
    }
    FaceAttribute.Scores told =
        opened.classify(photo, faces.subList(0, 1), pipeline.aligner()).get(0);
    return told.probability(FaceAttribute.LIVE);
  }

  /** How many photos of each kind show no face, where some do not. */
  private static Map<String, Integer> withoutFace(List<Judged> judged) {
    Map<String, Integer> without = new LinkedHashMap<>();
    judged.stream()
        .filter(photo -> !photo.hasFace() && !photo.failed())
        .forEach(photo -> without.merge(photo.shown().species(), 1, Integer::sum));
    return without;
  }

  private Table items(List<Judged> judged) {
    List<List<String>> rows = new ArrayList<>();
    for (Judged photo : judged) {
      rows.add(
          List.of(
              photo.shown().photo().toString(),
              photo.shown().species(),
              photo.hasFace() ? String.valueOf((float) photo.score()) : "",
              photo.hasFace() ? String.valueOf((photo.score() >= least) == photo.isLive()) : ""));
    }
    return new Table(List.of("image", "species", "live", "correct"), rows);
  }
}
