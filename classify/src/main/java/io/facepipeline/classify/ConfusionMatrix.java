package io.facepipeline.classify;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;

/**
 * A confusion matrix. Immutable.
 *
 * @param labels the people
 * @param counts for each person, in the order of the labels, how often their photos were named as
 *     each person
 */
public record ConfusionMatrix(List<String> labels, List<List<Integer>> counts) {
  private static final int MOST_COLUMNS = 20;

  /**
   * The figures of one person.
   *
   * @param label the person
   * @param photos the number of tested photos of the person
   * @param precision the share of the photos named as this person that show them; NaN if there were
   *     none
   * @param recall the share of this person's photos that were named correctly; NaN if none was
   *     tested
   * @param f1 the harmonic mean of precision and recall; 0 if no photo was named correctly
   */
  public record PersonFigures(
      String label, int photos, double precision, double recall, double f1) {}

  /**
   * Creates a matrix.
   *
   * @throws IllegalArgumentException if it is not square
   */
  public ConfusionMatrix {
    labels = List.copyOf(labels);
    counts = counts.stream().map(List::copyOf).toList();
    int size = labels.size();
    if (counts.size() != size || counts.stream().anyMatch(row -> row.size() != size)) {
      throw new IllegalArgumentException(
          "a confusion matrix of " + size + " people needs " + size + " rows and columns");
    }
  }

  /** From pairs of true and named person. */
  static ConfusionMatrix of(List<String> labels, int[] truth, int[] named) {
    int[][] counts = new int[labels.size()][labels.size()];
    for (int i = 0; i < truth.length; i++) {
      counts[truth[i]][named[i]]++;
    }
    List<List<Integer>> rows = new ArrayList<>();
    for (int[] row : counts) {
      rows.add(Arrays.stream(row).boxed().toList());
    }
    return new ConfusionMatrix(labels, rows);
  }

  /** {@return the number of tested photos} */
  public int photos() {
    return counts.stream().flatMap(List::stream).mapToInt(Integer::intValue).sum();
  }

  /** {@return how many photos were named correctly} */
  public int right() {
    int right = 0;
    for (int i = 0; i < labels.size(); i++) {
      right += counts.get(i).get(i);
    }
    return right;
  }

  /** {@return the share of photos named correctly; NaN if none was tested} */
  public double accuracy() {
    return share(right(), photos());
  }

  /** {@return the figures of each person, in the order of the labels} */
  public List<PersonFigures> people() {
    List<PersonFigures> people = new ArrayList<>();
    for (int i = 0; i < labels.size(); i++) {
      int person = i;
      int hit = counts.get(i).get(i);
      int shown = counts.get(i).stream().mapToInt(Integer::intValue).sum();
      int named = counts.stream().mapToInt(row -> row.get(person)).sum();
      people.add(
          new PersonFigures(
              labels.get(i),
              shown,
              share(hit, named),
              share(hit, shown),
              hit == 0 ? 0 : 2.0 * hit / (shown + named)));
    }
    return people;
  }

  private static double share(int part, int whole) {
    return whole == 0 ? Double.NaN : (double) part / whole;
  }

  /**
   * {@return the figures of each person and the confusions as text: a matrix for up to 20 people,
   * else a list}
   */
  public String text() {
    int width = Math.max(6, labels.stream().mapToInt(String::length).max().orElse(0));
    StringBuilder text = new StringBuilder();
    text.append(
        line("%-" + width + "s %6s %9s %6s %6s", "person", "photos", "precision", "recall", "F1"));
    for (PersonFigures p : people()) {
      text.append(
          line(
              "%-" + width + "s %6d %9.3f %6.3f %6.3f",
              p.label(),
              p.photos(),
              p.precision(),
              p.recall(),
              p.f1()));
    }
    text.append("\nconfusion matrix (rows: true person, columns: named person)\n");
    if (labels.size() <= MOST_COLUMNS) {
      for (int i = 0; i < labels.size(); i++) {
        text.append(String.format(Locale.ROOT, "%-" + width + "s", labels.get(i)));
        counts.get(i).forEach(count -> text.append(String.format(Locale.ROOT, " %4d", count)));
        text.append('\n');
      }
      return text.toString();
    }
    for (int i = 0; i < labels.size(); i++) {
      for (int j = 0; j < labels.size(); j++) {
        if (i != j && counts.get(i).get(j) > 0) {
          text.append(line("%s as %s: %d", labels.get(i), labels.get(j), counts.get(i).get(j)));
        }
      }
    }
    return text.toString();
  }

  private static String line(String format, Object... values) {
    return String.format(Locale.ROOT, format, values) + "\n";
  }
}
