package io.facepipeline.classify.calibrate;

import io.facepipeline.Embedding;
import io.facepipeline.FacePipelineException;
import io.facepipeline.Match;
import io.facepipeline.Match.Candidate;
import io.facepipeline.ModelCard;
import io.facepipeline.classify.training.LogisticCurve;
import io.facepipeline.internal.ImpostorTail;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.NavigableMap;
import java.util.Random;
import java.util.TreeMap;

/**
 * A calibration of one model's similarities on your own photos: thresholds at false-accept rates,
 * and the probability that two faces show the same person. It is fitted to pairs of labeled
 * embeddings. Faces of strangers are not needed, because each person is an impostor to all others.
 * Immutable, thread-safe.
 *
 * <p>Identification among many enrolled people needs a stricter threshold, because a stranger is
 * compared with each of them: {@link #identificationThreshold}.
 */
public final class VerificationCalibration {
  /** The rates of {@link #thresholds()}, if there are enough pairs. */
  public static final List<Double> STANDARD_RATES = List.of(1e-2, 1e-3, 1e-4, 1e-5);

  /**
   * The smallest number of impostor pairs that must reach a threshold, so that it does not depend
   * on a single pair.
   */
  static final int ACCEPTED_AT_LEAST = 10;

  private static final int MAX_PAIRS = 10_000_000;
  private static final int CURVE_PAIRS = 200_000;
  private static final long SEED = 6;

  private final String model;
  private final SimilarityMeasure measure;

  /** Ascending, larger is more alike. */
  private final double[] impostors;

  private final int genuinePairs;
  private final LogisticCurve curve;

  private VerificationCalibration(
      String model, SimilarityMeasure measure, double[] genuine, double[] impostors) {
    this.model = model;
    this.measure = measure;
    this.impostors = impostors;
    this.genuinePairs = genuine.length;
    // The curve weighs both kinds alike; millions of impostors would make it all about them.
    this.curve =
        LogisticCurve.fit(
            spread(genuine, CURVE_PAIRS), spread(impostors, Math.min(genuine.length, CURVE_PAIRS)));
    Arrays.sort(impostors);
  }

  /**
   * Fits thresholds and curve to all pairs of embeddings. Of more than ten million pairs of
   * different people, it uses ten million drawn at random with a fixed seed (80 MB).
   *
   * @param people the embeddings of each person's photos, all of one model
   * @param measure the measure
   * @return the calibration
   * @throws IllegalArgumentException if there are fewer than two people, nobody has two photos, or
   *     the embeddings are of different models
   */
  public static VerificationCalibration fit(
      Map<String, List<Embedding>> people, SimilarityMeasure measure) {
    List<Embedding> all = new ArrayList<>();
    List<Integer> person = new ArrayList<>();
    int next = 0;
    for (List<Embedding> photos : people.values()) {
      for (Embedding photo : photos) {
        all.add(photo);
        person.add(next);
      }
      next++;
    }
    Pairs genuine = new Pairs();
    Pairs impostors = new Pairs();
    for (int i = 0; i < all.size(); i++) {
      for (int j = 0; j < i; j++) {
        double worth = measure.worth(measure.of(all.get(i), all.get(j)));
        (person.get(i).equals(person.get(j)) ? genuine : impostors).add(worth);
      }
    }
    if (genuine.seen == 0 || impostors.seen == 0) {
      throw new IllegalArgumentException(
          "a calibration needs at least one person with two photos and a second person, got "
              + people.size()
              + " people with "
              + all.size()
              + " photos");
    }
    return new VerificationCalibration(
        all.get(0).fingerprint(), measure, genuine.toArray(), impostors.toArray());
  }

  /** {@return the fingerprint of the model it was fitted for} */
  public String model() {
    return model;
  }

  /** {@return the measure} */
  public SimilarityMeasure measure() {
    return measure;
  }

  /** {@return the number of pairs of different people behind the thresholds} */
  public int impostorPairs() {
    return impostors.length;
  }

  /** {@return the number of pairs of the same person behind the curve} */
  public int genuinePairs() {
    return genuinePairs;
  }

