package io.facepipeline.classify.training;

/**
 * A logistic curve that maps a score to the probability that it is genuine: {@code 1 / (1 +
 * exp(-(slope * score + intercept)))}. The probability holds if genuine and impostor scores are as
 * frequent as in the scores the curve was fitted to. Immutable.
 *
 * @param slope the slope of the log odds
 * @param intercept the log odds at score 0
 */
public record LogisticCurve(double slope, double intercept) {
  private static final int MAX_ITERATIONS = 100;
  private static final double MIN_STEP = 1e-10;
  private static final double RIDGE = 1e-12;
  private static final double GRADIENT_TOLERANCE = 1e-5;
  private static final double SUFFICIENT_DECREASE = 1e-4;

  /**
   * Creates a curve.
   *
   * @throws IllegalArgumentException if a number is not finite
   */
  public LogisticCurve {
    if (!Double.isFinite(slope) || !Double.isFinite(intercept)) {
      throw new IllegalArgumentException(
          "a logistic curve needs finite numbers, got slope "
              + slope
              + " and intercept "
              + intercept);
    }
  }

  /**
   * Fits a curve by maximum likelihood as Platt (1999) proposed, with his smoothed targets, by the
   * Newton method of Lin, Lin and Weng ("A note on Platt's probabilistic outputs for support vector
   * machines", 2007), which neither overflows nor stops early if the two kinds do not overlap.
   *
   * @param genuine scores of genuine matches, at least one
   * @param impostor scores of impostors, at least one
   * @return the curve
   * @throws IllegalArgumentException if one kind is missing or a score is not finite
   */
  public static LogisticCurve fit(double[] genuine, double[] impostor) {
    requireScores("genuine", genuine);
    requireScores("impostor", impostor);
    Problem problem = new Problem(genuine, impostor);
    double a = 0;
    double b = Math.log((genuine.length + 1.0) / (impostor.length + 1.0));
    double loss = problem.loss(a, b);
    for (int i = 0; i < MAX_ITERATIONS; i++) {
      double[] d = problem.derivatives(a, b);
      if (Math.abs(d[0]) < GRADIENT_TOLERANCE && Math.abs(d[1]) < GRADIENT_TOLERANCE) {
        break;
      }
      double haa = d[2] + RIDGE;
      double hbb = d[3] + RIDGE;
      double determinant = haa * hbb - d[4] * d[4];
      double stepA = -(hbb * d[0] - d[4] * d[1]) / determinant;
      double stepB = -(haa * d[1] - d[4] * d[0]) / determinant;
      double descent = d[0] * stepA + d[1] * stepB;
      double length = 1;
      double next = problem.loss(a + stepA, b + stepB);
      while (!(next < loss + SUFFICIENT_DECREASE * length * descent) && length > MIN_STEP) {
        length /= 2;
        next = problem.loss(a + length * stepA, b + length * stepB);
      }
      if (length <= MIN_STEP) {
        break;
      }
      a += length * stepA;
      b += length * stepB;
      loss = next;
    }
    return new LogisticCurve(a, b);
  }

  /**
   * {@return the probability that a score is genuine, 0 to 1}
   *
   * @param score the score
   */
  public double probability(double score) {
    return sigmoid(slope * score + intercept);
  }

  /** Two forms, so that the exponential never overflows. */
  private static double sigmoid(double logOdds) {
    if (logOdds >= 0) {
      return 1 / (1 + Math.exp(-logOdds));
    }
    double e = Math.exp(logOdds);
    return e / (1 + e);
  }

  private static void requireScores(String kind, double[] scores) {
    if (scores.length == 0) {
      throw new IllegalArgumentException("a logistic curve needs at least one " + kind + " score");
    }
    for (double score : scores) {
      if (!Double.isFinite(score)) {
        throw new IllegalArgumentException("a " + kind + " score is not finite: " + score);
      }
    }
  }

  /** The cross entropy of the smoothed targets, and its derivatives. */
  private static final class Problem {
    private final double[] genuine;
    private final double[] impostor;

    Problem(double[] genuine, double[] impostor) {
      this.genuine = genuine;
      this.impostor = impostor;
    }

    private double genuineTarget() {
      return (genuine.length + 1.0) / (genuine.length + 2.0);
    }

    private double impostorTarget() {
      return 1 / (impostor.length + 2.0);
    }

    double loss(double a, double b) {
      return loss(genuine, genuineTarget(), a, b) + loss(impostor, impostorTarget(), a, b);
    }

    private static double loss(double[] scores, double target, double a, double b) {
      double sum = 0;
      for (double score : scores) {
        double z = a * score + b;
        sum +=
            z >= 0
                ? (1 - target) * z + Math.log1p(Math.exp(-z))
                : Math.log1p(Math.exp(z)) - target * z;
      }
      return sum;
    }

    /** By a, by b, twice by a, twice by b, by both. */
    double[] derivatives(double a, double b) {
      double[] d = new double[5];
      addDerivatives(genuine, genuineTarget(), a, b, d);
      addDerivatives(impostor, impostorTarget(), a, b, d);
      return d;
    }

    private static void addDerivatives(
        double[] scores, double target, double a, double b, double[] d) {
      for (double score : scores) {
        double p = sigmoid(a * score + b);
        double first = p - target;
        double second = p * (1 - p);
        d[0] += first * score;
        d[1] += first;
        d[2] += second * score * score;
        d[3] += second;
        d[4] += second * score;
      }
    }
  }
}
