package io.facepipeline.cli.photos;

import io.facepipeline.cli.output.Reports;
import io.facepipeline.evaluation.plot.Plots;
import java.io.PrintWriter;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/** Counts how often a model is right about photos whose folders or names say what they show. */
final class Judgement {
  /** How many letters tell expressions apart: {@code fear} and {@code fearful} mean the same. */
  private static final int LETTERS = 3;

  private final List<String> labels;
  private final boolean abbreviated;
  private final int[][] counts;
  private int judged;
  private int right;

  /**
   * Creates it.
   *
   * @param labels those of the model
   * @param abbreviated whether the first letters of a photo's or its folder's name are enough;
   *     otherwise the folder has the label's name
   */
  Judgement(List<String> labels, boolean abbreviated) {
    this.labels = List.copyOf(labels);
    this.abbreviated = abbreviated;
    counts = new int[labels.size()][labels.size()];
  }

  /**
   * Counts a photo.
   *
   * @param told the model's label; null if it gave none, which is wrong
   * @return whether the photo's folder or name says what it shows
   */
  boolean add(Path photo, @Nullable String told) {
    Optional<String> shown = shown(photo);
    shown.ifPresent(
        wanted -> {
          judged++;
          if (told != null) {
            counts[labels.indexOf(wanted)][labels.indexOf(told)]++;
            right += told.equals(wanted) ? 1 : 0;
          }
        });
    return shown.isPresent();
  }

  private Optional<String> shown(Path photo) {
    Path folder = photo.toAbsolutePath().getParent();
    String parent = folder == null ? "" : String.valueOf(folder.getFileName());
    Optional<String> named = labels.stream().filter(parent::equals).findFirst();
    if (named.isPresent() || !abbreviated) {
      return named;
    }
    return Stream.of(String.valueOf(photo.getFileName()), parent)
        .map(name -> name.toLowerCase(Locale.ROOT))
        .flatMap(name -> labels.stream().filter(label -> name.startsWith(beginning(label))))
        .findFirst();
  }

  private static String beginning(String label) {
    return label.substring(0, Math.min(LETTERS, label.length())).toLowerCase(Locale.ROOT);
  }

  /**
   * Prints the accuracy.
   *
   * @param plots the folder to draw the confusion matrix in, or null
   */
  void print(PrintWriter out, @Nullable Path plots) {
    out.printf(
        Locale.ROOT,
        "%d of %d correct, accuracy %.2f %%%n",
        right,
        judged,
        judged == 0 ? Double.NaN : 100.0 * right / judged);
    if (plots != null) {
      Path file = Reports.folder(plots).resolve("confusion.png");
      List<List<Integer>> rows = new ArrayList<>();
      for (int[] row : counts) {
        rows.add(Arrays.stream(row).boxed().toList());
      }
      Plots.confusion(labels, rows, file);
      out.println("the confusion matrix is in " + file);
    }
  }
}
