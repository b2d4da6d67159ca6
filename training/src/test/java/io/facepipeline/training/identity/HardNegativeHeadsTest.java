package io.facepipeline.training.identity;

import static io.facepipeline.training.identity.DoubleRows.checkSlope;
import static io.facepipeline.training.identity.DoubleRows.dot;
import static io.facepipeline.training.identity.DoubleRows.length;
import static io.facepipeline.training.identity.DoubleRows.tensor;
import static io.facepipeline.training.identity.DoubleRows.values;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.facepipeline.training.torch.Tensors;
import io.facepipeline.training.torch.TorchScope;
import java.util.Arrays;
import java.util.SplittableRandom;
import java.util.function.IntToDoubleFunction;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.bytedeco.pytorch.Scalar;
import org.bytedeco.pytorch.Tensor;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * The heads whose margin or weights hang on the features, against their papers' formulas, and their
 * slopes against differences. What no slope goes through is computed from the features before they
 * are moved.
 */
@ExtendWith(TorchScope.class)
class HardNegativeHeadsTest {
  private static final int ROWS = 12;
  private static final int PEOPLE = 5;
  private static final int DIMENSIONS = 3;
  private static final double EXACT = 1e-9;
  private static final double FIRST_T = 0.3;

  private final double[][] features = random(1, ROWS, DIMENSIONS);
  private final double[][] weight = random(2, PEOPLE, DIMENSIONS);
  private final int[] labels = new SplittableRandom(3).ints(ROWS, 0, PEOPLE).toArray();

  HardNegativeHeadsTest() {
    // Lengths below, within and above MagFace's bounds; a row near its person and one opposite.
    for (int i = 0; i < ROWS; i++) {
      double factor = new double[] {3, 20, 70, 150}[i % 4] / length(features[i]);
      for (int d = 0; d < DIMENSIONS; d++) {
        double value = features[i][d] * factor;
        features[i][d] =
            i == 0
                ? 20 * weight[labels[0]][d] + 0.1 * value
                : i == 1 ? 0.05 * value - 30 * weight[labels[1]][d] : value;
      }
    }
  }

  /** The cosines and lengths of all rows. */
  @SuppressWarnings("ArrayRecordComponent") // read only
  private record Rows(double[][] cosines, double[] lengths, int[] labels) {
    double truth(int row) {
      return cosines[row][labels[row]];
    }
  }

  /** The logits of a row over the scale. */
  private interface Formula {
    /**
     * @param still before anything is moved
     * @param moved by the difference
     */
    double[] of(Rows still, Rows moved, int row);
  }

  /** What is added to the loss. */
  private interface Penalty {
    double of(double length);
  }

  private record Case(String name, Head head, double scale, Formula formula, Penalty penalty) {
    @Override
    public String toString() {
      return name;
    }
  }

  private static Case head(String name, Head head, double scale, Formula formula) {
    return new Case(name, head, scale, formula, length -> 0);
  }

