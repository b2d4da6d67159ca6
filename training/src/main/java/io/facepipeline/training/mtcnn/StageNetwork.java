package io.facepipeline.training.mtcnn;

import static org.bytedeco.pytorch.global.torch.cat;
import static org.bytedeco.pytorch.global.torch.conv2d;
import static org.bytedeco.pytorch.global.torch.linear;
import static org.bytedeco.pytorch.global.torch.max_pool2d;
import static org.bytedeco.pytorch.global.torch.prelu;

import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.random.RandomGenerator;
import org.bytedeco.javacpp.FloatPointer;
import org.bytedeco.pytorch.Scalar;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.TensorOptional;
import org.bytedeco.pytorch.TensorVector;
import org.bytedeco.pytorch.global.torch;
import org.bytedeco.pytorch.global.torch.MemoryFormat;

/**
 * One of MTCNN's three networks as published (Zhang et al. 2016), in PyTorch, with the names and
 * the order of facenet-pytorch's checkpoints. It gives what the detector asks for: the difference
 * of the two class scores, four moves of the edges and, from O-Net, ten landmarks. Not thread-safe.
 */
final class StageNetwork implements AutoCloseable {
  private static final long[] ONE = {1, 1};
  private static final long[] NONE = {0, 0};
  private static final float FIRST_SLOPE = 0.25f;

  private final Stage stage;
  private final Map<String, Tensor> parameters = new LinkedHashMap<>();

  /** Creates a network with random weights: He et al. 2015, for half of a PReLU's inputs. */
  StageNetwork(Stage stage, RandomGenerator random) {
    this.stage = stage;
    switch (stage) {
      case PNET -> {
        convolution("1", 10, 3, 3, random);
        convolution("2", 16, 10, 3, random);
        convolution("3", 32, 16, 3, random);
        layer("conv4_1", random, 2, 32, 1, 1);
        layer("conv4_2", random, 4, 32, 1, 1);
      }
      case RNET -> {
        convolution("1", 28, 3, 3, random);
        convolution("2", 48, 28, 3, random);
        convolution("3", 64, 48, 2, random);
        dense("4", 128, 576, random);
        layer("dense5_1", random, 2, 128);
        layer("dense5_2", random, 4, 128);
      }
      case ONET -> {
        convolution("1", 32, 3, 3, random);
        convolution("2", 64, 32, 3, random);
        convolution("3", 64, 64, 3, random);
        convolution("4", 128, 64, 2, random);
        dense("5", 256, 1152, random);
        layer("dense6_1", random, 2, 256);
        layer("dense6_2", random, 4, 256);
        layer("dense6_3", random, 10, 256);
      }
    }
  }

  /** {@return the parameters by name, in the order of the checkpoint; the network's own} */
  Map<String, Tensor> parameters() {
    return parameters;
  }

  /**
   * {@return for each image the logit of a face, four moves and, from O-Net, five x and five y}
   *
   * @param images [n, 3, side, side], scaled to -1 to 1
   */
  Tensor forward(Tensor images) {
    // Channels last, PyTorch's pooling and convolutions take half the time.
    Tensor x = images.contiguous(MemoryFormat.ChannelsLast);
    return switch (stage) {
      case PNET -> {
        x = bent(pooled(convolved(x, "conv1"), 2), "1");
        x = bent(convolved(x, "conv2"), "2");
        x = bent(convolved(x, "conv3"), "3");
        yield heads(convolved(x, "conv4_1").flatten(1, 3), convolved(x, "conv4_2").flatten(1, 3));
      }
      case RNET -> {
        x = bent(pooled(convolved(x, "conv1"), 3), "1");
        x = bent(pooled(convolved(x, "conv2"), 3), "2");
        x = densely(bent(convolved(x, "conv3"), "3"), "4");
        yield heads(linearly(x, "dense5_1"), linearly(x, "dense5_2"));
      }
      case ONET -> {
        x = bent(pooled(convolved(x, "conv1"), 3), "1");
        x = bent(pooled(convolved(x, "conv2"), 3), "2");
        x = bent(pooled(convolved(x, "conv3"), 2), "3");
        x = densely(bent(convolved(x, "conv4"), "4"), "5");
        yield heads(linearly(x, "dense6_1"), linearly(x, "dense6_2"), linearly(x, "dense6_3"));
      }
    };
  }

