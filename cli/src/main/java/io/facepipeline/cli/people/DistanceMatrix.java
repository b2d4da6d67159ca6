package io.facepipeline.cli.people;

import io.facepipeline.Embedding;
import io.facepipeline.evaluation.Table;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/** How far the faces of some photos are apart. A photo without a usable face has no values. */
final class DistanceMatrix {
  /** How two faces are compared. */
  enum Metric {
    /** The Euclidean distance of the unit vectors, 0 to 2, as facenet prints it. */
    euclidean,
    /** The cosine similarity, -1 to 1. */
    cosine
  }

  private final List<@Nullable Embedding> embeddings;

  DistanceMatrix(List<@Nullable Embedding> embeddings) {
    this.embeddings = embeddings;
  }

  int size() {
    return embeddings.size();
  }

  /** Whether a photo can be compared. */
  boolean has(int photo) {
    return embeddings.get(photo) != null;
  }

  /** The photos that can be compared. */
  List<Integer> usable() {
    List<Integer> usable = new ArrayList<>();
    for (int i = 0; i < size(); i++) {
      if (has(i)) {
        usable.add(i);
      }
    }
    return usable;
  }

  /** A metric's value for two photos, or null where one cannot be compared. */
  @Nullable Double value(Metric metric, int a, int b) {
    Embedding first = embeddings.get(a);
    Embedding second = embeddings.get(b);
    if (first == null || second == null) {
      return null;
    }
    return metric == Metric.cosine ? (double) first.similarity(second) : distance(first, second);
  }

  /** Not from the cosine, whose rounding makes a face 0.0005 from itself. */
  private static double distance(Embedding a, Embedding b) {
    float[] first = a.values();
    float[] second = b.values();
    double squares = 0;
    for (int i = 0; i < first.length; i++) {
      double d = (double) first[i] - second[i];
      squares += d * d;
    }
    return Math.sqrt(squares);
  }

  /** The Euclidean distance of two unit vectors of some cosine. */
  static double distanceOf(double cosine) {
    return Math.sqrt(Math.max(0, 2 - 2 * cosine));
  }

  /** A metric's values for all pairs of photos, row by row. */
  List<List<@Nullable Double>> values(Metric metric) {
    List<List<@Nullable Double>> rows = new ArrayList<>();
    for (int i = 0; i < size(); i++) {
      List<@Nullable Double> row = new ArrayList<>();
      for (int j = 0; j < size(); j++) {
        row.add(value(metric, i, j));
      }
      rows.add(row);
    }
    return rows;
  }

  /** Numbers as headings, for a console. */
  Table text(Metric metric) {
    List<String> heading = new ArrayList<>(List.of(""));
    usable().forEach(i -> heading.add(String.valueOf(i)));
    List<List<String>> rows = new ArrayList<>();
    for (int i : usable()) {
      List<String> row = new ArrayList<>(List.of(String.valueOf(i)));
      usable().forEach(j -> row.add(cell(value(metric, i, j))));
      rows.add(row);
    }
    return new Table(heading, rows);
  }

  /** Names as headings; a cell is empty where a photo cannot be compared. */
  Table named(Metric metric, List<String> names) {
    List<String> heading = new ArrayList<>(List.of("image"));
    heading.addAll(names);
    List<List<String>> rows = new ArrayList<>();
    for (int i = 0; i < size(); i++) {
      List<String> row = new ArrayList<>(List.of(names.get(i)));
      for (int j = 0; j < size(); j++) {
        row.add(cell(value(metric, i, j)));
      }
      rows.add(row);
    }
    return new Table(heading, rows);
  }

  private static String cell(@Nullable Double value) {
    return value == null ? "" : String.format(Locale.ROOT, "%.4f", value);
  }
}
