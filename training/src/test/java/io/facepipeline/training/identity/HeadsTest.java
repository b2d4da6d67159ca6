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
import java.util.List;
import java.util.SplittableRandom;
import java.util.function.BiFunction;
import java.util.stream.Stream;
import org.bytedeco.pytorch.Scalar;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.global.torch;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * Every head and loss against its paper's formula, written with angles, and against differences.
 */
@ExtendWith(TorchScope.class)
class HeadsTest {
  private static final int ROWS = 12;
  private static final int PEOPLE = 4;
  private static final int DIMENSIONS = 3;

  /** Of numbers of a size of about one, in double precision. */
  private static final double EXACT = 1e-9;

  private final double[][] features = random(1, ROWS, DIMENSIONS);
  private final double[][] weight = random(2, PEOPLE, DIMENSIONS);
  private final int[] labels = new SplittableRandom(3).ints(ROWS, 0, PEOPLE).toArray();

  @BeforeEach
  void open() {
    // Rows 0 and 1 lie near their person's weight and nearly opposite, where margins change course.
    for (int d = 0; d < DIMENSIONS; d++) {
      features[0][d] = 2 * weight[labels[0]][d] + 0.1 * (d == 0 ? 1 : 0);
      features[1][d] = -1.5 * weight[labels[1]][d] + 0.05 * (d == 1 ? 1 : 0);
    }
  }

  /** A head, and the logit of the true person by its paper, given the angle and the length. */
  record Case(String name, Head head, boolean usesLength, double scale, Truth truth) {
    @Override
    public String toString() {
      return name;
    }
  }

  interface Truth {
    double of(double theta);
  }

  static Stream<Case> heads() {
    return Stream.of(
        new Case("softmax", new Softmax(), true, 1, Math::cos),
        new Case(
            "ArcFace",
            new ArcFace(64, 0.5),
            false,
            64,
            theta ->
                theta < Math.PI - 0.5
                    ? Math.cos(theta + 0.5)
                    : Math.cos(theta) - 0.5 * Math.sin(0.5)),
        new Case("CosFace", new CosFace(64, 0.35), false, 64, theta -> Math.cos(theta) - 0.35),
        new Case("AM-Softmax", new CosFace(30, 0.35), false, 30, theta -> Math.cos(theta) - 0.35),
        new Case("SphereFace", new SphereFace(4, 0), true, 1, theta -> psi(4, theta)),
        new Case("SphereFace of 3", new SphereFace(3, 0), true, 1, theta -> psi(3, theta)),
        new Case(
            "SphereFace with lambda",
            new SphereFace(4, 5),
            true,
            1,
            theta -> (5 * Math.cos(theta) + psi(4, theta)) / 6));
  }

  private static double psi(int margin, double theta) {
    for (int k = 0; k < margin; k++) {
      if (theta <= (k + 1) * Math.PI / margin) {
        return (k % 2 == 0 ? 1 : -1) * Math.cos(margin * theta) - 2 * k;
      }
    }
    throw new AssertionError("no angle: " + theta);
  }

  @ParameterizedTest
  @MethodSource("heads")
  void logitsAreThePapers(Case c) {
    double[] found =
        values(c.head().logits(tensor(features), tensor(lengthened(c)), Tensors.indexes(labels)));
    for (int i = 0; i < ROWS; i++) {
      for (int person = 0; person < PEOPLE; person++) {
        assertEquals(logit(c, i, person), found[i * PEOPLE + person], 64 * EXACT, i + "," + person);
      }
    }
  }

  /** The plain head uses the weights' lengths too. */
  private double[][] lengthened(Case c) {
    if (!(c.head() instanceof Softmax)) {
      return weight;
    }
    return Arrays.stream(weight)
        .map(row -> Arrays.stream(row).map(v -> v / length(row)).toArray())
        .toArray(double[][]::new);
  }

