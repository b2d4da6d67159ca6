package io.facepipeline.classify;

import java.util.List;
import java.util.Locale;
import java.util.SortedMap;

/**
 * How a training went. Immutable.
 *
 * @param kind the kind of classifier
 * @param embedder the fingerprint of the model
 * @param summary what is saved with the classifier
 * @param folds into how many parts the photos were dealt for cross-validation
 * @param trials the hyper-parameters that were tried, in order
 * @param confusion who was taken for whom by classifiers that had not seen the photo, strangers
 *     apart
 * @param strangers how strangers are rejected
 * @param notes photos that were left out or are odd, and other files in the folder
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
   * Hyper-parameters and how well they did.
   *
   * @param hyperparameters their values by name
   * @param accuracy the share of photos named right
   * @param separation how often a photo's score for its own person is above another photo's best
   *     score for a wrong one, 0 to 1
   */
  public record Trial(
      SortedMap<String, Double> hyperparameters, double accuracy, double separation) {}

  /**
   * How strangers are rejected.
   *
   * @param falseAcceptRate how often a stranger may be named at most; 1 if all are named
   * @param threshold the least score of a known person
   * @param trials how many faces of strangers that rests on
   * @param accepted how many of them would be named
   * @param knownTested how many photos of known people were tested, by classifiers that had not
   *     seen them
   * @param knownNamed how many of those were named right and not taken for strangers
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

  /** {@return the share of photos named right by classifiers that had not seen them} */
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
        "cross-validated in %d folds: %d of %d photos right, accuracy %.4f",
        folds,
        confusion.right(),
        confusion.photos(),
        accuracy());
    text.append(confusion.text());
    add(text, "");
    if (strangers.falseAcceptRate() >= 1) {
      add(text, "strangers are not rejected: everyone is given a name");
    } else {
      add(
          text,
          "strangers: named at most %.4f of the time, by %d faces of which %d would be named;"
              + " threshold %.4f",
          strangers.falseAcceptRate(),
          strangers.trials(),
          strangers.accepted(),
          strangers.threshold());
      add(
          text,
          "known people: %d of %d unseen photos named right",
          strangers.knownNamed(),
          strangers.knownTested());
    }
    if (!notes.isEmpty()) {
      add(text, "");
      add(text, "photos to look at:");
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
