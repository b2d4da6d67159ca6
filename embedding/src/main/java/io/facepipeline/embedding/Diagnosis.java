package io.facepipeline.embedding;

import io.facepipeline.FacePipelineException;
import io.facepipeline.onnx.checkpoint.Checkpoint;
import io.facepipeline.onnx.emit.LayerEmitter;
import io.facepipeline.onnx.graph.GraphBuilder;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * Why a checkpoint is not of an architecture: how many of its tensors the architecture's layers
 * took, and the first tensor that is missing, misshapen or left over.
 */
record Diagnosis(Architecture architecture, int used, String problem) {
  /**
   * {@return the architecture whose layers take the most of the checkpoint's tensors, if any takes
   * one}
   */
  static Optional<Diagnosis> nearest(List<Architecture> architectures, Checkpoint checkpoint) {
    return architectures.stream()
        .map(architecture -> of(architecture, checkpoint))
        .filter(diagnosis -> diagnosis.used > 0)
        .max(Comparator.comparingInt(Diagnosis::used));
  }

  /** Emits the network as far as it goes. */
  static Diagnosis of(Architecture architecture, Checkpoint checkpoint) {
    GraphBuilder graph = new GraphBuilder("diagnosis");
    LayerEmitter layers = new LayerEmitter(graph, checkpoint);
    int all = layers.unused().size();
    String failure = failure(architecture, layers, graph);
    List<String> unused = unused(architecture, layers);
    int used = all - layers.unused().size();
    if (failure != null) {
      return new Diagnosis(architecture, used, failure);
    }
    return new Diagnosis(
        architecture,
        used,
        unused.isEmpty()
            ? checkpoint.file() + ": the depth is of another variant"
            : checkpoint.file() + ": unexpected tensor " + unused.get(0));
  }

  /** The tensors that neither the network nor its classifier explains. */
  static List<String> unused(Architecture architecture, LayerEmitter layers) {
    return layers.unused().stream()
        .filter(name -> architecture.ignoredPrefixes().stream().noneMatch(name::startsWith))
        .toList();
  }

  private static @Nullable String failure(
      Architecture architecture, LayerEmitter layers, GraphBuilder graph) {
    try {
      architecture.emit(layers, graph.input("input", -1, -1, -1, -1));
      return null;
    } catch (FacePipelineException | IllegalArgumentException e) {
      return String.valueOf(e.getMessage());
    }
  }
}
