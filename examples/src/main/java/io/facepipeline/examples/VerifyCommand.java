package io.facepipeline.examples;

import com.google.gson.JsonNull;
import com.google.gson.JsonObject;
import com.google.gson.JsonPrimitive;
import io.facepipeline.FacePipeline;
import io.facepipeline.FacePipelineException;
import io.facepipeline.FaceSelection;
import io.facepipeline.Image;
import io.facepipeline.Verification;
import java.nio.file.Path;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** Says whether two photos show the same person. */
@Command(
    name = "verify",
    mixinStandardHelpOptions = true,
    description = "Says whether two photos show the same person.")
final class VerifyCommand implements Callable<Integer> {
  /** Which face of a photo is meant. */
  enum Select {
    /** The only one; several are an error. */
    only(FaceSelection.only()),
    /** The largest. */
    largest(FaceSelection.largest()),
    /** The one the detector is surest of. */
    probable(FaceSelection.mostProbable()),
    /** A large one near the centre. */
    center(FaceSelection.centerWeighted());

    private final FaceSelection selection;

    FaceSelection selection() {
      return selection;
    }

    Select(FaceSelection selection) {
      this.selection = selection;
    }
  }

  private final StageFactory stages;

  @Spec CommandSpec spec;
  @Mixin StageOptions stageOptions = new StageOptions();

  @Option(names = "--json", paramLabel = "OUT", description = "Write the verdict as JSON.")
  @Nullable Path json;

  @Option(
      names = "--threshold",
      paramLabel = "T",
      description = "Least cosine similarity of the same person (default: the model's card).")
  @Nullable Float threshold;

  @Option(
      names = "--select",
      paramLabel = "WHICH",
      description = "Which face of several: ${COMPLETION-CANDIDATES} (default: largest).")
  Select select = Select.largest;

  @Parameters(index = "0", paramLabel = "A", description = "A photo.")
  Path a;

  @Parameters(index = "1", paramLabel = "B", description = "Another photo.")
  Path b;

  @SuppressWarnings("NullAway.Init") // picocli sets the specification and the parameters
  VerifyCommand(StageFactory stages) {
    this.stages = stages;
  }

  @Override
  public Integer call() {
    try (FacePipeline pipeline =
        Pipelines.build(
            stages,
            stageOptions,
            (builder, card) -> {
              builder.selection(select.selection);
              if (threshold != null) {
                builder.verificationThreshold(threshold);
              }
            })) {
      Verification verdict;
      try {
        verdict = pipeline.verify(Image.read(a), Image.read(b));
      } catch (FacePipelineException e) {
        spec.commandLine()
            .getErr()
            .println("facepipeline: " + a + ", " + b + ": " + e.getMessage());
        return Main.exitCode(false);
      }
      spec.commandLine().getOut().println(verdict);
      if (json != null) {
        JsonObject result = new JsonObject();
        result.addProperty("same", verdict.same());
        result.addProperty("similarity", verdict.similarity());
        result.addProperty("threshold", verdict.threshold());
        result.add(
            "farAtThreshold",
            verdict.farAtThreshold().isPresent()
                ? new JsonPrimitive(verdict.farAtThreshold().getAsDouble())
                : JsonNull.INSTANCE);
        Reports.writeJson(json, result);
      }
      return Main.exitCode(true);
    }
  }
}