  private double logit(Case c, int row, int person) {
    double length = length(features[row]);
    double cosine = dot(features[row], weight[person]) / length / length(weight[person]);
    double theta = Math.acos(Math.max(-1, Math.min(1, cosine)));
    double logit = person == labels[row] ? c.truth().of(theta) : Math.cos(theta);
    return logit * (c.usesLength() ? length : c.scale());
  }

  @ParameterizedTest
  @MethodSource("heads")
  void slopesAreDifferences(Case c) {
    checkSlopes(
        (x, w) ->
            new FocalLoss(0)
                .of(
                    scaled(c.head().logits(x, w, Tensors.indexes(labels)), c),
                    Tensors.indexes(labels)));
  }

  /** Scaled back, since a cross entropy of logits of 64 is flat nearly everywhere. */
  private static Tensor scaled(Tensor logits, Case c) {
    return logits.mul(new Scalar(1 / c.scale()));
  }

  @ParameterizedTest
  @ValueSource(doubles = {0, 0.5, 2})
  void focalLossIsThePapers(double focus) {
    double[][] logits = random(5, ROWS, PEOPLE);
    double expected = 0;
    for (int i = 0; i < ROWS; i++) {
      double sum = Arrays.stream(logits[i]).map(Math::exp).sum();
      double p = Math.exp(logits[i][labels[i]]) / sum;
      expected -= Math.pow(1 - p, focus) * Math.log(p) / ROWS;
    }
    FocalLoss loss = new FocalLoss(focus);
    assertEquals(expected, loss.of(tensor(logits), Tensors.indexes(labels)).item_double(), EXACT);
    checkSlopes((x, w) -> loss.of(torch.mm(x, w.t()), Tensors.indexes(labels)));
  }

  @ParameterizedTest
  @ValueSource(doubles = {0.5, 2})
  void batchFocalLossIsThatOfTheMean(double focus) {
    double[][] logits = random(5, ROWS, PEOPLE);
    double entropy = 0;
    for (int i = 0; i < ROWS; i++) {
      double sum = Arrays.stream(logits[i]).map(Math::exp).sum();
      entropy -= (logits[i][labels[i]] - Math.log(sum)) / ROWS;
    }
    double expected = Math.pow(1 - Math.exp(-entropy), focus) * entropy;
    BatchFocalLoss loss = new BatchFocalLoss(focus);
    Tensor target = Tensors.indexes(labels);
    assertEquals(expected, loss.of(tensor(logits), target).item_double(), EXACT);
    double rows = new FocalLoss(focus).of(tensor(logits), target).item_double();
    assertTrue(Math.abs(expected - rows) > 1e-3, "the loss of the rows is " + rows + " too");
    checkSlopes((x, w) -> loss.of(torch.mm(x, w.t()), target));
  }

  @ParameterizedTest
  @EnumSource(names = {"FOCAL", "BATCH_FOCAL"})
  void focalLossOfWhatIsCertainIsFinite(LogitLoss kind) {
    Tensor logits = tensor(new double[][] {{1000, 0}, {0, 1000}}).set_requires_grad(true);
    Tensor loss = kind.of(logits, Tensors.indexes(0, 1), 0.5);
    loss.backward();
    assertEquals(0, loss.item_double(), EXACT);
    assertEquals(0, values(logits.grad())[0], EXACT);
  }

  @Test
  void centerLossIsThePapers() {
    double expected = 0;
    for (int i = 0; i < ROWS; i++) {
      for (int d = 0; d < DIMENSIONS; d++) {
        double apart = features[i][d] - weight[labels[i]][d];
        expected += apart * apart / 2 / ROWS;
      }
    }
    CenterLoss loss = new CenterLoss(0.5);
    Tensor target = Tensors.indexes(labels);
    assertEquals(expected, loss.of(tensor(features), tensor(weight), target).item_double(), EXACT);
    Tensor x = tensor(features).set_requires_grad(true);
    loss.of(x, tensor(weight), target).backward();
    checkSlope(x, features, v -> loss.of(tensor(v), tensor(weight), target).item_double());
  }

