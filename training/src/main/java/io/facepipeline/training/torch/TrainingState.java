package io.facepipeline.training.torch;

import io.facepipeline.onnx.checkpoint.Checkpoint;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;
import org.bytedeco.javacpp.PointerScope;
import org.bytedeco.pytorch.Tensor;

/**
 * The file with everything the next step depends on, so that a run can be interrupted: the
 * parameters, the optimizer's state, and the step's number. It is written atomically.
 *
 * @param file the file
 */
public record TrainingState(Path file) {
  private static final String STEP = "step";

  /**
   * Writes the state.
   *
   * @param steps how many steps were done
   */
  @SuppressWarnings("try") // the scope is used by closing it
  public void save(AdamW optimizer, int steps) {
    try (PointerScope scope = new PointerScope()) {
      Map<String, Tensor> tensors = new LinkedHashMap<>(optimizer.state());
      tensors.put(STEP, Tensor.create((float) steps));
      Tensors.checkpoint(tensors).write(file);
    }
  }

  /**
   * Gives the parameters and the optimiser what was saved; leaves them as they are if there is no
   * file.
   *
   * @return how many steps were done
   * @throws io.facepipeline.onnx.MalformedModelException if the file cannot be read or is of
   *     another network
   */
  @SuppressWarnings("try") // the scope is used by closing it
  public int resume(AdamW optimizer) {
    if (!Files.exists(file)) {
      return 0;
    }
    Checkpoint saved = Checkpoint.read(file);
    try (PointerScope scope = new PointerScope()) {
      optimizer
          .state()
          .forEach(
              (name, tensor) ->
                  tensor
                      .detach()
                      .copy_(Tensors.floats(saved.tensor(name).floats(), tensor.shape())));
    }
    int steps = (int) saved.tensor(STEP).floats()[0];
    optimizer.resume(steps);
    return steps;
  }
}
