package io.facepipeline.classify;

import io.facepipeline.classify.training.CrossValidation;
import java.util.List;
import java.util.Locale;
import java.util.SortedMap;

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
    TrainingSummary summary,
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
}
