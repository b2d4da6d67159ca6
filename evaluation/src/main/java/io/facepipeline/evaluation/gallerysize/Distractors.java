package io.facepipeline.evaluation.gallerysize;

import io.facepipeline.Embedding;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Random;
import java.util.SplittableRandom;

/**
 * The embeddings of enrolled people whom nobody looks for: real ones in random order, and then made
 * ones, as many as are asked for. A made one is halfway between two real ones, seen from the mean
 * of all, which keeps mean and variance of the similarities; very similar ones become rarer, so a
 * gallery with made people is easier than a real one. Immutable.
 */
final class Distractors {
  private final List<float[]> real;
  private final double[] mean;
  private final long seed;

  private Distractors(List<float[]> real, long seed) {
    this.real = real;
    this.seed = seed;
    mean = mean(real);
  }

  static Distractors of(List<Embedding> faces, long seed) {
    List<float[]> real = new ArrayList<>(faces.stream().map(Embedding::toArray).toList());
    Collections.shuffle(real, new Random(seed));
    return new Distractors(real, seed);
  }

  /** The same from fewer real ones: the first. */
  Distractors fromReal(int count) {
    return new Distractors(real.subList(0, count), seed);
  }

  /** How many are real. */
  int count() {
    return real.size();
  }

  /** The unit vector of a distractor; which one it is depends on nothing but the seed. */
  float[] vector(int number) {
    if (number < real.size()) {
      return real.get(number);
    }
    SplittableRandom random = new SplittableRandom(seed ^ Long.reverse(number));
    int one = random.nextInt(real.size());
    int other = (one + 1 + random.nextInt(real.size() - 1)) % real.size();
    float[] a = real.get(one);
    float[] b = real.get(other);
    double[] sum = new double[a.length];
    double squares = 0;
    for (int k = 0; k < sum.length; k++) {
      sum[k] = mean[k] + (a[k] + b[k] - 2 * mean[k]) / Math.sqrt(2);
      squares += sum[k] * sum[k];
    }
    float[] unit = new float[sum.length];
    for (int k = 0; k < sum.length; k++) {
      unit[k] = (float) (sum[k] / Math.sqrt(squares));
    }
    return unit;
  }

  private static double[] mean(List<float[]> vectors) {
    double[] mean = new double[vectors.isEmpty() ? 0 : vectors.get(0).length];
    for (float[] vector : vectors) {
      for (int k = 0; k < mean.length; k++) {
        mean[k] += vector[k] / vectors.size();
      }
    }
    return mean;
  }
}
