package io.facepipeline.training.student;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.facepipeline.embedding.Architecture;
import io.facepipeline.embedding.Backbone;
import io.facepipeline.onnx.MalformedModelException;
import io.facepipeline.onnx.OnnxModel;
import io.facepipeline.onnx.OnnxOptions;
import io.facepipeline.onnx.checkpoint.Checkpoint;
import io.facepipeline.onnx.checkpoint.Tensor;
import io.facepipeline.testkit.FormulaNetworks;
import io.facepipeline.testkit.FormulaTensor;
import io.facepipeline.testkit.FormulaWeights;
import io.facepipeline.training.identity.IdentityLoss;
import io.facepipeline.training.identity.Objective;
import io.facepipeline.training.torch.Tensors;
import io.facepipeline.training.torch.TorchScope;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.FloatBuffer;
import java.util.Arrays;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Set;
import java.util.SplittableRandom;
import java.util.function.Supplier;
import java.util.stream.Stream;
import org.bytedeco.javacpp.PointerScope;
import org.bytedeco.pytorch.Adam;
import org.bytedeco.pytorch.AdamOptions;
import org.bytedeco.pytorch.NoGradGuard;
import org.bytedeco.pytorch.TensorVector;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Networks in training against the graphs that the library emits of the same weights. */
@SuppressWarnings("try") // scopes are used by closing them
@ExtendWith(TorchScope.class)
class StudentsTest {
  private static final int SIDE = 112;

  record Case(
      Backbone backbone, Supplier<Student> student, Supplier<Map<String, FormulaTensor>> formula) {
    @Override
    public String toString() {
      return backbone.id();
    }
  }

  static Stream<Case> networks() {
    return Stream.of(
        new Case(
            Backbone.MOBILEFACENET,
            () -> student("MobileFaceNet", 512, false, new SplittableRandom(1)),
            FormulaNetworks::mobileFaceNet),
        new Case(
            Backbone.IR_SE_50,
            () -> student("IR-SE-50", 512, false, new SplittableRandom(1)),
            () -> FormulaNetworks.improvedResidualNet(true, 3, 4, 14, 3)));
  }

  private static Student student(
      String architecture, int outputs, boolean half, SplittableRandom random) {
    return new Student(
        Architecture.named(architecture), new Student.Form(outputs, SIDE, half), random);
  }

  @ParameterizedTest
  @MethodSource("networks")
  void computesWhatTheLibraryDoes(Case c) {
    Checkpoint checkpoint = checkpoint(c.formula().get());
    float[] images = FormulaWeights.values("input", FormulaWeights.Kind.INPUT, 1, 3, SIDE, SIDE);
    try (Student student = c.student().get()) {
      student.load(checkpoint);
      float[] found;
      try (PointerScope scope = new PointerScope();
          NoGradGuard guard = new NoGradGuard()) {
        found = Tensors.values(student.forward(Tensors.floats(images, 1, 3, SIDE, SIDE), false));
      }
      assertClose(features(c.backbone().convert(checkpoint), images), found);
      // What is exported is what was imported.
      Checkpoint exported = student.checkpoint();
      assertEquals(checkpoint.tensors().keySet(), exported.tensors().keySet());
      checkpoint
          .tensors()
          .forEach(
              (name, t) -> assertArrayEquals(t.floats(), exported.tensor(name).floats(), name));
    }
  }

  @Test
  void hasTheNamesOfThePublishedCheckpoint() {
    try (Student student = student("IR-50", 512, false, new SplittableRandom(1))) {
      Set<String> names = new HashSet<>(student.parameters().keySet());
      names.addAll(student.buffers().keySet());
      assertEquals(FormulaNetworks.improvedResidualNet(false, 3, 4, 14, 3).keySet(), names);
    }
  }

  @Test
  void trainingByIdentityDrivesTheLossDownAndIsExported() {
    int people = 2;
    SplittableRandom random = new SplittableRandom(2);
    float[] batch = new float[2 * people * 3 * SIDE * SIDE];
    int[] labels = new int[2 * people];
    for (int i = 0; i < labels.length; i++) {
      labels[i] = i / 2;
      draw(batch, i, labels[i], random);
    }
    double first = 0;
    double last = 0;
    try (PointerScope scope = new PointerScope();
        Student student = student("MobileFaceNet", 32, false, random);
        IdentityLoss loss =
            new IdentityLoss(IdentityLoss.Recipe.of(Objective.AM_SOFTMAX), people, 32, random)) {
      TensorVector all = new TensorVector();
      student.parameters().values().forEach(all::push_back);
      loss.parameters().values().forEach(all::push_back);
      Adam optimizer = new Adam(all, new AdamOptions(2e-3));
      for (int step = 0; step < 7; step++) {
        try (PointerScope inner = new PointerScope()) {
          org.bytedeco.pytorch.Tensor images = Tensors.floats(batch, labels.length, 3, SIDE, SIDE);
          org.bytedeco.pytorch.Tensor value = loss.of(student.forward(images, true), labels, step);
          optimizer.zero_grad();
          value.backward();
          optimizer.step();
          last = value.item_float();
          first = step == 0 ? last : first;
        }
      }
      double begun = first;
      double ended = last;
      assertTrue(ended < 0.5 * begun, () -> begun + " fell to no less than " + ended);
      float[] image = Arrays.copyOf(batch, 3 * SIDE * SIDE);
      float[] expected;
      try (NoGradGuard guard = new NoGradGuard()) {
        expected = Tensors.values(student.forward(Tensors.floats(image, 1, 3, SIDE, SIDE), false));
      }
      byte[] model = Backbone.MOBILEFACENET.convert(student.checkpoint());
      assertClose(expected, features(model, image));
    }
  }

