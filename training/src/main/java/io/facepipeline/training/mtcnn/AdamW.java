package io.facepipeline.training.mtcnn;

import java.util.LinkedHashMap;
import java.util.Map;
import org.bytedeco.javacpp.PointerScope;
import org.bytedeco.pytorch.Scalar;
import org.bytedeco.pytorch.Tensor;

/**
 * AdamW (Loshchilov and Hutter 2019) with a moving average of the parameters, whose whole state can
 * be written and read by name. Weight decay touches weights of several dimensions alone, not biases
 * and slopes. Not thread-safe.
 */
final class AdamW implements AutoCloseable {
  private static final double MEAN_DECAY = 0.9;
  private static final double SQUARE_DECAY = 0.99;
  private static final double EPSILON = 1e-8;
  private static final double AVERAGE_DECAY = 0.999;
  private static final double WEIGHT_DECAY = 0.01;

  private final Map<String, Tensor> parameters;
  private final Map<String, Tensor> means = new LinkedHashMap<>();
  private final Map<String, Tensor> squares = new LinkedHashMap<>();
  private final Map<String, Tensor> averages = new LinkedHashMap<>();
  private long steps;

  /** For parameters that require gradients. */
  AdamW(Map<String, Tensor> parameters) {
    this.parameters = parameters;
    parameters.forEach(
        (name, p) -> {
          means.put(name, p.detach().clone().zero_().retainReference());
          squares.put(name, p.detach().clone().zero_().retainReference());
          averages.put(name, p.detach().clone().retainReference());
        });
  }

  /** Moves the parameters down their gradients, which it then forgets. */
  @SuppressWarnings("try") // the scope is used by closing it
  void step(double rate) {
    steps++;
    double meanBias = 1 - Math.pow(MEAN_DECAY, steps);
    double squareBias = Math.sqrt(1 - Math.pow(SQUARE_DECAY, steps));
    double average = 1 - Math.min(AVERAGE_DECAY, (1.0 + steps) / (10.0 + steps));
    try (PointerScope scope = new PointerScope()) {
      for (Map.Entry<String, Tensor> entry : parameters.entrySet()) {
        String name = entry.getKey();
        Tensor gradient = entry.getValue().grad();
        // What is done to the detached tensor is done to the parameter, but not recorded.
        Tensor p = entry.getValue().detach();
        Tensor mean = means.get(name).lerp_(gradient, new Scalar(1 - MEAN_DECAY));
        Tensor square = squares.get(name).mul_(new Scalar(SQUARE_DECAY));
        square.addcmul_(gradient, gradient, new Scalar(1 - SQUARE_DECAY));
        if (p.ndimension() > 1) {
          p.mul_(new Scalar(1 - rate * WEIGHT_DECAY));
        }
        Tensor spread = square.sqrt().div_(new Scalar(squareBias)).add_(new Scalar(EPSILON));
        p.addcdiv_(mean, spread, new Scalar(-rate / meanBias));
        averages.get(name).lerp_(p, new Scalar(average));
        gradient.zero_();
      }
    }
  }

  /** {@return the moving average of the parameters, by name; its own} */
  Map<String, Tensor> averages() {
    return averages;
  }

  /** {@return all that the next step hangs on, by name; its own tensors} */
  Map<String, Tensor> state() {
    Map<String, Tensor> state = new LinkedHashMap<>();
    parameters.forEach((name, tensor) -> state.put("parameter." + name, tensor));
    means.forEach((name, tensor) -> state.put("mean." + name, tensor));
    squares.forEach((name, tensor) -> state.put("square." + name, tensor));
    averages.forEach((name, tensor) -> state.put("average." + name, tensor));
    return state;
  }

  /** Takes up where another left off, whose {@link #state} was written over this one's. */
  void resume(long steps) {
    this.steps = steps;
  }

  @Override
  public void close() {
    means.values().forEach(Tensor::close);
    squares.values().forEach(Tensor::close);
    averages.values().forEach(Tensor::close);
  }
}
