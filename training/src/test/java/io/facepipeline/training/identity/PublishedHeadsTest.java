package io.facepipeline.training.identity;

import static io.facepipeline.training.identity.DoubleRows.tensor;
import static io.facepipeline.training.identity.DoubleRows.values;
import static org.junit.jupiter.api.Assertions.assertEquals;

import com.google.gson.Gson;
import io.facepipeline.training.identity.IdentityLoss.Recipe;
import io.facepipeline.training.torch.Tensors;
import io.facepipeline.training.torch.TorchScope;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.bytedeco.pytorch.Scalar;
import org.bytedeco.pytorch.Tensor;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** The heads against published ones, and their slopes against PyTorch's, from recorded numbers. */
@SuppressWarnings("ArrayRecordComponent") // read only
@ExtendWith(TorchScope.class)
class PublishedHeadsTest {
  private static final double EXACT = 1e-9;

  /** As {@code identity-heads.json} holds them. */
  private record Reference(
      String about,
      double[][] weight,
      List<Input> inputs,
      Map<String, Published> heads,
      Siamese siamese,
      BatchFocal batchFocal) {}

  private record Input(double[][] features, int[] labels) {}

  private record Published(double scale, Map<String, Double> parameters, List<Result> batches) {}

  private record Result(
      double[][] logits,
      double loss,
      double[][] featureSlopes,
      double[][] weightSlopes,
      double state) {}

  private record Siamese(double scale, double margin, double[][] queue, List<Step> steps) {}

  private record Step(
      double[][] firstProbe,
      double[][] secondProbe,
      double[][] firstGallery,
      double[][] secondGallery,
      int[] people,
      boolean keepsFirst,
      double loss,
      double[][] firstSlopes,
      double[][] secondSlopes,
      double[][] queue) {}

  private record BatchFocal(
      double focus, double[][] logits, int[] labels, double loss, double[][] slopes) {}

  private static Reference reference;

  @BeforeAll
  static void read() throws IOException {
    try (InputStream in = PublishedHeadsTest.class.getResourceAsStream("/identity-heads.json")) {
      reference =
          new Gson().fromJson(new InputStreamReader(in, StandardCharsets.UTF_8), Reference.class);
    }
  }

  @ParameterizedTest
  @EnumSource(
      names = {
        "ADACOS",
        "ARCNEGFACE",
        "CIRCLE_LOSS",
        "CURRICULARFACE",
        "MAGFACE",
        "MV_SOFTMAX",
        "NPCFACE"
      })
  void logitsSlopesAndStatesAreThePublishedOnes(Objective objective) {
    Published published = reference.heads().get(objective.toString());
    Map<String, Double> parameters = objective.parameters(published.parameters());
    int people = reference.weight().length;
    Map<String, Tensor> states =
        objective.states(people).entrySet().stream()
            .collect(
                Collectors.toMap(
                    Map.Entry::getKey, e -> tensor(new double[][] {{e.getValue()}}).flatten(0, 1)));
    for (int i = 0; i < reference.inputs().size(); i++) {
      Input input = reference.inputs().get(i);
      Result expected = published.batches().get(i);
      Tensor x = tensor(input.features()).set_requires_grad(true);
      Tensor w = tensor(reference.weight()).set_requires_grad(true);
      Tensor target = Tensors.indexes(input.labels());
      Head head = objective.head(parameters, 0, states);
      Tensor logits = head.logits(x, w, target);
      assertNear(expected.logits(), logits, published.scale());
      Tensor loss = new FocalLoss(0).of(logits.div(new Scalar(published.scale())), target);
      loss = head.penalty(x).map(loss::add).orElse(loss);
      assertEquals(expected.loss(), loss.item_double(), EXACT * Math.max(1, expected.loss()));
      loss.backward();
      assertNear(expected.featureSlopes(), x.grad(), 1);
      assertNear(expected.weightSlopes(), w.grad(), 1);
      for (Tensor state : states.values()) {
        assertEquals(expected.state(), state.item_double(), EXACT);
      }
    }
  }

  /** The papers' parameters are those of the published code, as far as both say them. */
  @Test
  void defaultsAreThePublishedOnes() {
    reference
        .heads()
        .forEach(
            (name, published) ->
                assertEquals(Objective.valueOf(name).defaults(), published.parameters(), name));
  }

  @Test
  void prototypesAreThePublishedOnes() {
    Siamese siamese = reference.siamese();
    Recipe recipe =
        new Recipe(
            Objective.SST_PROTOTYPE,
            Map.of("scale", siamese.scale(), "margin", siamese.margin()),
            LogitLoss.CROSS_ENTROPY,
            0,
            0);
    try (SiameseLoss loss = new SiameseLoss(recipe, tensor(siamese.queue()))) {
      for (Step step : siamese.steps()) {
        Tensor probes =
            tensor(alternating(step.firstProbe(), step.secondProbe())).set_requires_grad(true);
        Tensor galleries = tensor(alternating(step.firstGallery(), step.secondGallery()));
        int[] labels = IntStream.range(0, 8).map(i -> step.people()[i / 2]).toArray();
        Tensor value = loss.of(probes, galleries, labels, step.keepsFirst());
        assertEquals(step.loss(), value.item_double(), EXACT);
        value.backward();
        assertNear(alternating(step.firstSlopes(), step.secondSlopes()), probes.grad(), 1);
        assertNear(step.queue(), loss.buffers().get("prototypes"), 1);
      }
    }
  }

  private static double[][] alternating(double[][] first, double[][] second) {
    return IntStream.range(0, 2 * first.length)
        .mapToObj(i -> (i % 2 == 0 ? first : second)[i / 2])
        .toArray(double[][]::new);
  }

  @Test
  void batchFocalLossIsThePublishedOne() {
    BatchFocal focal = reference.batchFocal();
    Tensor logits = tensor(focal.logits()).set_requires_grad(true);
    Tensor loss = new BatchFocalLoss(focal.focus()).of(logits, Tensors.indexes(focal.labels()));
    assertEquals(focal.loss(), loss.item_double(), EXACT);
    loss.backward();
    assertNear(focal.slopes(), logits.grad(), 1);
  }

  private static void assertNear(double[][] expected, Tensor found, double size) {
    double[] flat = values(found);
    int columns = expected[0].length;
    assertEquals(expected.length * columns, flat.length);
    for (int i = 0; i < flat.length; i++) {
      double value = expected[i / columns][i % columns];
      assertEquals(value, flat[i], EXACT * Math.max(size, Math.abs(value)), "number " + i);
    }
  }
}
