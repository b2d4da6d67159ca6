package io.facepipeline.training.student;

import io.facepipeline.embedding.Architecture;
import io.facepipeline.onnx.checkpoint.Checkpoint;
import io.facepipeline.onnx.checkpoint.Tensor;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * Weights to start from whose network has another number of outputs than is wanted, such as
 * ImageNet's classes instead of an embedding: the layers that give the outputs begin anew.
 */
public final class NewOutputs {
  private NewOutputs() {}

  /**
   * {@return the weights of a checkpoint, but for those whose shapes differ in the number of
   * outputs alone, which are the new network's}
   *
   * @param from the checkpoint
   * @param fresh the new network's weights
   * @throws io.facepipeline.onnx.MalformedModelException if one is of another architecture
   */
  public static Checkpoint of(Architecture architecture, Checkpoint from, Checkpoint fresh) {
    int given = architecture.outputSize(from);
    int wanted = architecture.outputSize(fresh);
    if (given == wanted) {
      return from;
    }
    Map<String, Tensor> all = new LinkedHashMap<>(from.tensors());
    fresh
        .tensors()
        .forEach(
            (name, own) -> {
              Tensor other = all.get(name);
              if (other != null && differInOutputs(other.shape(), given, own.shape(), wanted)) {
                all.put(name, own);
              }
            });
    return from.withTensors(all);
  }

  private static boolean differInOutputs(int[] from, int given, int[] own, int wanted) {
    return from.length == own.length
        && own.length > 0
        && from[0] == given
        && own[0] == wanted
        && Arrays.equals(from, 1, from.length, own, 1, own.length);
  }
}