  static Stream<Case> heads() {
    return Stream.of(
        head(
            "AdaCos",
            new AdaCos(state(AdaCos.firstScale(PEOPLE))),
            1,
            (still, moved, row) -> {
              double scale = scale(still, Math.sqrt(2) * Math.log(PEOPLE - 1));
              return Arrays.stream(moved.cosines[row]).map(c -> scale * c).toArray();
            }),
        head(
            "ArcNegFace",
            new ArcNegFace(64, 0.5, 1.2, 2),
            64,
            (still, moved, row) -> {
              double truth = turned(still.truth(row), 0.5);
              return logits(
                  moved,
                  row,
                  turned(moved.truth(row), 0.5),
                  person -> {
                    double apart = still.cosines[row][person] - truth;
                    double t = 1.2 * Math.exp(-apart * apart / 2);
                    return t * moved.cosines[row][person] + t - 1;
                  });
            }),
        head(
            "CircleLoss",
            new CircleLoss(256, 0.25),
            256,
            (still, moved, row) ->
                logits(
                    moved,
                    row,
                    Math.max(0, 1.25 - still.truth(row)) * (moved.truth(row) - 0.75),
                    person ->
                        Math.max(0, still.cosines[row][person] + 0.25)
                            * (moved.cosines[row][person] - 0.25))),
        head(
            "CurricularFace",
            new CurricularFace(64, 0.5, 0.99, state(FIRST_T)),
            64,
            (still, moved, row) -> {
              double mean = IntStream.range(0, ROWS).mapToDouble(still::truth).average().orElse(0);
              double t = 0.99 * FIRST_T + 0.01 * mean;
              double truth = moved.truth(row);
              return logits(
                  moved,
                  row,
                  turned(truth, 0.5),
                  person -> {
                    double cosine = moved.cosines[row][person];
                    return cosine > Math.cos(Math.acos(truth) + 0.5)
                        ? cosine * (t + cosine)
                        : cosine;
                  });
            }),
        new Case(
            "MagFace",
            new MagFace(64, 10, 110, 0.45, 0.8, 35),
            64,
            (still, moved, row) -> {
              double length = Math.max(10, Math.min(110, moved.lengths[row]));
              double margin = 0.45 + 0.35 * (length - 10) / 100;
              return logits(
                  moved,
                  row,
                  turned(moved.truth(row), margin),
                  person -> moved.cosines[row][person]);
            },
            length -> {
              double bounded = Math.max(10, Math.min(110, length));
              return 35 * (bounded / (110 * 110) + 1 / bounded);
            }),
        head(
            "MV-Softmax",
            new MvSoftmax(32, 0.35, 1.2),
            32,
            (still, moved, row) -> {
              double truth = moved.truth(row) - 0.35;
              return logits(
                  moved,
                  row,
                  truth,
                  person -> {
                    double cosine = moved.cosines[row][person];
                    return cosine > truth ? 1.2 * cosine + 0.2 : cosine;
                  });
            }),
        head(
            "NPCFace",
            new NpcFace(64, 0.5, 0.4, 0.2, 1.1, 0.2),
            64,
            (still, moved, row) -> {
              double truth = moved.truth(row);
              double margin = 0.4 + 0.2 * hardMean(still, row);
              return logits(
                  moved,
                  row,
                  truth > 0 ? Math.cos(Math.acos(truth) + margin) : truth,
                  person -> {
                    double cosine = moved.cosines[row][person];
                    return cosine > Math.cos(Math.acos(truth) + 0.5) ? 1.1 * cosine + 0.2 : cosine;
                  });
            }));
  }

  private static double[] logits(Rows rows, int row, double truth, IntToDoubleFunction others) {
    return IntStream.range(0, PEOPLE)
        .mapToDouble(person -> person == rows.labels[row] ? truth : others.applyAsDouble(person))
        .toArray();
  }

  private static double turned(double cosine, double margin) {
    double theta = Math.acos(cosine);
    return theta < Math.PI - margin ? Math.cos(theta + margin) : cosine - margin * Math.sin(margin);
  }

  private static double hardMean(Rows rows, int row) {
    double hard = Math.cos(Math.acos(rows.truth(row)) + 0.5);
    return IntStream.range(0, PEOPLE)
        .filter(person -> person != rows.labels[row])
        .mapToDouble(person -> rows.cosines[row][person])
        .filter(cosine -> cosine > hard)
        .average()
        .orElse(0);
  }

  /** AdaCos' scale after a batch. */
  private static double scale(Rows rows, double before) {
    double sum = 0;
    double[] angles = new double[ROWS];
    for (int i = 0; i < ROWS; i++) {
      angles[i] = Math.acos(rows.truth(i));
      for (int person = 0; person < PEOPLE; person++) {
        sum += person == rows.labels[i] ? 0 : Math.exp(before * rows.cosines[i][person]);
      }
    }
    Arrays.sort(angles);
    return Math.log(sum / ROWS) / Math.cos(Math.min(Math.PI / 4, angles[(ROWS - 1) / 2]));
  }

  private static Tensor state(double value) {
    return tensor(new double[][] {{value}}).flatten(0, 1).retainReference();
  }

