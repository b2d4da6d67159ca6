package io.facepipeline.training.torch;

import java.util.LinkedHashMap;
import java.util.Map;
import org.bytedeco.javacpp.PointerScope;
import org.bytedeco.pytorch.Scalar;
import org.bytedeco.pytorch.Tensor;

/**
 * AdamW (Loshchilov and Hutter 2019) with a moving average of the parameters; the whole state can
 * be saved and loaded by name. Weight decay applies only to weights of several dimensions, not to
 * biases and slopes. Not thread-safe.
 */
public final class AdamW implements AutoCloseable {
  private static final double MEAN_DECAY = 0.9;
  private static final double SQUARE_DECAY = 0.99;
  private static final double EPSILON = 1e-8;
  private static final double AVERAGE_DECAY = 0.999;

  private final double weightDecay;
  private final Map<String, Slot> slots = new LinkedHashMap<>();
  private final Map<String, Buffer> buffers = new LinkedHashMap<>();
  private int steps;

  /** A parameter and what is remembered of its steps. */
  private record Slot(Tensor parameter, Tensor mean, Tensor square, Tensor average) {}

  private record Buffer(Tensor value, Tensor average) {}

  /**
   * Creates the optimizer.
   *
   * @param parameters the parameters, which require gradients
   * @param buffers values computed from the data, such as the means of batch normalization, which
   *     are averaged and saved with the parameters
   * @param weightDecay the share of the learning rate by which a weight shrinks per step
   */
  public AdamW(Map<String, Tensor> parameters, Map<String, Tensor> buffers, double weightDecay) {
    this.weightDecay = weightDecay;
    buffers.forEach(
        (name, b) -> this.buffers.put(name, new Buffer(b, b.clone().retainReference())));
    parameters.forEach(
        (name, p) ->
            slots.put(
                name,
                new Slot(
                    p,
                    p.detach().clone().zero_().retainReference(),
                    p.detach().clone().zero_().retainReference(),
                    p.detach().clone().retainReference())));
  }

  /** Moves the parameters down their gradients, which it then forgets. */
  @SuppressWarnings("try") // the scope is used by closing it
  public void step(double rate) {
    steps++;
    double meanBias = 1 - Math.pow(MEAN_DECAY, steps);
    double squareBias = Math.sqrt(1 - Math.pow(SQUARE_DECAY, steps));
    double average = 1 - Math.min(AVERAGE_DECAY, (1.0 + steps) / (10.0 + steps));
    try (PointerScope scope = new PointerScope()) {
      for (Slot slot : slots.values()) {
        Tensor gradient = slot.parameter().grad();
        if (!gradient.defined()) {
          continue; // no step so far has hung on it
        }
        // What is done to the detached tensor is done to the parameter, but not recorded.
        Tensor p = slot.parameter().detach();
        slot.mean().lerp_(gradient, new Scalar(1 - MEAN_DECAY));
        slot.square().mul_(new Scalar(SQUARE_DECAY));
        slot.square().addcmul_(gradient, gradient, new Scalar(1 - SQUARE_DECAY));
        if (p.ndimension() > 1) {
          p.mul_(new Scalar(1 - rate * weightDecay));
        }
        Tensor spread = slot.square().sqrt().div_(new Scalar(squareBias));
        p.addcdiv_(slot.mean(), spread.add_(new Scalar(EPSILON)), new Scalar(-rate / meanBias));
        slot.average().lerp_(p, new Scalar(average));
        gradient.zero_();
      }
      buffers.values().forEach(b -> b.average().lerp_(b.value(), new Scalar(average)));
    }
  }

  /** {@return the moving average of the parameters by name; not a copy} */
  public Map<String, Tensor> averages() {
    Map<String, Tensor> averages = new LinkedHashMap<>();
    slots.forEach((name, slot) -> averages.put(name, slot.average()));
    buffers.forEach((name, buffer) -> averages.put(name, buffer.average()));
    return averages;
  }

  /** {@return everything the next step depends on, by name; not copies} */
  Map<String, Tensor> state() {
    Map<String, Tensor> state = new LinkedHashMap<>();
    slots.forEach(
        (name, slot) -> {
          state.put("parameter." + name, slot.parameter());
          state.put("mean." + name, slot.mean());
          state.put("square." + name, slot.square());
          state.put("average." + name, slot.average());
        });
    buffers.forEach(
        (name, buffer) -> {
          state.put("buffer." + name, buffer.value());
          state.put("average." + name, buffer.average());
        });
    return state;
  }

  /** Takes up where another left off, whose {@link #state} was written over this one's. */
  void resume(int steps) {
    this.steps = steps;
  }

  @Override
  public void close() {
    for (Slot slot : slots.values()) {
      slot.mean().close();
      slot.square().close();
      slot.average().close();
    }
    buffers.values().forEach(b -> b.average().close());
  }
}
