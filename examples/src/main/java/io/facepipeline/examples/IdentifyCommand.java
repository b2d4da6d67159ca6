package io.facepipeline.examples;

import io.facepipeline.Face;
import io.facepipeline.FacePipeline;
import io.facepipeline.ImageSource;
import io.facepipeline.Outcome;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.stream.Stream;
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
      "Enrols people and says who is in photos.",
      "Without photos, it does so with the sample album, whose people do not exist."
    })
final class IdentifyCommand implements Callable<Integer> {
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
      names = "--threshold",
      paramLabel = "T",
      description = "Least cosine similarity of a known person (default: the model's card).")
  @Nullable Float threshold;

  @Parameters(
      arity = "0..*",
      paramLabel = "PATH",
      description = "Photos, or folders of photos (default: the album's group photos).")
  List<Path> paths = List.of();

  @SuppressWarnings("NullAway.Init") // picocli sets the specification
  IdentifyCommand(StageFactory stages) {
    this.stages = stages;
  }

  @Override
  public Integer call() {
    boolean album = paths.isEmpty();
    if (album && photoOptions.annotate == null) {
      photoOptions.annotate = ALBUM_PICTURES;
    }
    Map<String, List<ImageSource>> known = people == null ? Album.people() : folders(people);
    PrintWriter out = spec.commandLine().getOut();
    try (FacePipeline pipeline = Pipelines.identifying(stages, stageOptions, threshold)) {
      boolean allEnrolled = enroll(pipeline, known, out);
      List<PhotoResult> results =
          photoOptions.run(
              album ? Album.groups() : PhotoFiles.sources(paths),
              ImageSource::name,
              spec.commandLine().getErr(),
              NamedFaces.by(pipeline),
              (result, all) -> NamedFaces.print(out, result));
      NamedFaces.summarize(out, results, photoOptions.annotate);
      return Main.exitCode(allEnrolled && PhotoOptions.allDone(results));
    }
  }

  private boolean enroll(
      FacePipeline pipeline, Map<String, List<ImageSource>> known, PrintWriter out) {
    boolean all = true;
    for (Map.Entry<String, List<ImageSource>> person : known.entrySet()) {
      List<Outcome<Face>> outcomes = pipeline.enrollAll(person.getKey(), person.getValue());
      for (Outcome<Face> outcome : outcomes) {
        if (outcome.error().isPresent()) {
          all = false;
          spec.commandLine()
              .getErr()
              .println(
                  "facepipeline: "
                      + outcome.name()
                      + ": not enrolled: "
                      + outcome.error().get().getMessage());
        }
      }
      long usable = outcomes.stream().filter(Outcome::isPresent).count();
      out.printf("enrolled %-12s %d photos%n", person.getKey(), usable);
    }
    return all;
  }

  private Map<String, List<ImageSource>> folders(Path root) {
    if (!Files.isDirectory(root)) {
      throw Main.wrongUsage(spec, "--people wants a folder with a folder per person, got " + root);
    }
    Map<String, List<ImageSource>> known = new LinkedHashMap<>();
    try (Stream<Path> folders = Files.list(root)) {
      folders
          .filter(Files::isDirectory)
          .sorted()
          .forEach(
              folder -> {
                List<ImageSource> photos = PhotoFiles.sources(List.of(folder));
                if (!photos.isEmpty()) {
                  known.put(String.valueOf(folder.getFileName()), photos);
                }
              });
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    if (known.isEmpty()) {
      throw Main.wrongUsage(spec, "--people: no folder in " + root + " holds photos");
    }
    return known;
  }
}
