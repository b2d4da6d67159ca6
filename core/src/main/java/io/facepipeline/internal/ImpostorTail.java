package io.facepipeline.internal;

/**
 * How often different people are as alike as a threshold: a normal distribution through two
 * measured points, so that rates below the measured ones can be estimated. Immutable.
 *
 * <p>A stranger meets every face of a gallery. If comparisons are independent, a stranger reaches
 * the threshold with at least one of n faces at the rate 1 - (1 - r)^n, where r is that of one
 * comparison.
 *
 * @param mean the mean of the distribution
 * @param deviation its standard deviation, above 0
 */
public record ImpostorTail(double mean, double deviation) {
  private static final double ROOT_TWO_PI = Math.sqrt(2 * Math.PI);

  /** From here on the continued fraction needs few terms, and the series would cancel. */
  private static final double FAR_OUT = 2;

  private static final int FRACTION_TERMS = 120;

  /** Beyond it a rate is 0 in double precision. */
  private static final double FARTHEST = 38;

  /**
   * Creates a distribution.
   *
   * @throws IllegalArgumentException if the deviation is not positive
   */
  public ImpostorTail {
    if (!(deviation > 0)) {
      throw new IllegalArgumentException("the deviation must be positive, got " + deviation);
    }
  }

  /**
   * {@return the distribution through two points}
   *
   * @param threshold a similarity
   * @param rate the share of pairs that reach it, above 0 and below 1
   * @param higher a higher similarity
   * @param lowerRate the lower share of pairs that reach it
   * @throws IllegalArgumentException if the higher similarity is not the rarer one
   */
  public static ImpostorTail through(
      double threshold, double rate, double higher, double lowerRate) {
    double z = deviate(rate);
    double deviation = (higher - threshold) / (deviate(lowerRate) - z);
    return new ImpostorTail(threshold - deviation * z, deviation);
  }

  /** {@return the share of pairs of different people that reach a threshold} */
  public double rateAt(double threshold) {
    return share((threshold - mean) / deviation);
  }

  /**
   * {@return the threshold that a share of the pairs of different people reach}
   *
   * @param rate above 0 and below 1
   */
  public double thresholdAt(double rate) {
    return mean + deviation * deviate(rate);
  }

  /**
   * {@return the share of strangers who reach a threshold with at least one of several faces}
   *
   * @param rate the share of single comparisons that reach it
   * @param faces the number of faces
   */
  public static double ofGallery(double rate, long faces) {
    return -Math.expm1(faces * Math.log1p(-rate));
  }

  /**
   * {@return the rate of a single comparison at which a share of strangers reach a threshold with
   * at least one of several faces: what {@link #ofGallery} is computed from}
   *
   * @param share the share of strangers, above 0 and below 1
   * @param faces the number of faces, at least 1
   */
  public static double ofOneFace(double share, long faces) {
    return -Math.expm1(Math.log1p(-share) / faces);
  }

  /** {@return the share of a standard normal distribution above z} */
  static double share(double z) {
    if (z < 0) {
      return 1 - share(-z);
    }
    double density = Math.exp(-z * z / 2) / ROOT_TWO_PI;
    if (z < FAR_OUT) {
      double term = z;
      double sum = z;
      for (int k = 3; term > sum * 1e-17; k += 2) {
        term *= z * z / k;
        sum += term;
      }
      return 0.5 - density * sum;
    }
    double fraction = z;
    for (int k = FRACTION_TERMS; k >= 1; k--) {
      fraction = z + k / fraction;
    }
    return density / fraction;
  }

  /** {@return where so large a share of a standard normal distribution is above} */
  static double deviate(double share) {
    if (!(share > 0 && share < 1)) {
      throw new IllegalArgumentException("a share must be above 0 and below 1, got " + share);
    }
    double low = -FARTHEST;
    double high = FARTHEST;
    for (double middle = 0; low < middle && middle < high; middle = (low + high) / 2) {
      if (share(middle) > share) {
        low = middle;
      } else {
        high = middle;
      }
    }
    return high;
  }
}
