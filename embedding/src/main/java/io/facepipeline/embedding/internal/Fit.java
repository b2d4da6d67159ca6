package io.facepipeline.embedding.internal;

import io.facepipeline.FacePipelineException;
import io.facepipeline.embedding.Architecture;
import io.facepipeline.onnx.MalformedModelException;
import io.facepipeline.onnx.checkpoint.Checkpoint;
import io.facepipeline.onnx.graph.LayerEmitter;
import io.facepipeline.onnx.graph.Value;
import java.util.Collection;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * Whether a checkpoint is of an architecture: every tensor that the network needs is there in its
 * shape, and none is left over that would be ignored, but for classifiers, counters and an
 * optimizer's state.
 *
 * @param architecture the architecture
 * @param used how many of the checkpoint's tensors its layers took
 * @param problem the first tensor that is missing, misshapen or left over; null if it fits
 */
public record Fit(Architecture architecture, int used, @Nullable String problem) {
  /** Emits the network as far as it goes. */
  public static Fit of(Architecture architecture, Checkpoint checkpoint) {
    LayerEmitter layers = new LayerEmitter("fit", checkpoint);
    String problem = problem(architecture, layers, checkpoint);
    if (problem != null) {
      String file = checkpoint.file() + ": ";
      problem = problem.startsWith(file) ? problem.substring(file.length()) : problem;
    } else {
      List<String> unused = unused(architecture, layers);
      if (!unused.isEmpty()) {
        problem =
            "tensor "
                + unused.get(0)
                + " does not belong to it, one of "
                + unused.size()
                + " such tensors";
      }
    }
    return new Fit(architecture, layers.used(), problem);
  }

  /** {@return whether the checkpoint is of the architecture} */
  public boolean fits() {
    return problem == null;
  }

  /**
   * {@return the architecture whose layers take the most of the checkpoint's tensors, if any takes
   * one}
   */
  public static Optional<Fit> nearest(Collection<Fit> fits) {
    return fits.stream().filter(fit -> fit.used > 0).max(Comparator.comparingInt(Fit::used));
  }

  /** Refuses a checkpoint of another architecture. */
  public static void require(Architecture architecture, Checkpoint checkpoint, String advice) {
    Fit fit = of(architecture, checkpoint);
    if (!fit.fits()) {
      throw new MalformedModelException(
          checkpoint.file()
              + ": the tensors are not those of "
              + architecture.name()
              + ": "
              + fit.problem
              + "; "
              + advice);
    }
  }

  /** The tensors that neither the network nor its classifier explains. */
  public static List<String> unused(Architecture architecture, LayerEmitter layers) {
    return layers.unused().stream()
        .filter(name -> architecture.ignoredPrefixes().stream().noneMatch(name::startsWith))
        .toList();
  }

  private static @Nullable String problem(
      Architecture architecture, LayerEmitter layers, Checkpoint checkpoint) {
    int channels = architecture.inputChannels();
    try {
      Value input = layers.input("input", -1, channels, -1, -1);
      Value features = architecture.forward(layers, input, outputs(architecture, checkpoint));
      layers.output(features, "features", -1, -1);
    } catch (FacePipelineException | IllegalArgumentException e) {
      return String.valueOf(e.getMessage());
    }
    return ChannelCheck.firstMisshapen(layers.build(), channels).orElse(null);
  }

  /** What the checkpoint says, or any number where the layers will say what is wrong with it. */
  private static int outputs(Architecture architecture, Checkpoint checkpoint) {
    try {
      return architecture.outputSize(checkpoint);
    } catch (MalformedModelException | IndexOutOfBoundsException e) {
      return 1;
    }
  }
}
