package io.facepipeline.cli.evaluation;

import io.facepipeline.Embedding;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * How far each photo is from the others of its person. The distance is that of facenet's {@code
 * calculate_filtering_metrics.py}: Euclidean, from the mean of all of the person's embeddings. The
 * mean of few photos is near to each of them, also to a wrong one; so a photo's similarity is that
 * with the mean of the person's other photos.
 */
final class PersonCenters {
  /** A photo and its face's embedding. */
  record Embedded(Path file, Embedding embedding) {}

  /**
   * What is known of a photo.
   *
   * @param distance the Euclidean distance from the mean of the person's photos, 0 to 2
   * @param similarity the cosine with the mean of the person's other photos; null if there is none
   * @param nearest the other person whose mean is most similar; null if there is no other
   * @param nearestSimilarity the cosine with that person's mean
   */
  record Placed(
      String person,
      Path file,
      double distance,
      @Nullable Double similarity,
      @Nullable String nearest,
      @Nullable Double nearestSimilarity) {
    /** Whether it resembles its person's other photos less than it should, or another person. */
    boolean isSuspect(double threshold) {
      return similarity != null
          && (similarity < threshold
              || (nearestSimilarity != null
                  && nearestSimilarity >= threshold
                  && nearestSimilarity > similarity));
    }
  }

  private final Map<String, double[]> sums = new LinkedHashMap<>();
  private final Map<String, List<Embedded>> people;

  private PersonCenters(Map<String, List<Embedded>> people) {
    this.people = people;
    people.forEach(
        (person, photos) -> {
          double[] sum = new double[photos.get(0).embedding().size()];
          photos.forEach(photo -> add(sum, photo.embedding().values(), 1));
          sums.put(person, sum);
        });
  }

  /**
   * Places each photo.
   *
   * @param people the photos of each person; at least one photo each
   * @return by person, the farthest photo first
   */
  static Map<String, List<Placed>> place(Map<String, List<Embedded>> people) {
    PersonCenters centers = new PersonCenters(people);
    Map<String, List<Placed>> placed = new LinkedHashMap<>();
    people.forEach(
        (person, photos) -> {
          List<Placed> one = new ArrayList<>(photos.size());
          photos.forEach(photo -> one.add(centers.place(person, photo)));
          one.sort((a, b) -> Double.compare(b.distance(), a.distance()));
          placed.put(person, List.copyOf(one));
        });
    return placed;
  }

  private Placed place(String person, Embedded photo) {
    float[] vector = photo.embedding().values();
    double[] sum = sums.getOrDefault(person, new double[0]);
    int count = people.getOrDefault(person, List.of()).size();
    double squares = 0;
    for (int i = 0; i < vector.length; i++) {
      double d = vector[i] - sum[i] / count;
      squares += d * d;
    }
    double[] others = sum.clone();
    add(others, vector, -1);
    String nearest = null;
    Double nearestSimilarity = null;
    for (Map.Entry<String, double[]> other : sums.entrySet()) {
      if (!other.getKey().equals(person)) {
        double similarity = cosine(vector, other.getValue());
        if (nearestSimilarity == null || similarity > nearestSimilarity) {
          nearest = other.getKey();
          nearestSimilarity = similarity;
        }
      }
    }
    return new Placed(
        person,
        photo.file(),
        Math.sqrt(squares),
        count < 2 ? null : cosine(vector, others),
        nearest,
        nearestSimilarity);
  }

  private static void add(double[] sum, float[] vector, int sign) {
    for (int i = 0; i < vector.length; i++) {
      sum[i] += sign * vector[i];
    }
  }

  /** The cosine of a unit vector with another of any length; 0 with one of none. */
  private static double cosine(float[] unit, double[] other) {
    double dot = 0;
    double squares = 0;
    for (int i = 0; i < unit.length; i++) {
      dot += unit[i] * other[i];
      squares += other[i] * other[i];
    }
    return squares == 0 ? 0 : Math.max(-1, Math.min(1, dot / Math.sqrt(squares)));
  }

  /**
   * The value that a share of others do not exceed, between two of them in proportion, as NumPy's
   * {@code percentile} has it.
   *
   * @param percent 0 to 100
   */
  static double percentile(double[] values, double percent) {
    double[] sorted = values.clone();
    Arrays.sort(sorted);
    double at = percent / 100 * (sorted.length - 1);
    int below = (int) Math.floor(at);
    int above = Math.min(sorted.length - 1, below + 1);
    return sorted[below] + (at - below) * (sorted[above] - sorted[below]);
  }
}