  /**
   * {@return the threshold for a false-accept rate: a lowest cosine or a largest distance}
   *
   * @param falseAcceptRate the rate, above 0 and below 1
   * @throws TooFewPairsException if fewer than ten pairs would determine it
   * @throws IllegalArgumentException if the rate is out of range
   */
  public double threshold(double falseAcceptRate) {
    requireRate(falseAcceptRate);
    long needed = (long) Math.ceil(ACCEPTED_AT_LEAST / falseAcceptRate - 1e-6);
    if (impostors.length < needed) {
      throw new TooFewPairsException(falseAcceptRate, impostors.length, needed);
    }
    int accepted = (int) Math.floor(falseAcceptRate * impostors.length + 1e-9);
    double strongestRefused = impostors[impostors.length - 1 - accepted];
    return measure.worth(Math.nextUp(strongestRefused));
  }

  /** {@return the thresholds at the {@link #STANDARD_RATES} for which there are enough pairs} */
  public NavigableMap<Double, Double> thresholds() {
    NavigableMap<Double, Double> thresholds = new TreeMap<>();
    for (double rate : STANDARD_RATES) {
      if (impostors.length >= ACCEPTED_AT_LEAST / rate - 1e-6) {
        thresholds.put(rate, threshold(rate));
      }
    }
    return thresholds;
  }

  /**
   * {@return the threshold for a rate at which strangers are falsely identified among several
   * enrolled people, assuming independent comparisons and one embedding per person: the rate of a
   * single comparison is {@code 1 - (1 - rate)^(1 / people)}}
   *
   * @param falseAcceptRate the rate per stranger, above 0 and below 1
   * @param people the number of enrolled people, at least 1
   * @throws TooFewPairsException if fewer than ten pairs would determine it
   * @throws IllegalArgumentException if a number is out of range
   */
  public double identificationThreshold(double falseAcceptRate, int people) {
    requireRate(falseAcceptRate);
    if (people < 1) {
      throw new IllegalArgumentException("at least one person must be enrolled, got " + people);
    }
    return threshold(ImpostorTail.ofOneFace(falseAcceptRate, people));
  }

  /**
   * {@return the probability that two faces with a value show the same person, if both cases were
   * equally frequent}
   *
   * @param value a cosine or a distance
   */
  public double probability(double value) {
    return curve.probability(measure.worth(value));
  }

  /**
   * Compares two embeddings.
   *
   * @param a an embedding
   * @param b another
   * @param falseAcceptRate how often different people may be accepted as the same
   * @return the decision with its probability
   * @throws TooFewPairsException if there are too few pairs for the rate
   * @throws IllegalArgumentException if an embedding comes from another model
   */
  public CalibratedMatch verify(Embedding a, Embedding b, double falseAcceptRate) {
    requireModel(a);
    double value = measure.of(a, b);
    double threshold = threshold(falseAcceptRate);
    return new CalibratedMatch(
        measure.worth(value) >= measure.worth(threshold),
        value,
        threshold,
        falseAcceptRate,
        probability(value));
  }

  /**
   * Decides on the result of a gallery's search, with probabilities as scores.
   *
   * @param found the candidates, best first, with cosine similarities
   * @param people the number of people in the gallery
   * @param falseAcceptRate how often a stranger may be named
   * @return the identification, without a face; scores and threshold are probabilities
   * @throws TooFewPairsException if there are too few pairs for the rate
   */
  public Match identify(List<Candidate> found, int people, double falseAcceptRate) {
    // A float cannot tell the threshold from the strongest refused pair; the next one can.
    float threshold =
        Math.nextUp((float) probability(identificationThreshold(falseAcceptRate, people)));
    return Match.of(
        found.stream()
            .map(c -> new Candidate(c.label(), (float) probability(measure.ofCosine(c.score()))))
            .toList(),
        threshold);
  }

  private void requireModel(Embedding embedding) {
    if (!ModelCard.sameEmbedding(embedding.fingerprint(), model)) {
      throw new IllegalArgumentException(
          "this calibration holds for embeddings of " + model + ", got " + embedding);
    }
  }

  private static void requireRate(double rate) {
    if (!(rate > 0 && rate < 1)) {
      throw new IllegalArgumentException(
          "the false-accept rate must be above 0 and below 1, got " + rate);
    }
  }

