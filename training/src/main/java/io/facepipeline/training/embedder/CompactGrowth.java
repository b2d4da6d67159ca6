package io.facepipeline.training.embedder;

import io.facepipeline.onnx.checkpoint.Checkpoint;
import io.facepipeline.onnx.checkpoint.Tensor;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * A compact network that goes on from a checkpoint with fewer blocks. The missing blocks start as
 * identities: the batch normalization at the end of each gives zero.
 */
final class CompactGrowth {
  private static final Pattern BLOCK = Pattern.compile("stage\\d+\\.\\d+\\.");
  private static final String GAIN = ".b.norm.weight";

  private CompactGrowth() {}

  /**
   * {@return the checkpoint with the blocks that it lacks}
   *
   * @param checkpoint the smaller network's
   * @param fresh random weights of the larger network
   */
  static Checkpoint of(Checkpoint checkpoint, Checkpoint fresh) {
    Map<String, Tensor> added = new LinkedHashMap<>();
    fresh
        .tensors()
        .forEach(
            (name, tensor) -> {
              Matcher block = BLOCK.matcher(name);
              if (block.lookingAt()
                  && checkpoint.tensors().keySet().stream()
                      .noneMatch(own -> own.startsWith(block.group()))) {
                boolean gain = name.endsWith(GAIN);
                added.put(
                    name,
                    gain
                        ? Tensor.of(tensor.shape(), new float[Math.toIntExact(tensor.size())])
                        : tensor);
              }
            });
    if (added.isEmpty()) {
      return checkpoint;
    }
    added.putAll(checkpoint.tensors());
    return Checkpoint.of(added);
  }
}
