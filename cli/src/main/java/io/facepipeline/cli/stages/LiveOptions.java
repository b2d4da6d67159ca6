package io.facepipeline.cli.stages;

import io.facepipeline.FacePipelineBuilder;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;

/** Whether faces that are no living ones are refused. */
public final class LiveOptions {
  private static final float DEFAULT_LEAST = 0.5f;

  @Option(
      names = "--require-live",
      paramLabel = "MODEL",
      description =
          "Refuse faces that this liveness model takes for printed photos, screens or masks:"
              + " liveness-minifasnet or another of the catalog, or an ONNX file of your own.")
  @Nullable String model;

  @Option(
      names = "--live-threshold",
      paramLabel = "P",
      description = "With --require-live: the least probability of a live face (default: 0.5).")
  @Nullable Float least;

  /** Whether that model refuses faces. */
  public boolean isOf(String id) {
    return id.equals(model);
  }

  /** Lets a pipeline refuse what is not live, if that is asked for. */
  FacePipelineBuilder apply(FacePipelineBuilder builder, StageOptions options) {
    if (model != null) {
      String chosen = model;
      builder.requireLive(
          () -> AttributeModels.open(chosen, options), least == null ? DEFAULT_LEAST : least);
    } else if (least != null) {
      throw new IllegalArgumentException(
          "--live-threshold is for --require-live MODEL; name the model too, or leave it out");
    }
    return builder;
  }
}
