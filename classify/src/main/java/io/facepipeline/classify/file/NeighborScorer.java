package io.facepipeline.classify.file;

import java.util.Arrays;

/** The mean cosine of a person's most alike photos. */
public final class NeighborScorer implements Scorer {
  private final int neighbors;
  private final float[][] vectors;
  private final int[] personOfRow;
  private final int people;

  public NeighborScorer(int neighbors, float[][] vectors, int[] personOfRow, int people) {
    this.neighbors = neighbors;
    this.vectors = vectors;
    this.personOfRow = personOfRow;
    this.people = people;
  }

  @Override
  public double[] scores(float[] probe) {
    // The most alike of each person, descending.
    float[][] best = new float[people][neighbors];
    int[] count = new int[people];
    for (int row = 0; row < vectors.length; row++) {
      int person = personOfRow[row];
      insert(best[person], Vectors.dot(vectors[row], probe), count[person]);
      count[person] = Math.min(neighbors, count[person] + 1);
    }
    double[] scores = new double[people];
    for (int person = 0; person < people; person++) {
      double sum = 0;
      for (int i = 0; i < count[person]; i++) {
        sum += best[person][i];
      }
      scores[person] = sum / count[person];
    }
    return scores;
  }

  /** Inserts into a descending array that holds some; the least falls out of a full one. */
  private static void insert(float[] descending, float value, int count) {
    int at = count;
    if (count == descending.length) {
      at = count - 1;
      if (value <= descending[at]) {
        return;
      }
    }
    while (at > 0 && descending[at - 1] < value) {
      descending[at] = descending[at - 1];
      at--;
    }
    descending[at] = value;
  }

  @Override
  public int people() {
    return people;
  }

  @Override
  public int dimensions() {
    return vectors[0].length;
  }

  @Override
  public void write(FileOutput out) {
    out.putInt(neighbors);
    out.putRows(vectors);
    out.putInts(personOfRow);
  }

  static NeighborScorer read(FileInput in, int people) {
    int neighbors = in.integer();
    float[][] vectors = in.rows();
    in.require(neighbors >= 1 && neighbors <= vectors.length, "a number of neighbors");
    int[] personOfRow = in.integers(vectors.length);
    boolean[] seen = new boolean[people];
    for (int person : personOfRow) {
      in.require(person >= 0 && person < people, "a person per vector");
      seen[person] = true;
    }
    for (boolean has : seen) {
      in.require(has, "a vector per person");
    }
    return new NeighborScorer(neighbors, vectors, personOfRow, people);
  }

  @Override
  public boolean equals(Object o) {
    return o instanceof NeighborScorer s
        && neighbors == s.neighbors
        && Arrays.deepEquals(vectors, s.vectors)
        && Arrays.equals(personOfRow, s.personOfRow);
  }

  @Override
  public int hashCode() {
    return 31 * Arrays.deepHashCode(vectors) + Arrays.hashCode(personOfRow);
  }
}
