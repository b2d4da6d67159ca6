package io.facepipeline.cli.evaluation;

import io.facepipeline.ImageSource;
import io.facepipeline.cli.evaluation.PersonCenters.Embedded;
import io.facepipeline.cli.evaluation.PersonCenters.Placed;
import io.facepipeline.cli.input.PhotoFiles;
import io.facepipeline.cli.output.Exit;
import io.facepipeline.cli.stages.Select;
import io.facepipeline.cli.stages.StageFactory;
import io.facepipeline.cli.stages.StageOptions;
import io.facepipeline.cli.stages.Thresholds;
import io.facepipeline.evaluation.EvaluationRun.EvaluatedPhoto;
import io.facepipeline.internal.PlainWords;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** Finds photos that do not belong to the person in whose folder they are. */
@Command(
    name = "outliers",
    mixinStandardHelpOptions = true,
    description = {
      "Finds photos in the wrong person's folder: how far each is from the mean of its person's"
          + " photos.",
      "Suspect are photos less similar to the person's other photos than --threshold, or more"
          + " similar to another person. Nothing is moved without --move-to."
    })
public final class OutliersCommand implements Callable<Integer> {
  private final StageFactory stages;

  @Spec CommandSpec spec;
  @Mixin StageOptions stageOptions = new StageOptions();
  @Mixin EvaluationOptions options = new EvaluationOptions();

  @Option(
      names = "--people",
      required = true,
      paramLabel = "DIR",
      description = "The photos, a folder per person.")
  Path people;

  @Option(
      names = "--threshold",
      paramLabel = "T",
      description =
          "Lowest cosine similarity to the person's other photos (default: the model's card).")
  @Nullable Float threshold;

  @Option(
      names = "--percentile",
      paramLabel = "P",
      description =
          "Instead, suspect are photos farther from the mean than P %% of all photos are, as in"
              + " facenet's --filter_percentile.")
  @Nullable Double percentile;

  @Option(
      names = "--move-to",
      paramLabel = "DIR",
      description = "Move the suspect photos here, each into its person's folder.")
  @Nullable Path moveTo;

  @Option(
      names = "--top",
      paramLabel = "N",
      description = "With --plots: the farthest photos of each person to show (default: 10).")
  int top = 10;

  @Option(
      names = "--select",
      paramLabel = "WHICH",
      description =
          "The face to use if there are several: ${COMPLETION-CANDIDATES} (default: center).")
  Select select = Select.center;

  @SuppressWarnings("NullAway.Init") // picocli sets the specification and the required options
  public OutliersCommand(StageFactory stages) {
    this.stages = stages;
  }

  @Override
  public Integer call() {
    check();
    Map<Path, String> photos = new LinkedHashMap<>();
    PhotoFiles.people(spec, people)
        .forEach(
            (person, sources) -> {
              for (ImageSource source : sources) {
                photos.put(Path.of(source.name()), person);
              }
            });
    try (EvaluationStages opened =
        EvaluationStages.open(stages, stageOptions, select, crop -> stageOptions.minFace())) {
      Float least = null;
      if (percentile == null) {
        Thresholds.require(opened.card(), threshold, stageOptions.embedder);
        least = threshold != null ? threshold : opened.card().verificationThreshold();
      }
      Map<Path, EvaluatedPhoto> embedded = options.embed(spec, opened, photos.keySet());
      Map<String, List<Placed>> placed = placed(photos, embedded);
      OutlierReport report = new OutlierReport(photos, embedded, placed, suspect(least, placed));
      Map<String, @Nullable Object> values = new LinkedHashMap<>(opened.described());
      values.put("threshold", least);
      values.put("percentile", percentile);
      values.putAll(report.values());
      options.write(spec, report.table(), values, report.items());
      PrintWriter out = spec.commandLine().getOut();
      out.print(report.text());
      if (options.plots != null) {
        report.sheets(options.plots, top).forEach(sheet -> out.println("the farthest: " + sheet));
      }
      boolean all = embedded.values().stream().allMatch(photo -> photo.embedding().isPresent());
      if (moveTo != null) {
        all &= move(report.suspects(), moveTo);
      }
      out.flush();
      return Exit.code(all);
    }
  }

  private void check() {
    if (threshold != null && percentile != null) {
      throw Exit.wrongUsage(spec, "give --threshold or --percentile, not both");
    }
    if (percentile != null && !(percentile >= 0 && percentile <= 100)) {
      throw Exit.wrongUsage(spec, "--percentile is 0 to 100, got " + percentile);
    }
    if (top < 1) {
      throw Exit.wrongUsage(spec, "--top is at least 1, got " + top);
    }
    if (moveTo != null && PhotoFiles.isInside(moveTo, people)) {
      throw Exit.wrongUsage(
          spec,
          "--move-to "
              + moveTo
              + " is inside "
              + people
              + ", where it would be a person; name a folder elsewhere");
    }
  }

  /** By person; a photo without a usable face is named and left out. */
  private Map<String, List<Placed>> placed(
      Map<Path, String> photos, Map<Path, EvaluatedPhoto> embedded) {
    Map<String, List<Embedded>> byPerson = new LinkedHashMap<>();
    PrintWriter err = spec.commandLine().getErr();
    photos.forEach(
        (file, person) -> {
          EvaluatedPhoto photo = embedded.get(file);
          if (photo != null && photo.embedding().isPresent()) {
            byPerson
                .computeIfAbsent(person, p -> new ArrayList<>())
                .add(new Embedded(file, photo.embedding().get()));
          } else if (photo != null && photo.error().isEmpty()) {
            err.println("facepipeline: " + file + ": no face was found");
          }
        });
    return PersonCenters.place(byPerson);
  }

  /** Which photos are suspect, and by what. */
  private Predicate<Placed> suspect(@Nullable Float least, Map<String, List<Placed>> placed) {
    if (least != null) {
      return photo -> photo.isSuspect(least);
    }
    double[] distances =
        placed.values().stream().flatMap(List::stream).mapToDouble(Placed::distance).toArray();
    double most =
        percentile == null || distances.length == 0
            ? Double.POSITIVE_INFINITY
            : PersonCenters.percentile(distances, percentile);
    return photo -> photo.distance() > most;
  }

  /** Moves photos, and says where they are; whether all could be moved. */
  private boolean move(List<Placed> suspects, Path to) {
    PrintWriter out = spec.commandLine().getOut();
    boolean all = true;
    for (Placed photo : suspects) {
      try {
        out.println(photo.file() + " is now " + moved(photo.file(), to));
      } catch (IOException e) {
        all = false;
        spec.commandLine()
            .getErr()
            .println("facepipeline: " + photo.file() + " cannot be moved: " + PlainWords.of(e));
      }
    }
    return all;
  }

  private Path moved(Path photo, Path to) throws IOException {
    Path wanted = to.resolve(people.relativize(photo));
    Path target = wanted;
    for (int i = 2; Files.exists(target, LinkOption.NOFOLLOW_LINKS); i++) {
      target = wanted.resolveSibling(PhotoFiles.numbered(wanted, i));
    }
    Files.createDirectories(target.toAbsolutePath().getParent());
    return Files.move(photo, target);
  }
}
