package io.facepipeline.cli.evaluation;

import io.facepipeline.Embedding;
import io.facepipeline.FaceClassifier;
import io.facepipeline.ModelCard;
import io.facepipeline.classify.ClassifierKind;
import io.facepipeline.classify.ClassifierTrainer;
import io.facepipeline.cli.output.Exit;
import io.facepipeline.cli.stages.RejectionOptions;
import io.facepipeline.gallery.Gallery;
import java.util.List;
import java.util.Map;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;

/** Which classifier is evaluated, and whom it rejects. */
public final class TrainerOptions {
  private static final float NOBODY_REJECTED = -1;

  @Option(
      names = "--classifier",
      paramLabel = "KIND",
      description = "svm, svm-rbf, knn, centroid or logistic (default: knn).")
  public String classifier = "knn";

  @Mixin RejectionOptions rejection = new RejectionOptions();

  /** Refuses impossible values before any photo is read. */
  public void check(CommandSpec spec) {
    if (rejection.closedSet && rejection.falseAcceptRate != null) {
      throw Exit.wrongUsage(spec, "--closed-set rejects nobody, but --far was given");
    }
    try {
      trainer();
    } catch (IllegalArgumentException e) {
      throw Exit.wrongUsage(spec, String.valueOf(e.getMessage()));
    }
  }

  /**
   * Trains the classifier. One photo of each person is nothing to train on: the nearest and the
   * mean are then a gallery's, with the threshold of the model's card.
   */
  public FaceClassifier train(ModelCard card, Map<String, List<Embedding>> people) {
    boolean single = people.values().stream().allMatch(faces -> faces.size() == 1);
    ClassifierKind kind = ClassifierKind.named(classifier);
    if (single
        && rejection.falseAcceptRate == null
        && (kind == ClassifierKind.KNN || kind == ClassifierKind.CENTROID)) {
      Gallery gallery =
          rejection.closedSet ? Gallery.inMemory(card, NOBODY_REJECTED) : Gallery.inMemory(card);
      people.forEach(gallery::enroll);
      return gallery;
    }
    return trainer().fromEmbeddings(people).classifier();
  }

  private ClassifierTrainer trainer() {
    ClassifierTrainer trainer = ClassifierKind.named(classifier).trainer();
    rejection.apply(trainer);
    return trainer;
  }
}
