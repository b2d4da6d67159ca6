package io.facepipeline.cli.people;

import com.google.gson.JsonNull;
import com.google.gson.JsonObject;
import com.google.gson.JsonPrimitive;
import io.facepipeline.Box;
import io.facepipeline.Face;
import io.facepipeline.FacePipeline;
import io.facepipeline.FacePipelineBuilder;
import io.facepipeline.FacePipelineException;
import io.facepipeline.Image;
import io.facepipeline.SpoofException;
import io.facepipeline.Verification;
import io.facepipeline.cli.output.Exit;
import io.facepipeline.cli.output.PhotoOptions;
import io.facepipeline.cli.output.Reports;
import io.facepipeline.cli.stages.LiveOptions;
import io.facepipeline.cli.stages.Pipelines;
import io.facepipeline.cli.stages.SamePersonOptions;
import io.facepipeline.cli.stages.StageFactory;
import io.facepipeline.cli.stages.StageOptions;
import io.facepipeline.cli.stages.Thresholds;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** Tells whether two photos show the same person. */
@Command(
    name = "verify",
    mixinStandardHelpOptions = true,
    description = "Tells whether two photos show the same person.")
public final class VerifyCommand implements Callable<Integer> {
  private final StageFactory stages;

  @Spec CommandSpec spec;
  @Mixin StageOptions stageOptions = new StageOptions();
  @Mixin LiveOptions live = stageOptions.live;

  @Option(names = "--json", paramLabel = "OUT", description = "Write the verdict as JSON.")
  @Nullable Path json;

  @Mixin SamePersonOptions samePerson = new SamePersonOptions();

  @Parameters(index = "0", paramLabel = "A", description = "A photo.")
  Path a;

  @Parameters(index = "1", paramLabel = "B", description = "Another photo.")
  Path b;

  @SuppressWarnings("NullAway.Init") // picocli sets the specification and the parameters
  public VerifyCommand(StageFactory stages) {
    this.stages = stages;
  }

  /** The face that was taken, as x1, y1, x2, y2. */
  private static JsonObject box(Face face) {
    Box box = face.box();
    JsonObject result = new JsonObject();
    result.add("box", Reports.tree(new float[] {box.x1(), box.y1(), box.x2(), box.y2()}));
    return result;
  }

  /** What is written if a photo cannot be used, so that no earlier verdict stays in the file. */
  private static JsonObject failure(String problem, FacePipelineException cause) {
    JsonObject result = new JsonObject();
    if (cause instanceof SpoofException spoof) {
      result.addProperty("spoof", true);
      result.addProperty("liveness", spoof.liveness());
    }
    for (String unknown : List.of("same", "similarity", "threshold", "farAtThreshold")) {
      result.add(unknown, JsonNull.INSTANCE);
    }
    result.addProperty("error", problem);
    return result;
  }

  @Override
  public Integer call() {
    FacePipelineBuilder builder =
        Pipelines.builder(stages, stageOptions)
            .selection(samePerson.selection())
            .withoutClassifier();
    Float threshold = samePerson.threshold();
    if (threshold != null) {
      builder.verificationThreshold(threshold);
    }
    try (FacePipeline pipeline = builder.build()) {
      Thresholds.require(pipeline.card(), threshold, stageOptions.embedder);
      Verification verdict;
      Path at = a;
      Image first = null;
      Image second = null;
      try {
        first = Image.read(a);
        at = b;
        second = Image.read(b);
        verdict = pipeline.verify(first, second);
      } catch (FacePipelineException e) {
        if (first != null && second != null) {
          at = isUsable(pipeline, first) ? b : a;
        }
        String problem = PhotoOptions.problem(at.toString(), e);
        spec.commandLine().getErr().println("facepipeline: " + problem);
        if (json != null) {
          Reports.writeJson(json, failure(problem, e));
        }
        return Exit.code(false);
      }
      spec.commandLine().getOut().println(verdict);
      if (json != null) {
        JsonObject result = new JsonObject();
        result.addProperty("same", verdict.same());
        result.addProperty("similarity", verdict.similarity());
        result.addProperty("threshold", verdict.threshold());
        result.add("first", box(verdict.first()));
        result.add("second", box(verdict.second()));
        if (verdict.firstLiveness() != null) {
          result.addProperty("firstLiveness", verdict.firstLiveness());
          result.addProperty("secondLiveness", verdict.secondLiveness());
        }
        result.add(
            "farAtThreshold",
            verdict.farAtThreshold() != null
                ? new JsonPrimitive(verdict.farAtThreshold())
                : JsonNull.INSTANCE);
        Reports.writeJson(json, result);
      }
      return Exit.code(true);
    }
  }

  /** Whether it was not for this photo that a comparison failed. */
  private static boolean isUsable(FacePipeline pipeline, Image photo) {
    try {
      pipeline.verify(photo, photo);
      return true;
    } catch (FacePipelineException e) {
      return false;
    }
  }
}