  @ParameterizedTest
  @MethodSource("heads")
  void logitsAreThePapersAndSlopesAreDifferences(Case c) {
    Tensor target = Tensors.indexes(labels);
    Tensor x = tensor(features).set_requires_grad(true);
    Tensor w = tensor(weight).set_requires_grad(true);
    Tensor logits = c.head().logits(x, w, target);
    Rows still = rows(features, weight);
    double[] found = values(logits);
    for (int i = 0; i < ROWS; i++) {
      double[] expected = c.formula().of(still, still, i);
      for (int person = 0; person < PEOPLE; person++) {
        assertEquals(
            c.scale() * expected[person],
            found[i * PEOPLE + person],
            c.scale() * EXACT,
            i + "," + person);
      }
    }
    // Scaled back, since a cross entropy of logits of 64 is flat nearly everywhere.
    Tensor loss = new FocalLoss(0).of(logits.div(new Scalar(c.scale())), target);
    loss = c.head().penalty(x).map(loss::add).orElse(loss);
    loss.backward();
    checkSlope(x, features, v -> loss(c, still, rows(v, weight)));
    checkSlope(w, weight, v -> loss(c, still, rows(features, v)));
  }

  private static double loss(Case c, Rows still, Rows moved) {
    double loss = 0;
    for (int i = 0; i < ROWS; i++) {
      double[] logits = c.formula().of(still, moved, i);
      double sum = Arrays.stream(logits).map(Math::exp).sum();
      loss += Math.log(sum) - logits[moved.labels[i]] + c.penalty().of(moved.lengths[i]);
    }
    return loss / ROWS;
  }

  private Rows rows(double[][] x, double[][] w) {
    double[][] cosines = new double[ROWS][PEOPLE];
    for (int i = 0; i < ROWS; i++) {
      for (int person = 0; person < PEOPLE; person++) {
        cosines[i][person] = dot(x[i], w[person]) / length(x[i]) / length(w[person]);
      }
    }
    return new Rows(cosines, Arrays.stream(x).mapToDouble(DoubleRows::length).toArray(), labels);
  }

  @Test
  void theCasesHaveHardNegativesAndBothBoundsOfLengths() {
    Rows rows = rows(features, weight);
    assertTrue(IntStream.range(0, ROWS).anyMatch(row -> hardMean(rows, row) != 0));
    assertTrue(Arrays.stream(rows.lengths).anyMatch(length -> length < 10));
    assertTrue(Arrays.stream(rows.lengths).anyMatch(length -> length > 110));
    assertTrue(IntStream.range(0, ROWS).anyMatch(row -> rows.truth(row) < Math.cos(Math.PI - 0.5)));
  }

  @Test
  void adaCosKeepsItsScaleWhereThePaperHasNone() {
    // The other two people lie opposite, so the sum over them is below 1.
    double[][] w = {{1, 0, 0}, {-1, 0.01, 0}, {-1, 0, 0.01}};
    Tensor scale = state(5);
    Tensor logits =
        new AdaCos(scale).logits(tensor(new double[][] {{2, 0, 0}}), tensor(w), Tensors.indexes(0));
    assertEquals(5, scale.item_double(), EXACT);
    assertEquals(5, values(logits)[0], EXACT);
  }

  @Test
  void prototypesOfAPersonDoNotCountAgainstIt() {
    IdentityLoss.Recipe recipe = IdentityLoss.Recipe.of(Objective.SST_PROTOTYPE);
    double[][] faces = {{1, 0, 0}, {0.9, 0.1, 0}, {0, 1, 0}, {0, 0.9, 0.1}};
    double[][] queue = {{0, 0, 1}, {0, 0, 1}, {0, 0, 1}, {0, 0, 1}};
    int[] who = {4, 4, 7, 7};
    try (SiameseLoss loss = new SiameseLoss(recipe, tensor(queue))) {
      double first = loss.of(tensor(faces), tensor(faces), who, true).item_double();
      // The same people again: their earlier prototypes would be as near as the new ones.
      double again = loss.of(tensor(faces), tensor(faces), who, true).item_double();
      assertTrue(again <= first + EXACT, first + " rose to " + again);
      double others =
          loss.of(tensor(faces), tensor(faces), new int[] {1, 1, 2, 2}, true).item_double();
      assertTrue(others > first + 5, "of others: " + others + ", at first: " + first);
    }
  }

  private static double[][] random(long seed, int rows, int columns) {
    SplittableRandom random = new SplittableRandom(seed);
    double[][] values = new double[rows][columns];
    for (double[] row : values) {
      Arrays.setAll(row, i -> random.nextDouble(-1, 1));
    }
    return values;
  }
}