  /**
   * Brings the parameters back to where the network equals the published one, to be called after
   * each step: PReLU is done behind the pools here, where there is less to do, which is the same as
   * long as no slope is negative.
   */
  void project() {
    parameters.forEach(
        (name, tensor) -> {
          if (name.startsWith("prelu")) {
            tensor.detach().clamp_min_(new Scalar(0));
          }
        });
  }

  private static Tensor heads(Tensor classes, Tensor... others) {
    Tensor logit = classes.narrow(1, 1, 1).sub(classes.narrow(1, 0, 1));
    TensorVector all = new TensorVector(logit);
    for (Tensor other : others) {
      all.push_back(other);
    }
    return cat(all, 1);
  }

  private Tensor convolved(Tensor x, String name) {
    return conv2d(x, get(name + ".weight"), bias(name), ONE, NONE, ONE, 1);
  }

  private Tensor bent(Tensor x, String number) {
    return prelu(x, get("prelu" + number + ".weight"));
  }

  /** The last window may reach over the edge, as in Caffe. */
  private static Tensor pooled(Tensor x, long side) {
    return max_pool2d(x, new long[] {side, side}, new long[] {2, 2}, NONE, ONE, true);
  }

  /** The published weights see columns first, as Caffe's MATLAB interface stored them. */
  private Tensor densely(Tensor x, String number) {
    Tensor turned = x.permute(0, 3, 2, 1).flatten(1, 3);
    return bent(linearly(turned, "dense" + number), number);
  }

  private Tensor linearly(Tensor x, String name) {
    return linear(x, get(name + ".weight"), bias(name));
  }

  private Tensor get(String name) {
    Tensor parameter = parameters.get(name);
    if (parameter == null) {
      throw new IllegalStateException("the network has no parameter " + name);
    }
    return parameter;
  }

  private TensorOptional bias(String name) {
    return new TensorOptional(get(name + ".bias"));
  }

  private void convolution(
      String number, int outputs, int inputs, int side, RandomGenerator random) {
    layer("conv" + number, random, outputs, inputs, side, side);
    slopes(number, outputs);
  }

  private void dense(String number, int outputs, int inputs, RandomGenerator random) {
    layer("dense" + number, random, outputs, inputs);
    slopes(number, outputs);
  }

  private void slopes(String number, int count) {
    float[] slopes = new float[count];
    Arrays.fill(slopes, FIRST_SLOPE);
    add("prelu" + number + ".weight", slopes, count);
  }

  private void layer(String name, RandomGenerator random, long... shape) {
    int inputs = 1;
    for (int i = 1; i < shape.length; i++) {
      inputs *= (int) shape[i];
    }
    double deviation = Math.sqrt(2 / (1 + FIRST_SLOPE * FIRST_SLOPE) / inputs);
    float[] weights = new float[(int) shape[0] * inputs];
    for (int i = 0; i < weights.length; i++) {
      weights[i] = (float) random.nextGaussian(0, deviation);
    }
    add(name + ".weight", weights, shape);
    add(name + ".bias", new float[(int) shape[0]], shape[0]);
  }

  private void add(String name, float[] values, long... shape) {
    try (FloatPointer pointer = new FloatPointer(values)) {
      Tensor tensor = torch.from_blob(pointer, shape).clone();
      parameters.put(name, tensor.set_requires_grad(true).retainReference());
    }
  }

  @Override
  public void close() {
    parameters.values().forEach(Tensor::close);
  }
}