  /** A person is a direction of stripes, in noise. */
  private static void draw(float[] batch, int at, int person, SplittableRandom random) {
    double angle = Math.PI * person / 2;
    double phase = random.nextDouble(6);
    for (int channel = 0; channel < 3; channel++) {
      for (int y = 0; y < SIDE; y++) {
        for (int x = 0; x < SIDE; x++) {
          double across = x * Math.cos(angle) + y * Math.sin(angle);
          batch[((at * 3 + channel) * SIDE + y) * SIDE + x] =
              (float) (0.6 * Math.sin(0.4 * across + phase) + random.nextDouble(-0.3, 0.3));
        }
      }
    }
  }

  @Test
  void halfPrecisionIsNear() {
    float[] images = FormulaWeights.values("input", FormulaWeights.Kind.INPUT, 1, 3, SIDE, SIDE);
    try (PointerScope scope = new PointerScope();
        NoGradGuard guard = new NoGradGuard();
        Student whole = student("MobileFaceNet", 32, false, new SplittableRandom(1));
        Student half = student("MobileFaceNet", 32, true, new SplittableRandom(1))) {
      float[] expected =
          Tensors.values(whole.forward(Tensors.floats(images, 1, 3, SIDE, SIDE), false));
      float[] found = Tensors.values(half.forward(Tensors.floats(images, 1, 3, SIDE, SIDE), false));
      assertTrue(cosine(expected, found) > 0.99, () -> "cosine " + cosine(expected, found));
    }
  }

  @Test
  void refusesCheckpointsOfAnotherNetwork() {
    Map<String, Tensor> tensors =
        new LinkedHashMap<>(checkpoint(FormulaNetworks.mobileFaceNet()).tensors());
    try (Student student = student("MobileFaceNet", 128, false, new SplittableRandom(1))) {
      float[] before = student.checkpoint().tensor("conv1.conv.weight").floats();
      String size =
          assertThrows(MalformedModelException.class, () -> student.load(Checkpoint.of(tensors)))
              .getMessage();
      assertTrue(
          size.contains("linear.weight has the shape [512, 512]") && size.contains("[128, 512]"),
          size);
      assertArrayEquals(before, student.checkpoint().tensor("conv1.conv.weight").floats());
      tensors.put("extra", Tensor.of(new int[] {1}, 1f));
      String more =
          assertThrows(MalformedModelException.class, () -> student.load(Checkpoint.of(tensors)))
              .getMessage();
      assertTrue(more.contains("the first is extra"), more);
      tensors.remove("extra");
      tensors.remove("conv1.conv.weight");
      assertThrows(MalformedModelException.class, () -> student.load(Checkpoint.of(tensors)));
    }
  }

  private static Checkpoint checkpoint(Map<String, FormulaTensor> network) {
    Map<String, Tensor> tensors = new LinkedHashMap<>();
    network.forEach((name, t) -> tensors.put(name, Tensor.of(t.shape(), t.values())));
    return Checkpoint.of(tensors);
  }

  /** The library's features of an image of -1 to 1. */
  private static float[] features(byte[] model, float[] image) {
    FloatBuffer rgb =
        ByteBuffer.allocateDirect(image.length * Float.BYTES)
            .order(ByteOrder.nativeOrder())
            .asFloatBuffer();
    for (float value : image) {
      rgb.put(value * 128 + 127.5f);
    }
    try (OnnxModel network = OnnxModel.load(model, OnnxOptions.defaults())) {
      return network.run(rgb.flip(), new long[] {1, 3, SIDE, SIDE}, "features");
    }
  }

  private static void assertClose(float[] expected, float[] found) {
    assertEquals(expected.length, found.length);
    double l2 = 0;
    for (float value : expected) {
      l2 += value * value;
    }
    assertTrue(l2 > 0 && Double.isFinite(l2));
    for (int i = 0; i < expected.length; i++) {
      assertEquals(expected[i], found[i], 1e-4 * Math.sqrt(l2), "value " + i);
    }
  }

  private static double cosine(float[] a, float[] b) {
    double ab = 0;
    double aa = 0;
    double bb = 0;
    for (int i = 0; i < a.length; i++) {
      ab += a[i] * b[i];
      aa += a[i] * a[i];
      bb += b[i] * b[i];
    }
    return ab / Math.sqrt(aa * bb);
  }
}
