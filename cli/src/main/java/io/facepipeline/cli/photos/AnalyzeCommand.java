package io.facepipeline.cli.photos;

import io.facepipeline.FaceAttribute;
import io.facepipeline.FacePipeline;
import io.facepipeline.FacePipelineBuilder;
import io.facepipeline.ImageSource;
import io.facepipeline.cli.input.PhotoArguments;
import io.facepipeline.cli.input.PhotoFiles;
import io.facepipeline.cli.output.Counted;
import io.facepipeline.cli.output.Exit;
import io.facepipeline.cli.output.PhotoOptions;
import io.facepipeline.cli.output.PhotoResult;
import io.facepipeline.cli.stages.Enrolling;
import io.facepipeline.cli.stages.LiveOptions;
import io.facepipeline.cli.stages.Pipelines;
import io.facepipeline.cli.stages.StageFactory;
import io.facepipeline.cli.stages.StageOptions;
import io.facepipeline.gallery.Gallery;
import java.io.PrintWriter;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** Tells all that the library can about the faces in photos. */
@Command(
    name = "analyze",
    mixinStandardHelpOptions = true,
    description = {
      "Finds and names faces, with expression, liveness, age, head pose and quality.",
      "Each photo is detected only once for all of them."
    })
public final class AnalyzeCommand implements Callable<Integer> {
  private final StageFactory stages;

  @Spec CommandSpec spec;
  @Mixin StageOptions stageOptions = new StageOptions();
  @Mixin LiveOptions live = stageOptions.live;
  @Mixin PhotoOptions photoOptions = new PhotoOptions();
  @Mixin AttributeOptions attributes = new AttributeOptions();

  @Option(
      names = "--people",
      paramLabel = "DIR",
      description = "A folder per person with photos that show them alone (default: nobody).")
  @Nullable Path people;

  @Mixin PhotoArguments arguments = new PhotoArguments();

  @SuppressWarnings("NullAway.Init") // picocli sets the specification
  public AnalyzeCommand(StageFactory stages) {
    this.stages = stages;
  }

  @Override
  public Integer call() {
    Map<String, List<ImageSource>> known =
        people == null ? Map.of() : PhotoFiles.people(spec, people);
    PrintWriter out = spec.commandLine().getOut();
    PrintWriter err = spec.commandLine().getErr();
    List<FaceAttribute> models = attributes.load(stageOptions, err);
    try (FacePipeline pipeline = pipeline(models)) {
      boolean allEnrolled = Enrolling.all(pipeline, known, out, err);
      List<PhotoResult> results =
          photoOptions.run(
              pipeline,
              arguments.sources(spec),
              err,
              (photo, result) ->
                  pipeline
                      .analyze(photo)
                      .forEach(face -> result.faces.add(PhotoResult.FaceResult.of(face))),
              result -> print(out, result));
      return Exit.code(allEnrolled && PhotoOptions.allDone(results));
    }
  }

  private FacePipeline pipeline(List<FaceAttribute> models) {
    try {
      FacePipelineBuilder builder = Pipelines.builder(stages, stageOptions);
      models.forEach(builder::attribute);
      return (people != null ? builder.classifier(Gallery.inMemory()) : builder.withoutClassifier())
          .build();
    } catch (RuntimeException e) {
      models.forEach(FaceAttribute::close);
      throw e;
    }
  }

  private static void print(PrintWriter out, PhotoResult result) {
    if (result.error != null) {
      return;
    }
    out.printf("%n%s: %s%n", result.image, Counted.of(result.faces.size(), "face"));
    for (PhotoResult.FaceResult face : result.faces) {
      StringBuilder line = new StringBuilder("  ");
      if (face.identified) {
        line.append(String.format("%-12s ", face.name()));
      }
      face.attributes.forEach(
          told -> line.append(told.toString().replaceFirst(": ", " ")).append("   "));
      if (face.quality != null) {
        line.append(String.format(Locale.ROOT, "quality %.2f", face.quality.score()));
        face.quality.warnings().forEach(warning -> line.append("; ").append(warning));
      }
      out.println(line);
    }
  }
}
