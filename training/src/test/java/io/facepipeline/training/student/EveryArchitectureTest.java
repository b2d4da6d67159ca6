package io.facepipeline.training.student;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.facepipeline.embedding.Architecture;
import io.facepipeline.onnx.OnnxModel;
import io.facepipeline.onnx.OnnxOptions;
import io.facepipeline.onnx.checkpoint.Checkpoint;
import io.facepipeline.onnx.graph.LayerEmitter;
import io.facepipeline.onnx.graph.Value;
import io.facepipeline.onnx.graph.proto.OnnxFile;
import io.facepipeline.training.identity.IdentityLoss;
import io.facepipeline.training.identity.Objective;
import io.facepipeline.training.torch.Tensors;
import io.facepipeline.training.torch.TorchScope;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.FloatBuffer;
import java.util.Arrays;
import java.util.SplittableRandom;
import org.bytedeco.javacpp.PointerScope;
import org.bytedeco.pytorch.Adam;
import org.bytedeco.pytorch.AdamOptions;
import org.bytedeco.pytorch.NoGradGuard;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.TensorVector;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/**
 * Every architecture learns to tell two people apart, and the graph that the library emits of what
 * it learned computes the same. Of networks that differ in depth alone, the smallest stands for
 * all.
 *
 * <p>VGG-16 passes too, but its 138 million parameters take more memory than a test should: give
 * the tests 7 GB of heap, and add a row {@code torchvision VGG-16 BN embedding, 224, 3e-5}.
 */
@SuppressWarnings("try") // scopes are used by closing them
@ExtendWith(TorchScope.class)
class EveryArchitectureTest {
  private static final int PEOPLE = 2;
  private static final int DIMENSIONS = 8;
  private static final int MOST_STEPS = 8;

  @ParameterizedTest(name = "{0}")
  @CsvSource({
    "CompactNet, 80, 1e-3",
    "MobileFaceNet (foamliu), 112, 1e-3",
    "MobileFaceNet, 112, 1e-3",
    "InceptionResnetV1, 160, 1e-3",
    "IR-SE-50, 112, 1e-3",
    "ResNet-50, 112, 1e-3",
    "GhostNet, 112, 1e-3",
    "EdgeFace XXS, 112, 1e-3",
    "EdgeFace XS (gamma 0.6), 112, 1e-3",
    "AttentionNet-IR-56, 112, 1e-3",
    "LightCNN-9, 128, 1e-4",
    "LightCNN-29v2, 128, 3e-5",
    "LightCNN-v4, 128, 3e-5",
    "torchvision ResNet-18 embedding, 64, 1e-3",
    "torchvision ResNeXt-50 (32x4d) embedding, 64, 1e-3",
    "SE-ResNeXt-50 (32x4d) embedding, 64, 1e-3",
    "torchvision DenseNet-121 embedding, 64, 1e-3",
    "torchvision MobileNetV2 embedding, 64, 1e-3",
    "torchvision ShuffleNetV2 (x1.0) embedding, 64, 1e-3",
    "DPN-68 embedding, 64, 1e-3",
    "torchvision AlexNet embedding, 224, 1e-4",
  })
  void learnsAndIsExported(String name, int side, double rate) {
    Architecture architecture = Architecture.named(name).inTraining();
    int channels = architecture.inputChannels();
    SplittableRandom random = new SplittableRandom(2);
    int[] labels = new int[2 * PEOPLE];
    float[] batch = new float[labels.length * channels * side * side];
    for (int i = 0; i < labels.length; i++) {
      labels[i] = i / 2;
      draw(batch, i, channels, side, labels[i], random);
    }
    double first = 0;
    double last = 0;
    try (PointerScope scope = new PointerScope();
        Student student =
            new Student(architecture, new Student.Form(DIMENSIONS, side, false), random);
        IdentityLoss loss =
            new IdentityLoss(
                IdentityLoss.Recipe.of(Objective.AM_SOFTMAX), PEOPLE, DIMENSIONS, random)) {
      TensorVector all = new TensorVector();
      student.parameters().values().forEach(all::push_back);
      loss.parameters().values().forEach(all::push_back);
      Adam optimizer = new Adam(all, new AdamOptions(rate));
      for (int step = 0; step < MOST_STEPS && (step == 0 || last > 0.5 * first); step++) {
        try (PointerScope inner = new PointerScope()) {
          Tensor images = Tensors.floats(batch, labels.length, channels, side, side);
          Tensor value = loss.of(student.forward(images, true), labels, step);
          optimizer.zero_grad();
          value.backward();
          optimizer.step();
          last = value.item_float();
          first = step == 0 ? last : first;
        }
      }
      float[] image = Arrays.copyOf(batch, channels * side * side);
      float[] expected;
      try (NoGradGuard guard = new NoGradGuard()) {
        Tensor one = Tensors.floats(image, 1, channels, side, side);
        expected = Tensors.values(student.forward(one, false));
      }
      double begun = first;
      double ended = last;
      assertTrue(ended <= 0.5 * begun, () -> begun + " fell to no less than " + ended);
      assertClose(expected, run(architecture, student.checkpoint(), image, channels, side));
    }
  }

  /** A person is a direction of stripes, in noise. */
  private static void draw(
      float[] batch, int at, int channels, int side, int person, SplittableRandom random) {
    double angle = Math.PI * person / 2;
    double phase = random.nextDouble(6);
    for (int channel = 0; channel < channels; channel++) {
      for (int y = 0; y < side; y++) {
        for (int x = 0; x < side; x++) {
          double across = x * Math.cos(angle) + y * Math.sin(angle);
          batch[((at * channels + channel) * side + y) * side + x] =
              (float) (0.6 * Math.sin(0.4 * across + phase) + random.nextDouble(-0.3, 0.3));
        }
      }
    }
  }

  private static float[] run(
      Architecture architecture, Checkpoint checkpoint, float[] image, int channels, int side) {
    LayerEmitter graph = new LayerEmitter("trained", checkpoint);
    assertEquals(DIMENSIONS, architecture.outputSize(checkpoint));
    Value input = graph.input("input", 1, channels, side, side);
    graph.output(architecture.forward(graph, input, DIMENSIONS), "features");
    FloatBuffer buffer =
        ByteBuffer.allocateDirect(image.length * Float.BYTES)
            .order(ByteOrder.nativeOrder())
            .asFloatBuffer();
    buffer.put(image).flip();
    try (OnnxModel network =
        OnnxModel.load(OnnxFile.write(graph.build()), OnnxOptions.defaults())) {
      return network.run(buffer, new long[] {1, channels, side, side}, "features");
    }
  }

  private static void assertClose(float[] expected, float[] found) {
    assertEquals(expected.length, found.length);
    double difference = 0;
    double length = 0;
    for (int i = 0; i < expected.length; i++) {
      difference += Math.pow(expected[i] - found[i], 2);
      length += Math.pow(expected[i], 2);
    }
    assertTrue(length > 0 && Double.isFinite(length));
    double relative = Math.sqrt(difference / length);
    assertTrue(relative <= 1e-4, "relative error " + relative);
  }
}
