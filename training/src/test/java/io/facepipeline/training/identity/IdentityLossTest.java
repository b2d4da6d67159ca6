package io.facepipeline.training.identity;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.facepipeline.FacePipelineException;
import io.facepipeline.training.identity.IdentityLoss.Recipe;
import io.facepipeline.training.torch.Tensors;
import io.facepipeline.training.torch.TorchScope;
import java.util.Arrays;
import java.util.Map;
import java.util.Set;
import java.util.SplittableRandom;
import java.util.stream.IntStream;
import org.bytedeco.javacpp.PointerScope;
import org.bytedeco.pytorch.Adam;
import org.bytedeco.pytorch.AdamOptions;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.TensorVector;
import org.bytedeco.pytorch.global.torch;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.function.Executable;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;

@ExtendWith(TorchScope.class)
class IdentityLossTest {
  private static final int INPUTS = 6;
  private static final int DIMENSIONS = 4;
  private static final int PEOPLE = 5;
  private static final int EACH = 6;

  /** Late enough for every schedule to have come to its end. */
  private static final int LATE = 1_000_000;

  private final SplittableRandom random = new SplittableRandom(4);

  @ParameterizedTest
  @SuppressWarnings("try") // the scope is used by closing it
  @CsvSource({
    "SOFTMAX, 0, 0",
    "SOFTMAX, 2, 0.1",
    "ARCFACE, 0, 0",
    "COSFACE, 0, 0",
    "AM_SOFTMAX, 2, 0",
    "SPHEREFACE, 0, 0",
    "ADACOS, 0, 0",
    "ARCNEGFACE, 0, 0",
    "CIRCLE_LOSS, 0, 0",
    "CURRICULARFACE, 0, 0",
    "MAGFACE, 0, 0",
    "MV_SOFTMAX, 0, 0",
    "NPCFACE, 0, 0",
    "TRIPLET, 0, 0.1"
  })
  void trainingTellsPeopleApart(Objective objective, double focus, double centerWeight) {
    // What tells people apart is small beside what does not: only a trained map finds it.
    float[] inputs = new float[PEOPLE * EACH * INPUTS];
    int[] labels = IntStream.range(0, PEOPLE * EACH).map(i -> i / EACH).toArray();
    for (int i = 0; i < labels.length; i++) {
      double angle = 2 * Math.PI * labels[i] / PEOPLE;
      for (int k = 0; k < INPUTS; k++) {
        double person = k == 0 ? Math.cos(angle) : k == 1 ? Math.sin(angle) : 0;
        double noise = random.nextGaussian() * (k < 2 ? 0.05 : 2);
        inputs[i * INPUTS + k] = (float) (person + noise);
      }
    }
    Tensor x = Tensors.floats(inputs, labels.length, INPUTS);
    Tensor map =
        Tensors.floats(normal(DIMENSIONS * INPUTS), DIMENSIONS, INPUTS).set_requires_grad(true);
    try (IdentityLoss loss =
        new IdentityLoss(recipe(objective, focus, centerWeight), PEOPLE, DIMENSIONS, random)) {
      TensorVector all = new TensorVector(map);
      loss.parameters().values().forEach(all::push_back);
      Adam optimizer = new Adam(all, new AdamOptions(0.03));
      double first = 0;
      double last = 0;
      for (int step = 0; step < 400; step++) {
        try (PointerScope inner = new PointerScope()) {
          Tensor value = loss.of(torch.linear(x, map), labels, LATE);
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
      assertTrue(separation(torch.linear(x, map), labels) > 0.5);
    }
  }

  /** Mean cosine within people less that between them. */
  private static double separation(Tensor features, int[] labels) {
    Tensor unit = torch.normalize(features.detach());
    float[] cosines = Tensors.values(torch.mm(unit, unit.t()));
    double within = 0;
    double between = 0;
    int same = 0;
    int n = labels.length;
    for (int i = 0; i < n * n; i++) {
      if (labels[i / n] == labels[i % n]) {
        within += cosines[i];
        same++;
      } else {
        between += cosines[i];
      }
    }
    return within / same - between / (n * n - same);
  }

  @ParameterizedTest
  @EnumSource(
      mode = EnumSource.Mode.EXCLUDE,
      names = {"ADACOS", "SST_PROTOTYPE"})
  void whoIsNotKnownCountsForNothing(Objective objective) {
    // Each person's two faces are farther apart than two of different people.
    float[] values = {3, 0, 0, 0, 0, 3, 0, 0, 3, 0.5f, 0, 0, 0.5f, 3, 0, 0};
    float[] more = Arrays.copyOf(values, 6 * DIMENSIONS);
    Arrays.fill(more, values.length, more.length, 3f);
    Recipe recipe = Recipe.of(objective);
    // Two of the same weights, since a head may move its state at every batch.
    try (IdentityLoss loss = new IdentityLoss(recipe, 2, DIMENSIONS, new SplittableRandom(7));
        IdentityLoss alone = new IdentityLoss(recipe, 2, DIMENSIONS, new SplittableRandom(7))) {
      Tensor known = Tensors.floats(values, 4, DIMENSIONS);
      Tensor all = Tensors.floats(more, 6, DIMENSIONS).set_requires_grad(true);
      Tensor mixed = loss.of(all, new int[] {0, 0, 1, 1, -1, -1}, 0);
      assertEquals(alone.of(known, new int[] {0, 0, 1, 1}, 0).item_float(), mixed.item_float());
      assertTrue(mixed.item_float() > 0);
      mixed.backward();
      float[] slopes = Tensors.values(all.grad());
      assertArrayEquals(
          new float[2 * DIMENSIONS], Arrays.copyOfRange(slopes, values.length, more.length), 1e-9f);
      assertEquals(0, loss.of(known, new int[] {-1, -1, -1, -1}, 0).item_float(), 1e-9);
    }
  }

  @Test
  void ownsWhatItsRecipeNeeds() {
    assertOwns(Recipe.of(Objective.SOFTMAX), Set.of("head.weight", "head.bias"), Set.of());
    assertOwns(recipe(Objective.ARCFACE, 2, 0.01), Set.of("head.weight"), Set.of("centers"));
    assertOwns(Recipe.of(Objective.TRIPLET), Set.of(), Set.of());
    assertOwns(Recipe.of(Objective.ADACOS), Set.of("head.weight"), Set.of("head.scale"));
    assertOwns(Recipe.of(Objective.CURRICULARFACE), Set.of("head.weight"), Set.of("head.t"));
  }

  private void assertOwns(Recipe recipe, Set<String> parameters, Set<String> buffers) {
    try (IdentityLoss loss = new IdentityLoss(recipe, 3, DIMENSIONS, random)) {
      assertEquals(parameters, loss.parameters().keySet());
      assertEquals(buffers, loss.buffers().keySet());
    }
  }

  @Test
  void refusesWhatCannotBe() {
    assertRefused("focus is -1.0", () -> recipe(Objective.SOFTMAX, -1, 0));
    assertRefused("focus is NaN", () -> recipe(Objective.SOFTMAX, Double.NaN, 0));
    assertRefused("center weight is -2.0", () -> recipe(Objective.SOFTMAX, 0, -2));
    assertRefused("no probabilities to focus on", () -> recipe(Objective.TRIPLET, 2, 0));
    assertRefused("has no centers", () -> recipe(Objective.SST_PROTOTYPE, 0, 1));
    Map<String, Double> none = Map.of();
    assertRefused(
        "a cross entropy has none",
        () -> new Recipe(Objective.SOFTMAX, none, LogitLoss.CROSS_ENTROPY, 2, 0));
    assertRefused(
        "must be above 0", () -> new Recipe(Objective.SOFTMAX, none, LogitLoss.BATCH_FOCAL, 0, 0));
    assertParameterRefused("SOFTMAX has no parameter margin, and no other", "SOFTMAX", "margin", 1);
    assertParameterRefused("it has [scale, margin]", "ARCFACE", "margins", 1);
    assertParameterRefused("margin of ARCFACE is -0.1", "ARCFACE", "margin", -0.1);
    assertParameterRefused("scale of COSFACE is 0.0", "COSFACE", "scale", 0);
    assertParameterRefused("t of MV_SOFTMAX is NaN", "MV_SOFTMAX", "t", Double.NaN);
    assertParameterRefused("must be a whole number", "SPHEREFACE", "margin", 2.5);
    assertParameterRefused("got 10.0 and 9.0", "MAGFACE", "longest", 9);
    Recipe recipe = Recipe.of(Objective.ARCFACE);
    Recipe adaptive = Recipe.of(Objective.ADACOS);
    assertRefused("no scale for two", () -> new IdentityLoss(adaptive, 2, DIMENSIONS, random));
    assertRefused("there are 1 people", () -> new IdentityLoss(recipe, 1, DIMENSIONS, random));
    try (IdentityLoss loss = new IdentityLoss(recipe, 2, DIMENSIONS, random)) {
      Tensor features = Tensors.floats(normal(DIMENSIONS), 1, DIMENSIONS);
      assertRefused("person 2 is not among the 2", () -> loss.of(features, new int[] {2}, 0));
      assertRefused("person -2 is not among the 2", () -> loss.of(features, new int[] {-2}, 0));
    }
  }

  private static void assertParameterRefused(
      String part, String objective, String name, double value) {
    assertRefused(
        part,
        () ->
            new Recipe(
                Objective.valueOf(objective), Map.of(name, value), LogitLoss.CROSS_ENTROPY, 0, 0));
  }

  private static Recipe recipe(Objective objective, double focus, double centerWeight) {
    LogitLoss loss = focus == 0 ? LogitLoss.CROSS_ENTROPY : LogitLoss.FOCAL;
    return new Recipe(objective, Map.of(), loss, focus, centerWeight);
  }

  private static void assertRefused(String part, Executable made) {
    String message = assertThrows(FacePipelineException.class, made).getMessage();
    assertTrue(message.contains(part), message);
  }

  @Test
  void batchesHoldPeopleWithSeveralFaces() {
    int[] labels = {0, 1, 0, -1, 2, 1, 1, -1, 3, 3};
    PeopleBatches batches = new PeopleBatches(labels);
    assertEquals(3, batches.people());
    boolean[] drawn = new boolean[labels.length];
    for (int i = 0; i < 200; i++) {
      int[] batch = batches.draw(random, 2, 3);
      assertEquals(6, batch.length);
      int first = labels[batch[0]];
      int second = labels[batch[3]];
      assertTrue(first != second && first >= 0 && second >= 0);
      for (int k = 0; k < 6; k++) {
        assertEquals(k < 3 ? first : second, labels[batch[k]]);
        drawn[batch[k]] = true;
      }
      // No face comes twice before each came once.
      int different = (int) IntStream.of(batch).distinct().count();
      assertEquals((first == 1 ? 3 : 2) + (second == 1 ? 3 : 2), different);
    }
    boolean[] expected = {true, true, true, false, false, true, true, false, true, true};
    assertArrayEquals(expected, drawn);
    assertRefused("only 3 have several faces", () -> batches.draw(random, 4, 2));
  }

  private float[] normal(int size) {
    float[] values = new float[size];
    for (int i = 0; i < size; i++) {
      values[i] = (float) random.nextGaussian();
    }
    return values;
  }
}
