package io.facepipeline.cli.people;

import io.facepipeline.Box;
import io.facepipeline.CropSpec;
import io.facepipeline.Embedding;
import io.facepipeline.FacePipeline;
import io.facepipeline.FaceSelection;
import io.facepipeline.Image;
import io.facepipeline.ImageSource;
import io.facepipeline.ModelCard;
import io.facepipeline.Outcome;
import io.facepipeline.cli.input.PhotoArguments;
import io.facepipeline.cli.output.Counted;
import io.facepipeline.cli.output.Exit;
import io.facepipeline.cli.output.PhotoOptions;
import io.facepipeline.cli.output.ProgressOption;
import io.facepipeline.cli.output.Reports;
import io.facepipeline.cli.stages.Pipelines;
import io.facepipeline.cli.stages.SamePersonOptions;
import io.facepipeline.cli.stages.StageFactory;
import io.facepipeline.cli.stages.StageOptions;
import io.facepipeline.evaluation.internal.TerminalBar;
import java.io.PrintWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** Compares the faces of several photos, each with each. */
@Command(
    name = "compare",
    mixinStandardHelpOptions = true,
    description = {
      "Compares the faces of several photos, each with each.",
      "Prints the Euclidean distances, the cosine similarities and the pairs of the same person."
    })
public final class CompareCommand implements Callable<Integer> {
  /** More make no table, and their pairs no list. */
  private static final int MOST_PRINTED = 20;

  private static final int MOST_PHOTOS = 1000;

  private final StageFactory stages;

  @Spec CommandSpec spec;
  @Mixin StageOptions stageOptions = new StageOptions();

  @Option(
      names = "--json",
      paramLabel = "OUT",
      description = "Write distances, similarities and verdicts as JSON.")
  @Nullable Path json;

  @Option(
      names = "--csv",
      paramLabel = "OUT",
      description = "Write the matrix as CSV, a row and a column per photo.")
  @Nullable Path csv;

  @Option(
      names = "--plots",
      paramLabel = "DIR",
      description = "Draw the matrix with the faces: distances.png.")
  @Nullable Path plots;

  @Option(
      names = "--metric",
      paramLabel = "METRIC",
      description = "What --csv and --plots show: ${COMPLETION-CANDIDATES} (default: euclidean).")
  DistanceMatrix.Metric metric = DistanceMatrix.Metric.euclidean;

  @Mixin SamePersonOptions samePerson = new SamePersonOptions();

  @Mixin ProgressOption progress = new ProgressOption();
  @Mixin PhotoArguments arguments = new PhotoArguments();

  @SuppressWarnings("NullAway.Init") // picocli sets the specification
  public CompareCommand(StageFactory stages) {
    this.stages = stages;
  }

  /** A photo, and its face or why there is none. */
  private record Compared(
      String image,
      FaceSelection.@Nullable Selected face,
      @Nullable Image thumbnail,
      @Nullable String error) {
    @Nullable Embedding embedding() {
      return face == null ? null : face.embedding();
    }
  }

  @Override
  public Integer call() {
    List<ImageSource> photos = arguments.sources(spec);
    if (photos.size() < 2 || photos.size() > MOST_PHOTOS) {
      throw Exit.wrongUsage(
          spec,
          "compare takes 2 to "
              + MOST_PHOTOS
              + " photos, got "
              + (photos.size() > 1
                  ? photos.size() + "; 'cluster' sorts any number of photos by person"
                  : only(photos.get(0))));
    }
    try (FacePipeline pipeline =
        Pipelines.builder(stages, stageOptions)
            .selection(samePerson.selection())
            .withoutClassifier()
            .build()) {
      List<Compared> compared = embed(pipeline, photos);
      DistanceMatrix matrix =
          new DistanceMatrix(nullable(compared.stream().map(Compared::embedding)));
      ModelCard card = pipeline.card();
      Float least =
          samePerson.threshold() != null
              ? samePerson.threshold()
              : card.measured().map(ModelCard.Thresholds::verification).orElse(null);
      write(compared, matrix, card, least);
      print(compared, matrix, least);
      return Exit.code(compared.stream().allMatch(c -> c.error() == null));
    }
  }

  private static String only(ImageSource photo) {
    return Files.isDirectory(Path.of(photo.name()))
        ? "none: there is no photo in the folder " + photo.name()
        : "1: " + photo.name();
  }

  private List<Compared> embed(FacePipeline pipeline, List<ImageSource> photos) {
    List<Compared> compared = new ArrayList<>();
    try (TerminalBar bar = progress.start(photos.size());
        Stream<Outcome<Compared>> outcomes =
            pipeline.mapEach(
                photos.stream(), (source, photo) -> compared(pipeline, source.name(), photo))) {
      outcomes.forEach(
          outcome -> {
            compared.add(
                outcome.error().map(e -> failed(outcome.name(), e)).orElseGet(outcome::get));
            bar.progress(compared.size(), photos.size(), outcome.name());
          });
    }
    return compared;
  }