  @Test
  void centersMoveByThePapersRule() {
    int[] who = {0, 0, 2, 0, 2, 1};
    Tensor centers = tensor(weight);
    new CenterLoss(0.5)
        .move(tensor(Arrays.copyOf(features, who.length)), centers, Tensors.indexes(who));
    double[] found = values(centers);
    for (int person = 0; person < PEOPLE; person++) {
      for (int d = 0; d < DIMENSIONS; d++) {
        double sum = 0;
        int count = 0;
        for (int i = 0; i < who.length; i++) {
          if (who[i] == person) {
            sum += weight[person][d] - features[i][d];
            count++;
          }
        }
        double expected = weight[person][d] - 0.5 * sum / (1 + count);
        assertEquals(expected, found[person * DIMENSIONS + d], EXACT);
      }
    }
  }

  @Test
  void negativesAreSemiHardWhereThereAreAny() {
    // Distances of row 0: its positive is 1; 2 is nearer than that, 3 farther, 4 farther still.
    double[] distances = new double[25];
    double[] first = {0, 0.5, 0.3, 0.6, 0.9};
    for (int i = 0; i < 5; i++) {
      distances[i] = first[i];
      distances[5 * i] = first[i];
    }
    // Row 1's negatives are all nearer than its positive.
    double[] second = {0.5, 0, 0.1, 0.2, 0.4};
    System.arraycopy(second, 0, distances, 5, 5);
    assertEquals(
        List.of(new TripletLoss.Triplet(0, 1, 3), new TripletLoss.Triplet(1, 0, 4)),
        TripletLoss.mine(distances, new int[] {7, 7, 1, 2, 3}));
  }

  @Test
  void tripletLossIsThePapers() {
    TripletLoss loss = new TripletLoss(0.2);
    double[] distances = new double[ROWS * ROWS];
    for (int i = 0; i < ROWS; i++) {
      for (int k = 0; k < ROWS; k++) {
        for (int d = 0; d < DIMENSIONS; d++) {
          double apart =
              features[i][d] / length(features[i]) - features[k][d] / length(features[k]);
          distances[i * ROWS + k] += apart * apart;
        }
      }
    }
    List<TripletLoss.Triplet> triplets = TripletLoss.mine(distances, labels);
    double expected =
        triplets.stream()
            .mapToDouble(
                t ->
                    Math.max(
                        0,
                        distances[t.anchor() * ROWS + t.positive()]
                            - distances[t.anchor() * ROWS + t.negative()]
                            + 0.2))
            .average()
            .orElseThrow();
    assertEquals(expected, loss.of(tensor(features), labels).item_double(), EXACT);
    Tensor x = tensor(features).set_requires_grad(true);
    loss.of(x, labels).backward();
    checkSlope(x, features, v -> loss.of(tensor(v), labels).item_double());
  }

  @Test
  void tripletLossWithoutTripletsIsZero() {
    Tensor x = tensor(features).set_requires_grad(true);
    Tensor loss = new TripletLoss(0.2).of(x, new int[ROWS]);
    loss.backward();
    assertEquals(0, loss.item_double(), EXACT);
    assertEquals(0, values(x.grad())[0], EXACT);
  }

  @Test
  void lambdaFallsAsTheAuthorsLetIt() {
    assertEquals(1000, SphereFace.lambda(0));
    assertEquals(1000 / 13.0, SphereFace.lambda(100), EXACT);
    assertEquals(5, SphereFace.lambda(1_000_000));
  }

  private void checkSlopes(BiFunction<Tensor, Tensor, Tensor> loss) {
    Tensor x = tensor(features).set_requires_grad(true);
    Tensor w = tensor(weight).set_requires_grad(true);
    loss.apply(x, w).backward();
    checkSlope(x, features, v -> loss.apply(tensor(v), tensor(weight)).item_double());
    checkSlope(w, weight, v -> loss.apply(tensor(features), tensor(v)).item_double());
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
