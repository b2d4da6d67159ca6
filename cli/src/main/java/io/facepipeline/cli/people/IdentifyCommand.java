package io.facepipeline.cli.people;

import io.facepipeline.FacePipeline;
import io.facepipeline.ImageSource;
import io.facepipeline.cli.input.Album;
import io.facepipeline.cli.input.PhotoFiles;
import io.facepipeline.cli.output.Exit;
import io.facepipeline.cli.output.PhotoOptions;
import io.facepipeline.cli.output.PhotoResult;
import io.facepipeline.cli.stages.Enrolling;
import io.facepipeline.cli.stages.LiveOptions;
import io.facepipeline.cli.stages.Pipelines;
import io.facepipeline.cli.stages.StageFactory;
import io.facepipeline.cli.stages.StageOptions;
import io.facepipeline.cli.stages.ThresholdOption;
import java.io.PrintWriter;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
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
  @Mixin LiveOptions live = stageOptions.live;
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

  @Mixin ThresholdOption threshold = new ThresholdOption();

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
      throw Exit.wrongUsage(spec, "give identify --people or --gallery, not both");
    }
    Map<String, List<ImageSource>> known =
        gallery != null
            ? Map.of()
            : people == null ? Album.people() : PhotoFiles.people(spec, people);
    PrintWriter out = spec.commandLine().getOut();
    try (FacePipeline pipeline =
        Pipelines.identifying(spec, stages, stageOptions, threshold.cosine(), gallery)) {
      boolean allEnrolled = Enrolling.all(pipeline, known, out, spec.commandLine().getErr());
      List<PhotoResult> results =
          photoOptions.run(
              pipeline,
              album ? Album.groups() : PhotoFiles.sources(spec, paths),
              spec.commandLine().getErr(),
              NamedFaces.by(pipeline),
              result -> NamedFaces.print(out, result));
      NamedFaces.summarize(out, results, photoOptions);
      return Exit.code(allEnrolled && PhotoOptions.allDone(results));
    }
  }
}