  /** So many values at even steps. */
  private static double[] spread(double[] values, int count) {
    if (values.length <= count) {
      return values;
    }
    double[] sorted = values.clone();
    Arrays.sort(sorted);
    double[] some = new double[count];
    for (int i = 0; i < count; i++) {
      some[i] = sorted[(int) ((i + 0.5) * sorted.length / count)];
    }
    return some;
  }

  /** The values, or of many a fair sample (Vitter's algorithm R). */
  private static final class Pairs {
    private double[] values = new double[1024];
    private long seen;
    private final Random random = new Random(SEED);

    void add(double value) {
      if (seen < MAX_PAIRS) {
        if (seen == values.length) {
          values = Arrays.copyOf(values, Math.min(MAX_PAIRS, values.length * 2));
        }
        values[(int) seen] = value;
      } else {
        long place = (long) (random.nextDouble() * (seen + 1));
        if (place < MAX_PAIRS) {
          values[(int) place] = value;
        }
      }
      seen++;
    }

    double[] toArray() {
      return Arrays.copyOf(values, (int) Math.min(seen, MAX_PAIRS));
    }
  }

  @Override
  public String toString() {
    return "calibration of "
        + model
        + " by "
        + impostors.length
        + " pairs of different people and "
        + genuinePairs
        + " of one";
  }

  /**
   * The decision whether two embeddings show the same person, and its probability.
   *
   * @param same whether the threshold says that they are the same person
   * @param value the measured value: a cosine or a distance
   * @param threshold the threshold at the false-accept rate, in the same measure
   * @param falseAcceptRate the rate at which the threshold accepts different people
   * @param probability the probability that they are the same person, if both cases were equally
   *     frequent
   */
  public record CalibratedMatch(
      boolean same, double value, double threshold, double falseAcceptRate, double probability) {}

  /** There are too few pairs of different people for a false-accept rate. */
  public static final class TooFewPairsException extends FacePipelineException {
    private final double falseAcceptRate;
    private final long pairs;
    private final long pairsNeeded;

    TooFewPairsException(double falseAcceptRate, long pairs, long pairsNeeded) {
      super(
          String.format(
              Locale.ROOT,
              "a threshold at a false-accept rate of %s needs %d pairs of different people, there"
                  + " are %d; give more people, or ask for a rate of at least %.1e",
              falseAcceptRate,
              pairsNeeded,
              pairs,
              (double) VerificationCalibration.ACCEPTED_AT_LEAST / Math.max(1, pairs)));
      this.falseAcceptRate = falseAcceptRate;
      this.pairs = pairs;
      this.pairsNeeded = pairsNeeded;
    }

    /** {@return the requested rate} */
    public double falseAcceptRate() {
      return falseAcceptRate;
    }

    /** {@return the number of pairs of different people} */
    public long pairs() {
      return pairs;
    }

    /** {@return the number of pairs that the rate needs} */
    public long pairsNeeded() {
      return pairsNeeded;
    }
  }

  /**
   * How two embeddings are compared. Embeddings have unit length, so the squared distance is {@code
   * 2 - 2 * cosine} and both measures rank pairs alike. They accept the same pairs at the same
   * false-accept rate; only the numbers and the fitted curve differ.
   */
  public enum SimilarityMeasure {
    /** The cosine of the angle, -1 to 1; larger is more similar. */
    COSINE {
      @Override
      public double ofCosine(double cosine) {
        return cosine;
      }

      @Override
      double worth(double value) {
        return value;
      }
    },

    /** The Euclidean distance of unit vectors, 0 to 2; smaller is more similar. */
    EUCLIDEAN {
      @Override
      public double ofCosine(double cosine) {
        return Math.sqrt(Math.max(0, 2 - 2 * cosine));
      }

      @Override
      double worth(double value) {
        return -value;
      }
    };

    /**
     * {@return the value for a known cosine}
     *
     * @param cosine their cosine similarity, -1 to 1
     */
    public abstract double ofCosine(double cosine);

    /**
     * {@return the value for two embeddings}
     *
     * @param a an embedding
     * @param b another of the same model
     * @throws IllegalArgumentException if they come from different models
     */
    public double of(Embedding a, Embedding b) {
      return ofCosine(a.similarity(b));
    }

    /** The value turned so that larger is more alike; its own inverse. */
    abstract double worth(double value);
  }
}
