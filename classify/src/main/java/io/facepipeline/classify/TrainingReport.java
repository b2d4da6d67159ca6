package io.facepipeline.classify;

import io.facepipeline.classify.training.CrossValidation;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.Locale;
import java.util.SortedMap;
import java.util.TreeMap;

/**
 * The report of a training. Immutable.
 *
 * @param kind the kind of classifier
 * @param embedder the fingerprint of the model
 * @param summary the part saved with the classifier
 * @param folds the number of folds for cross-validation
 * @param trials the hyper-parameters tried, in order
 * @param confusion the cross-validated confusion matrix, without rejection of strangers
 * @param strangers how strangers are rejected
 * @param notes photos that were left out or are unusual, and other files in the folder
 */
public record TrainingReport(
    ClassifierKind kind,
    String embedder,
    Summary summary,
    int folds,
    List<Trial> trials,
    ConfusionMatrix confusion,
    Strangers strangers,
    List<PhotoNote> notes) {
  /**
   * Hyper-parameters and their result.
   *
   * @param hyperparameters their values by name
   * @param accuracy the share of photos named correctly
   * @param separation how often a photo's score for the right person is above another photo's best
   *     score for a wrong one, 0 to 1
   */
  public record Trial(
      SortedMap<String, Double> hyperparameters, double accuracy, double separation) {}

  /**
   * How strangers are rejected.
   *
   * @param falseAcceptRate the highest rate at which strangers may be named; 1 if all are named
   * @param threshold the lowest score of a known person
   * @param trials the number of faces of strangers used to find the threshold
   * @param accepted how many of them would be named
   * @param knownTested how many photos of known people were cross-validated
   * @param knownNamed how many of those were named correctly and not rejected
   */
  public record Strangers(
      double falseAcceptRate,
      float threshold,
      int trials,
      int accepted,
      int knownTested,
      int knownNamed) {}

  /**
   * A note to the user about a training photo or another file in its folder.
   *
   * @param file the file
   * @param reason the reason
   * @param used whether the photo is still used
   * @param detail the details as text
   */
  public record PhotoNote(Path file, Reason reason, boolean used, String detail) {
    /** The reason of a note. */
    public enum Reason {
      /** The file is not a picture. */
      NOT_A_PHOTO,
      /**
       * The file or folder is hidden or belongs to the system ({@link
       * io.facepipeline.PhotoFolder}).
       */
      HIDDEN,
      /** The photo is not in a person's folder. */
      OF_NOBODY,
      /** The file or folder cannot be read, or a face in it cannot be cut. */
      UNREADABLE,
      /** No face was found. */
      NO_FACE,
      /** Several faces were found. */
      SEVERAL_FACES,
      /** The same file or folder occurred before. */
      DUPLICATE
    }

    @Override
    public String toString() {
      return file + (used ? ": used, but " : ": not used: ") + detail;
    }
  }

  /** Creates a report. */
  public TrainingReport {
    trials = List.copyOf(trials);
    notes = List.copyOf(notes);
  }

  /** {@return the cross-validated share of photos named correctly} */
  public double accuracy() {
    return confusion.accuracy();
  }

  /** {@return the report as text of several lines} */
  public String text() {
    StringBuilder text = new StringBuilder();
    add(
        text,
        "%s of %d people by %s: %d photos, %d embeddings",
        kind,
        confusion.labels().size(),
        embedder,
        summary.photos(),
        summary.embeddings());
    if (!summary.augmentation().isEmpty()) {
      add(text, "augmentation: %s", summary.augmentation());
    }
    add(text, "");
    for (Trial trial : trials) {
      add(
          text,
          "%s accuracy %.4f, separation %.5f%s",
          trial.hyperparameters().equals(summary.hyperparameters()) ? "*" : " ",
          trial.accuracy(),
          trial.separation(),
          CrossValidation.named(trial.hyperparameters()));
    }
    add(text, "");
    add(
        text,
        "cross-validated in %d folds: %d of %d photos correct, accuracy %.4f",
        folds,
        confusion.right(),
        confusion.photos(),
        accuracy());
    text.append(confusion.text());
    add(text, "");
    if (strangers.falseAcceptRate() >= 1) {
      add(text, "strangers are not rejected: everyone is named");
    } else {
      add(
          text,
          "strangers: named at most %.4f of the time (of %d faces %d would be named); threshold"
              + " %.4f",
          strangers.falseAcceptRate(),
          strangers.trials(),
          strangers.accepted(),
          strangers.threshold());
      add(
          text,
          "known people: %d of %d unseen photos named correctly",
          strangers.knownNamed(),
          strangers.knownTested());
    }
    if (!notes.isEmpty()) {
      add(text, "");
      add(text, "photos to check:");
      notes.forEach(note -> add(text, "  %s", note));
    }
    return text.toString();
  }

  private static void add(StringBuilder text, String format, Object... values) {
    text.append(String.format(Locale.ROOT, format, values)).append('\n');
  }

  @Override
  public String toString() {
    return text();
  }

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
     * @param precision the share of the photos named as this person that show them; NaN if there
     *     were none
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
          line(
              "%-" + width + "s %6s %9s %6s %6s", "person", "photos", "precision", "recall", "F1"));
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

  /**
   * How a classifier was trained; saved with it.
   *
   * @param photos the number of photos trained on
   * @param embeddings the number of embeddings, including those of augmented copies
   * @param augmentation the augmentation; empty if none
   * @param seed the seed of folds and draws
   * @param hyperparameters the values that cross-validation chose
   * @param accuracy the cross-validated share of photos named correctly, without rejection of
   *     strangers
   * @param falseAcceptRate how often a stranger may be named; 1 if strangers are not rejected
   * @param impostorTrials the number of faces of strangers used to find the threshold
   */
  public record Summary(
      int photos,
      int embeddings,
      String augmentation,
      long seed,
      SortedMap<String, Double> hyperparameters,
      double accuracy,
      double falseAcceptRate,
      int impostorTrials) {
    /** Creates a summary. */
    public Summary {
      hyperparameters = Collections.unmodifiableSortedMap(new TreeMap<>(hyperparameters));
    }
  }
}
