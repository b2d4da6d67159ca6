package io.facepipeline.training.student;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.facepipeline.FacePipelineException;
import io.facepipeline.embedding.Architecture;
import io.facepipeline.onnx.OnnxModel;
import io.facepipeline.onnx.OnnxOptions;
import io.facepipeline.onnx.checkpoint.Checkpoint;
import io.facepipeline.onnx.graph.LayerEmitter;
import io.facepipeline.onnx.graph.Value;
import io.facepipeline.onnx.graph.proto.OnnxFile;
import io.facepipeline.onnx.layers.Layers;
import io.facepipeline.onnx.layers.Window;
import io.facepipeline.testkit.FormulaWeights;
import io.facepipeline.training.torch.Tensors;
import io.facepipeline.training.torch.TorchScope;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.FloatBuffer;
import java.util.List;
import java.util.SplittableRandom;
import org.bytedeco.javacpp.PointerScope;
import org.bytedeco.pytorch.Tensor;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Each operator computes the same in a training as in an emitted graph. */
@SuppressWarnings("try") // scopes are used by closing them
@ExtendWith(TorchScope.class)
class TorchOperatorsTest {
  private static final int SIDE = 10;

  /** All operators, one after another. */
  private record EveryOperator(boolean folded) implements Architecture {
    @Override
    public String name() {
      return "EveryOperator";
    }

    @Override
    public int outputSize(Checkpoint checkpoint) {
      return checkpoint.tensor("fc.weight").shape()[0];
    }

    @Override
    public <V> V forward(Layers<V> layers, V x, int outputs) {
      x = layers.gather(x, 1, 2, 1, 0);
      boolean bias = layers.has("conv.bias", folded);
      // Padding on two sides only, and another step to the right than down.
      x = layers.conv2d(x, "conv", 8, new Window(3, 2, 1, 1, 0, 0, 2, 1, false), bias);
      x = bias ? x : layers.batchNorm(x, "norm", 1e-3f, 0.5f);
      x = layers.conv2d(layers.prelu(x, "slopes"), "deep", 8, Window.square(1, 1, 0), 4, true);
      x = layers.mul(x, layers.parameter("scale", 2, 1, 8, 1, 1));
      List<V> parts = layers.split(x, 1, 2, 2, 4);
      V first = layers.sub(layers.relu(parts.get(0)), layers.tanh(parts.get(1)));
      V second = layers.max(layers.slice(parts.get(2), 1, 0, 2), layers.slice(x, 1, 6, 99));
      x = layers.concat(1, List.of(first, second, layers.clip(parts.get(2), -0.5f, 0.5f)));
      V root = layers.sqrt(layers.affine(layers.abs(x), 2, 1));
      x = layers.div(layers.sigmoid(x), root);
      Window halving = Window.square(3, 2, 1);
      Window uneven = new Window(3, 3, 2, 2, 0, 0, 1, 1, false);
      V pooled = layers.add(layers.maxPool(x, halving), layers.maxPool(x, uneven));
      pooled = layers.add(pooled, layers.maxPool(x, Window.square(3, 2, 0).ceiling()));
      pooled = layers.add(pooled, layers.averagePool(x, halving, true));
      pooled = layers.add(pooled, layers.averagePool(x, halving, false));
      pooled = layers.add(pooled, layers.averagePool(x, uneven, false));
      x = layers.add(layers.upsample(pooled, 2), layers.upsampleNearest(pooled, 2));
      x = layers.slice(x, 2, 0, SIDE - 1);
      x = layers.reshape(layers.transpose(x, 0, 2, 3, 1), 0, SIDE, -1);
      float[] mixing = FormulaWeights.values("mixing", FormulaWeights.Kind.WEIGHT, 5, SIDE);
      x = layers.layerNorm(x, "rows", 8 * (SIDE - 1), 1e-3f);
      x = layers.gelu(x);
      x = layers.softmax(layers.matMul(layers.constant("mixing", mixing, 5, SIDE), x), -1);
      x = layers.l2Normalize(layers.flatten(x), 1, 1e-12f);
      return layers.linear(x, "fc", 5 * (SIDE - 1) * 8, outputs, false);
    }
  }

  @ParameterizedTest
  @ValueSource(booleans = {true, false})
  void computesWhatTheEmittedGraphDoes(boolean folded) {
    Architecture architecture = new EveryOperator(folded);
    int count = 2;
    float[] images =
        FormulaWeights.values("input", FormulaWeights.Kind.INPUT, count, 3, SIDE, SIDE);
    try (PointerScope scope = new PointerScope();
        Student student =
            new Student(architecture, new Student.Form(6, SIDE, false), new SplittableRandom(1))) {
      assertEquals(folded, student.parameters().containsKey("conv.bias"));
      assertEquals(!folded, student.buffers().containsKey("norm.running_var"));
      Tensor x = Tensors.floats(images, count, 3, SIDE, SIDE);
      Tensor features = student.forward(x, false);
      float[] expected = run(architecture, student.checkpoint(), images, count);
      float[] found = Tensors.values(features);
      assertEquals(expected.length, found.length);
      for (int i = 0; i < found.length; i++) {
        assertEquals(expected[i], found[i], 1e-5, "value " + i);
      }
      // Autograd follows all of them back to every parameter.
      student.forward(x, true).square().sum().backward();
      student
          .parameters()
          .forEach((name, p) -> assertTrue(p.grad().abs().sum().item_float() > 0, name));
    }
  }

  private static void assertRefused(String architecture, int side, String said) {
    FacePipelineException e =
        assertThrows(
            FacePipelineException.class,
            () ->
                new Student(
                        Architecture.named(architecture),
                        new Student.Form(6, side, false),
                        new SplittableRandom(1))
                    .close());
    assertTrue(e.getMessage().contains(said), e.getMessage());
  }

  private static float[] run(
      Architecture architecture, Checkpoint checkpoint, float[] images, int count) {
    LayerEmitter graph = new LayerEmitter("operators", checkpoint);
    Value input = graph.input("input", count, 3, SIDE, SIDE);
    graph.output(architecture.forward(graph, input, 6), "features");
    assertEquals(List.of(), graph.unused());
    FloatBuffer buffer =
        ByteBuffer.allocateDirect(images.length * Float.BYTES)
            .order(ByteOrder.nativeOrder())
            .asFloatBuffer();
    buffer.put(images).flip();
    try (OnnxModel network =
        OnnxModel.load(OnnxFile.write(graph.build()), OnnxOptions.defaults())) {
      return network.run(buffer, new long[] {count, 3, SIDE, SIDE}, "features");
    }
  }

  @Test
  void aCheckpointDecidesWhichTensorsThereAre() {
    Architecture architecture = new EveryOperator(false);
    Student.Form form = new Student.Form(6, SIDE, false);
    SplittableRandom random = new SplittableRandom(3);
    try (Student folded = new Student(new EveryOperator(true), form, random);
        Student like = new Student(architecture, form, random, folded.checkpoint());
        Student own = new Student(architecture, form, random)) {
      assertEquals(folded.parameters().keySet(), like.parameters().keySet());
      like.load(folded.checkpoint());
      assertTrue(own.parameters().containsKey("norm.weight"));
    }
  }

  @Test
  void refusesImagesOfAnotherSize() {
    // At the dense layer, and within PyTorch.
    assertRefused("CompactNet", 112, "dense takes 4000 inputs but gets 7840");
    assertRefused("MobileFaceNet", 80, "80x80");
    assertRefused("torchvision ResNet-18", 64, "512 numbers");
  }
}