  private Compared compared(FacePipeline pipeline, String name, Image photo) {
    FaceSelection.Selected face = pipeline.embedOne(photo);
    CropSpec small = CropSpec.margin(HeatMap.THUMBNAIL, 12);
    Image thumbnail =
        plots == null ? null : pipeline.aligner().align(photo, face.face(), small).toImage();
    return new Compared(name, face, thumbnail, null);
  }

  private Compared failed(String name, RuntimeException e) {
    String problem = PhotoOptions.problem(name, e);
    spec.commandLine().getErr().println("facepipeline: " + problem);
    return new Compared(name, null, null, problem);
  }

  private static <T> List<@Nullable T> nullable(Stream<? extends @Nullable T> values) {
    List<@Nullable T> list = new ArrayList<>();
    values.forEach(list::add);
    return list;
  }

  private void print(List<Compared> compared, DistanceMatrix matrix, @Nullable Float least) {
    PrintWriter out = spec.commandLine().getOut();
    List<Integer> usable = matrix.usable();
    if (usable.size() < 2) {
      out.printf(
          "of %s, %d can be used: there is nothing to compare%n",
          Counted.of(compared.size(), "photo"), usable.size());
      return;
    }
    if (usable.size() <= MOST_PRINTED) {
      for (int i : usable) {
        out.println(i + ": " + compared.get(i).image());
      }
      out.printf("%nEuclidean distance%n%s", matrix.text(DistanceMatrix.Metric.euclidean).toText());
      out.printf("%nCosine similarity%n%s%n", matrix.text(DistanceMatrix.Metric.cosine).toText());
    } else {
      out.printf(
          "the matrix of %d photos is too wide to print; --csv FILE and --plots DIR hold it%n",
          usable.size());
    }
    if (least == null) {
      out.println(
          "nobody has measured a threshold for this model, so there is no verdict; --threshold T"
              + " gives one");
      return;
    }
    List<int[]> same = new ArrayList<>();
    for (int a : usable) {
      for (int b : usable) {
        Double similarity = matrix.value(DistanceMatrix.Metric.cosine, a, b);
        if (a < b && similarity != null && similarity >= least) {
          same.add(new int[] {a, b});
        }
      }
    }
    out.printf(
        Locale.ROOT,
        "same person: %d of %s; similarity at least %.3f, distance at most %.3f%n",
        same.size(),
        Counted.of((long) usable.size() * (usable.size() - 1) / 2, "pair"),
        least,
        DistanceMatrix.distanceOf(least));
    same.stream()
        .limit(MOST_PRINTED)
        .forEach(
            pair ->
                out.printf(
                    Locale.ROOT,
                    "  %s  %s  %.3f%n",
                    compared.get(pair[0]).image(),
                    compared.get(pair[1]).image(),
                    matrix.value(DistanceMatrix.Metric.cosine, pair[0], pair[1])));
    if (same.size() > MOST_PRINTED) {
      out.println("  and " + (same.size() - MOST_PRINTED) + " more");
    }
  }

  private void write(
      List<Compared> compared, DistanceMatrix matrix, ModelCard card, @Nullable Float least) {
    if (json != null) {
      Reports.writeJson(json, values(compared, matrix, card, least));
    }
    if (csv != null) {
      Reports.write(
          csv, matrix.named(metric, compared.stream().map(Compared::image).toList()).toCsv());
    }
    if (plots != null && !matrix.usable().isEmpty()) {
      Path file = Reports.folder(plots).resolve("distances.png");
      HeatMap.draw(matrix, metric, nullable(compared.stream().map(Compared::thumbnail)), least)
          .writePng(file);
      spec.commandLine().getOut().println("the matrix with the faces is " + file);
    }
  }

  private static Map<String, @Nullable Object> values(
      List<Compared> compared, DistanceMatrix matrix, ModelCard card, @Nullable Float least) {
    Map<String, @Nullable Object> values = new LinkedHashMap<>();
    values.put("model", card.fingerprint());
    values.put("threshold", least);
    values.put("distanceThreshold", least == null ? null : DistanceMatrix.distanceOf(least));
    List<Map<String, @Nullable Object>> images = new ArrayList<>();
    for (Compared photo : compared) {
      Map<String, @Nullable Object> image = new LinkedHashMap<>();
      image.put("image", photo.image());
      Box box = photo.face() == null ? null : photo.face().face().box();
      image.put("box", box == null ? null : Reports.box(box));
      image.put("error", photo.error());
      images.add(image);
    }
    values.put("images", images);
    values.put("distances", matrix.values(DistanceMatrix.Metric.euclidean));
    List<List<@Nullable Double>> similarities = matrix.values(DistanceMatrix.Metric.cosine);
    values.put("similarities", similarities);
    values.put(
        "same",
        least == null
            ? null
            : similarities.stream()
                .map(row -> nullable(row.stream().map(s -> s == null ? null : s >= least)))
                .toList());
    return values;
  }
}
