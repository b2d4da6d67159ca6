package io.facepipeline.cli.people;

import io.facepipeline.EnrollOptions;
import io.facepipeline.FacePipeline;
import io.facepipeline.ImageSource;
import io.facepipeline.Outcome;
import io.facepipeline.SelectedFace;
import io.facepipeline.cli.Main;
import io.facepipeline.cli.photos.PhotoFiles;
import io.facepipeline.cli.photos.PhotoOptions;
import io.facepipeline.cli.photos.PhotoResult;
import io.facepipeline.cli.serve.PlainWords;
import io.facepipeline.cli.stages.Pipelines;
import io.facepipeline.cli.stages.StageFactory;
import io.facepipeline.cli.stages.StageOptions;
import java.io.PrintWriter;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** Says who is in photos. */
@Command(
    name = "identify",
    mixinStandardHelpOptions = true,
    description = {
      "Enrolls people and tells who is in photos.",
      "Without photos, it uses the sample album, whose people do not exist."
    })
public final class IdentifyCommand implements Callable<Integer> {
  private static final Path ALBUM_PICTURES = Path.of("facepipeline-album");

  private final StageFactory stages;

  @Spec CommandSpec spec;
  @Mixin StageOptions stageOptions = new StageOptions();
  @Mixin PhotoOptions photoOptions = new PhotoOptions();

  @Option(
      names = "--people",
      paramLabel = "DIR",
      description = "A folder per person with photos that show them alone (default: the album's).")
  @Nullable Path people;

  @Option(
      names = "--gallery",
      paramLabel = "DIR",
      description = "A gallery made by 'gallery add', instead of people to enroll.")
  @Nullable Path gallery;

  @Option(
      names = "--threshold",
      paramLabel = "T",
      description = "Lowest cosine similarity of a known person (default: the model's card).")
  @Nullable Float threshold;

  @Parameters(
      arity = "0..*",
      paramLabel = "PATH",
      description = "Photos, or folders of photos (default: the album's group photos).")
  List<Path> paths = List.of();

  @SuppressWarnings("NullAway.Init") // picocli sets the specification
  public IdentifyCommand(StageFactory stages) {
    this.stages = stages;
  }

  @Override
  public Integer call() {
    boolean album = paths.isEmpty();
    if (album && photoOptions.annotate == null) {
      photoOptions.annotate = ALBUM_PICTURES;
    }
    if (gallery != null && people != null) {
      throw Main.wrongUsage(spec, "give identify --people or --gallery, not both");
    }
    Map<String, List<ImageSource>> known =
        gallery != null
            ? Map.of()
            : people == null ? Album.people() : PhotoFiles.people(spec, people);
    PrintWriter out = spec.commandLine().getOut();
    try (FacePipeline pipeline =
        Pipelines.identifying(spec, stages, stageOptions, threshold, gallery)) {
      boolean allEnrolled = enroll(pipeline, known, out, spec.commandLine().getErr());
      List<PhotoResult> results =
          photoOptions.run(
              album ? Album.groups() : PhotoFiles.sources(spec, paths),
              ImageSource::name,
              spec.commandLine().getErr(),
              NamedFaces.by(pipeline),
              (result, all) -> NamedFaces.print(out, result));
      NamedFaces.summarize(out, results, photoOptions);
      return Main.exitCode(allEnrolled && PhotoOptions.allDone(results));
    }
  }

  /** Enrols people, and names the photos that cannot be used. */
  public static boolean enroll(
      FacePipeline pipeline,
      Map<String, List<ImageSource>> known,
      PrintWriter out,
      PrintWriter err) {
    boolean all = true;
    for (Map.Entry<String, List<ImageSource>> person : known.entrySet()) {
      List<ImageSource> photos = person.getValue();
      long usable =
          enroll(pipeline, person.getKey(), photos, EnrollOptions.defaults(), out, err);
      all &= usable == photos.size();
    }
    return all;
  }

  /** Enrols a person, names the photos that cannot be used, and returns how many could be. */
  static long enroll(
      FacePipeline pipeline,
      String label,
      List<ImageSource> photos,
      EnrollOptions options,
      PrintWriter out,
      PrintWriter err) {
    List<Outcome<SelectedFace>> outcomes = pipeline.enrollAll(label, photos, options);
    for (Outcome<SelectedFace> outcome : outcomes) {
      String photo = "facepipeline: " + outcome.name() + ": ";
      if (outcome.error().isPresent()) {
        String problem = PlainWords.of(outcome.error().get());
        err.println(
            photo
                + "not enrolled: "
                + problem.replaceFirst(Pattern.quote(outcome.name()) + ": ?", ""));
      } else {
        if (!outcome.get().others().isEmpty()) {
          err.println(photo + "enrolled " + outcome.get());
        }
        outcome.get().quality().warnings().forEach(w -> err.println(photo + "warning: " + w));
      }
    }
    long usable = outcomes.stream().filter(Outcome::isPresent).count();
    out.printf("enrolled %-12s %s%n", label, Main.count(usable, "photo"));
    return usable;
  }
}
