package io.facepipeline.cli.photos;

import io.facepipeline.EmbeddedFace;
import io.facepipeline.FacePipeline;
import io.facepipeline.cli.input.PhotoArguments;
import io.facepipeline.cli.output.Counted;
import io.facepipeline.cli.output.Exit;
import io.facepipeline.cli.output.PhotoOptions;
import io.facepipeline.cli.output.PhotoResult;
import io.facepipeline.cli.stages.Pipelines;
import io.facepipeline.cli.stages.StageFactory;
import io.facepipeline.cli.stages.StageOptions;
import java.io.PrintWriter;
import java.util.List;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Spec;

/** Turns the faces in photos into embeddings. */
@Command(
    name = "embed",
    mixinStandardHelpOptions = true,
    description = {"Turns the faces in photos into embeddings.", "--json holds the vectors."})
public final class EmbedCommand implements Callable<Integer> {
  private final StageFactory stages;

  @Spec CommandSpec spec;
  @Mixin StageOptions stageOptions = new StageOptions();
  @Mixin PhotoOptions photoOptions = new PhotoOptions();

  @Mixin PhotoArguments arguments = new PhotoArguments();

  @SuppressWarnings("NullAway.Init") // picocli sets the specification
  public EmbedCommand(StageFactory stages) {
    this.stages = stages;
  }

  @Override
  public Integer call() {
    PrintWriter out = spec.commandLine().getOut();
    try (FacePipeline pipeline = Pipelines.embedding(stages, stageOptions)) {
      List<PhotoResult> results =
          photoOptions.run(
              pipeline,
              arguments.sources(spec),
              spec.commandLine().getErr(),
              (photo, result) -> {
                for (EmbeddedFace face : pipeline.embed(photo)) {
                  result.faces.add(PhotoResult.FaceResult.of(face.face(), face.embedding()));
                }
              },
              result -> print(out, result));
      return Exit.code(PhotoOptions.allDone(results));
    }
  }

  private static void print(PrintWriter out, PhotoResult result) {
    if (result.error == null) {
      out.println(result.image + ": " + Counted.of(result.faces.size(), "face") + " embedded");
      result.faces.forEach(
          f -> out.println("  " + f.model + " [" + preview(f.embedding) + " ...]"));
    }
  }

  private static String preview(float @Nullable [] vector) {
    return vector == null ? "" : String.format("%.3f %.3f %.3f", vector[0], vector[1], vector[2]);
  }
}
