package io.facepipeline.training.network;

import io.facepipeline.FacePipelineException;
import io.facepipeline.evaluation.Table;
import io.facepipeline.evaluation.plot.Plots;
import io.facepipeline.internal.WholeFile;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** What was told of photos against what they show. Not thread-safe. */
final class Confusion {
  private final List<String> labels;
  private final int[][] counts;

  Confusion(List<String> labels) {
    this.labels = List.copyOf(labels);
    counts = new int[labels.size()][labels.size()];
  }

  void add(int shown, int told) {
    counts[shown][told]++;
  }

  void add(Confusion other) {
    for (int shown = 0; shown < counts.length; shown++) {
      for (int told = 0; told < counts.length; told++) {
        counts[shown][told] += other.counts[shown][told];
      }
    }
  }

  int photos() {
    return Arrays.stream(counts).flatMapToInt(Arrays::stream).sum();
  }

  int correct() {
    int correct = 0;
    for (int i = 0; i < counts.length; i++) {
      correct += counts[i][i];
    }
    return correct;
  }

  double accuracy() {
    return (double) correct() / photos();
  }

  /** The mean of the classes' shares of correct photos, over the classes that have photos. */
  double meanRecall() {
    double sum = 0;
    int classes = 0;
    for (int shown = 0; shown < counts.length; shown++) {
      int of = Arrays.stream(counts[shown]).sum();
      if (of > 0) {
        sum += (double) counts[shown][shown] / of;
        classes++;
      }
    }
    return sum / classes;
  }

  /** {@return the figures by name} */
  Map<String, @Nullable Object> values() {
    Map<String, @Nullable Object> values = new LinkedHashMap<>();
    values.put("photos", photos());
    values.put("correct", correct());
    values.put("accuracy", accuracy());
    values.put("meanRecall", meanRecall());
    return values;
  }

  /** {@return the figures in words} */
  String said() {
    return String.format(
        Locale.ROOT,
        "%d of %d right (%.1f %%), mean recall of the classes %.1f %%",
        correct(),
        photos(),
        100 * accuracy(),
        100 * meanRecall());
  }

  /**
   * Writes a table, a row for each class that is shown, and a plot.
   *
   * @param name of the two files, without the endings
   */
  void write(Path folder, String name) {
    List<String> columns = new ArrayList<>(List.of("shown"));
    columns.addAll(labels);
    List<List<String>> rows = new ArrayList<>();
    List<List<Integer>> numbers = new ArrayList<>();
    for (int shown = 0; shown < counts.length; shown++) {
      List<String> row = new ArrayList<>(List.of(labels.get(shown)));
      Arrays.stream(counts[shown]).mapToObj(String::valueOf).forEach(row::add);
      rows.add(row);
      numbers.add(Arrays.stream(counts[shown]).boxed().toList());
    }
    write(folder.resolve(name + ".csv"), new Table(columns, rows));
    Plots.confusion(labels, numbers, folder.resolve(name + ".png"));
  }

  /** Writes a table as CSV. */
  static void write(Path file, Table table) {
    try {
      WholeFile.write(file, WholeFile.Access.UMASK, table.toCsv().getBytes(StandardCharsets.UTF_8));
    } catch (IOException e) {
      throw new FacePipelineException("cannot write " + file + ": " + e, e);
    }
  }
}
