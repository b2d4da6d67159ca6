package io.facepipeline.evaluation.internal;

import io.facepipeline.Embedding;
import io.facepipeline.evaluation.verification.RocCurve.OperatingPoint;
import io.facepipeline.internal.Workers;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicLongArray;
import java.util.function.ObjIntConsumer;

/**
 * The similarities of all pairs of different people among photos. They are far more than the pairs
 * of a protocol, so they support the low false-accept rates of a model's card. They are kept as
 * counts in steps of 1e-5. Immutable.
 */
public final class ImpostorScores {
  private static final int STEPS_PER_UNIT = 100_000;
  private static final int BINS = 2 * STEPS_PER_UNIT + 1;

  private final long[] counts;
  private final long pairs;

  private ImpostorScores(long[] counts, long pairs) {
    this.counts = counts;
    this.pairs = pairs;
  }

  /**
   * Compares every photo with those of all other people.
   *
   * @param people the embeddings of each person, all of one model
   * @param threads how many threads compare
   * @return the similarities
   * @throws IllegalArgumentException if embeddings come from different models
   */
  public static ImpostorScores between(Map<String, List<Embedding>> people, int threads) {
    List<Embedding> all = people.values().stream().flatMap(List::stream).toList();
    int[] ends = new int[all.size()];
    float[][] vectors = new float[all.size()][];
    int at = 0;
    int start = 0;
    for (List<Embedding> person : people.values()) {
      start += person.size();
      for (Embedding embedding : person) {
        // Of one model, or this says so; the products below then need no such check.
        embedding.similarity(all.get(0));
        ends[at] = start;
        vectors[at++] = embedding.toArray();
      }
    }
    return counted(
        threads,
        vectors.length,
        (counts, a) -> {
          // The photos of a person lie together: those of other people begin at the end of one's.
          for (int b = ends[a]; b < vectors.length; b++) {
            counts.incrementAndGet(bin(product(vectors[a], vectors[b])));
          }
        });
  }

  /**
   * Compares every photo of one kind with those of another kind of all other people.
   *
   * @param people the embeddings of each person's photos of one kind, all of one model
   * @param others those of the other kind
   * @param threads how many threads compare
   * @return the similarities
   * @throws IllegalArgumentException if embeddings come from different models
   */
  public static ImpostorScores across(
      Map<String, List<Embedding>> people, Map<String, List<Embedding>> others, int threads) {
    List<Map.Entry<String, Embedding>> all = named(people);
    List<Map.Entry<String, Embedding>> rest = named(others);
    return counted(
        threads,
        all.size(),
        (counts, a) -> {
          Embedding own = all.get(a).getValue();
          for (Map.Entry<String, Embedding> other : rest) {
            if (!other.getKey().equals(all.get(a).getKey())) {
              counts.incrementAndGet(bin(own.similarity(other.getValue())));
            }
          }
        });
  }

  private static List<Map.Entry<String, Embedding>> named(Map<String, List<Embedding>> people) {
    return people.entrySet().stream()
        .flatMap(person -> person.getValue().stream().map(e -> Map.entry(person.getKey(), e)))
        .toList();
  }

  private static ImpostorScores counted(
      int threads, int photos, ObjIntConsumer<AtomicLongArray> ofPhoto) {
    AtomicLongArray counts = new AtomicLongArray(BINS);
    try (Workers workers = new Workers(threads)) {
      workers.forEach(photos, photo -> ofPhoto.accept(counts, photo));
    }
    long[] copy = new long[BINS];
    long pairs = 0;
    for (int i = 0; i < BINS; i++) {
      copy[i] = counts.get(i);
      pairs += copy[i];
    }
    return new ImpostorScores(copy, pairs);
  }

  /** {@return the number of pairs} */
  public long pairs() {
    return pairs;
  }

  /**
   * {@return the lowest threshold, a multiple of 1e-5, that at most a share of the pairs reaches,
   * and the number of pairs it is based on; it has no true-accept rate}
   *
   * @param falseAcceptRate the share, 0 to 1
   * @throws IllegalArgumentException if the rate is out of range
   */
  public OperatingPoint atFalseAcceptRate(double falseAcceptRate) {
    long allowed = OperatingPoint.allowed(falseAcceptRate, pairs);
    long accepted = 0;
    int bin = BINS - 1;
    while (bin >= 0 && accepted + counts[bin] <= allowed) {
      accepted += counts[bin--];
    }
    double threshold = (double) (bin + 1 - STEPS_PER_UNIT) / STEPS_PER_UNIT;
    return new OperatingPoint(falseAcceptRate, Double.NaN, threshold, accepted, pairs);
  }

  /**
   * {@return the share of the pairs that reach a threshold, in whole steps of 1e-5; NaN without
   * pairs}
   *
   * @param threshold from -1 to 1
   */
  public double falseAcceptRate(double threshold) {
    // A threshold that is a step is not the one below it, however it is rounded.
    int first = Math.max(0, (int) Math.floor((threshold + 1) * STEPS_PER_UNIT + 1e-6));
    long accepted = 0;
    for (int i = BINS - 1; i >= first; i--) {
      accepted += counts[i];
    }
    return pairs == 0 ? Double.NaN : (double) accepted / pairs;
  }

  /** The last step that is not above a similarity. */
  private static int bin(float similarity) {
    double clamped = Math.max(-1, Math.min(1, similarity));
    return (int) Math.floor((clamped + 1) * STEPS_PER_UNIT);
  }

  private static float product(float[] a, float[] b) {
    float first = 0;
    float second = 0;
    float third = 0;
    float fourth = 0;
    int i = 0;
    // Four sums, since a single one waits for each addition.
    for (; i + 3 < a.length; i += 4) {
      first += a[i] * b[i];
      second += a[i + 1] * b[i + 1];
      third += a[i + 2] * b[i + 2];
      fourth += a[i + 3] * b[i + 3];
    }
    for (; i < a.length; i++) {
      first += a[i] * b[i];
    }
    return first + second + third + fourth;
  }
}
