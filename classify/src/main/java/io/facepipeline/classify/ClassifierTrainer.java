package io.facepipeline.classify;

import com.google.errorprone.annotations.CanIgnoreReturnValue;
import io.facepipeline.Embedding;
import io.facepipeline.FacePipeline;
import io.facepipeline.ModelCard;
import io.facepipeline.ProgressListener;
import io.facepipeline.classify.TrainingReport.ConfusionMatrix;
import io.facepipeline.classify.TrainingReport.PhotoNote;
import io.facepipeline.classify.augment.Augmentation;
import io.facepipeline.classify.file.ClassifierState;
import io.facepipeline.classify.file.Rejection;
import io.facepipeline.classify.file.Scorer;
import io.facepipeline.classify.training.CrossValidation;
import io.facepipeline.classify.training.CrossValidation.Tested;
import io.facepipeline.classify.training.FaceCollector;
import io.facepipeline.classify.training.Learner;
import io.facepipeline.classify.training.StrangerRejection;
import io.facepipeline.classify.training.TrainingSet;
import io.facepipeline.classify.training.TrainingSteps;
import io.facepipeline.internal.PhotoCache;
import io.facepipeline.internal.SetOnce;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Trains a classifier: finds and embeds the faces in a folder per person, chooses hyper-parameters
 * by cross-validation, finds the threshold for strangers, and trains on everything. The same
 * photos, settings and seed give the same classifier.
 *
 * <pre>{@code
 * TrainingResult result =
 *     ClassifierKind.SVM.trainer().falseAcceptRate(0.01).fromDirectory(pipeline, Path.of("people"));
 * System.out.println(result.report());
 * result.classifier().save(Path.of("team.svm"));
 * }</pre>
 *
 * <p>Each setter refuses a second call and invalid values. Not thread-safe.
 */
public final class ClassifierTrainer {
  private static final int DEFAULT_FOLDS = 5;
  private static final int MAX_FOLDS = 100;

  /**
   * A classifier and the report of its training.
   *
   * @param classifier the classifier
   * @param report the report
   */
  public record TrainingResult(TrainedClassifier classifier, TrainingReport report) {}

  /**
   * How to treat a training photo that shows no face or several. Faces that are {@linkplain
   * io.facepipeline.FaceSelection#FAR_SMALLER far smaller} than the largest do not count. The
   * report lists the photo in any case.
   */
  public enum PhotoPolicy {
    /** Leave it out. */
    SKIP,
    /** Use the largest of several faces; leave out photos without a face. */
    LARGEST,
    /** Fail the training. */
    FAIL
  }

  private final ClassifierKind kind;
  private @Nullable PhotoPolicy policy;
  private @Nullable Double falseAcceptRate;
  private @Nullable Boolean closedSet;
  private @Nullable List<Embedding> strangers;
  private @Nullable Augmentation augmentation;
  private @Nullable Path cache;
  private @Nullable ProgressListener progress;
  private @Nullable Integer folds;
  private @Nullable Long seed;

  ClassifierTrainer(ClassifierKind kind) {
    this.kind = kind;
  }

  /**
   * Sets how to treat photos that show no face or several; the default is {@link PhotoPolicy#SKIP}.
   *
   * @param policy the policy
   * @return this
   */
  @CanIgnoreReturnValue
  public ClassifierTrainer photoPolicy(PhotoPolicy policy) {
    this.policy = SetOnce.set("photo policy", this.policy, policy);
    return this;
  }

  /**
   * Sets how often a stranger may be named; the default is 0.01, or the lowest rate that the photos
   * can show if they are fewer than 99. The rate counts single faces. It holds on average for
   * strangers who resemble the known people as much as these resemble each other. More people give
   * a tighter estimate: with 80 people, a rate of 0.1 turns out as 0.05 to 0.2.
   *
   * @param rate above 0 and below 1; training refuses a rate that the photos cannot show
   * @return this
   */
  @CanIgnoreReturnValue
  public ClassifierTrainer falseAcceptRate(double rate) {
    if (!(rate > 0 && rate < 1)) {
      throw new IllegalArgumentException(
          "the false-accept rate must be above 0 and below 1, got " + rate);
    }
    requireOpenSet("a false-accept rate", closedSet);
    falseAcceptRate = SetOnce.set("false-accept rate", falseAcceptRate, rate);
    return this;
  }

  /**
   * Names everyone: nobody is rejected as a stranger.
   *
   * @return this
   */
  @CanIgnoreReturnValue
  public ClassifierTrainer closedSet() {
    if (falseAcceptRate != null || strangers != null) {
      throw new IllegalArgumentException(
          "a closed set rejects nobody, but a false-accept rate or strangers were set");
    }
    closedSet = SetOnce.set("closed set", closedSet, true);
    return this;
  }

  /**
   * Sets faces of people who must not be named. Without them, each person is left out in turn and
   * treated as a stranger, which needs at least three people.
   *
   * @param faces embeddings of the same model
   * @return this
   */
  @CanIgnoreReturnValue
  public ClassifierTrainer strangers(List<Embedding> faces) {
    if (faces.isEmpty()) {
      throw new IllegalArgumentException("give at least one face of a stranger");
    }
    requireOpenSet("strangers", closedSet);
    strangers = SetOnce.set("strangers", strangers, List.copyOf(faces));
    return this;
  }

  /**
   * Adds augmented copies of the photos to the training; by default none. Augmentation needs crops,
   * so it works with {@link #fromDirectory} only.
   *
   * @param augmentation makes the copies
   * @return this
   */
  @CanIgnoreReturnValue
  public ClassifierTrainer augmentation(Augmentation augmentation) {
    this.augmentation = SetOnce.set("augmentation", this.augmentation, augmentation);
    return this;
  }

  /**
   * Sets a folder that caches embeddings, so that a later training on the same photos does not
   * compute them again, and an interrupted one continues. The key is the photo's content, the
   * model's fingerprint and the pipeline's description ({@link FacePipeline#toString()}).
   * Embeddings are biometric data: delete the folder when you no longer need it.
   *
   * @param folder the folder; created if it does not exist
   * @return this
   */
  @CanIgnoreReturnValue
  public ClassifierTrainer cache(Path folder) {
    cache = SetOnce.set("cache", cache, folder);
    return this;
  }

  /**
   * Sets a listener for the progress: first photo by photo, then training by training, each with
   * its own total.
   *
   * @param listener the listener
   * @return this
   */
  @CanIgnoreReturnValue
  public ClassifierTrainer progress(ProgressListener listener) {
    progress = SetOnce.set("progress listener", progress, listener);
    return this;
  }

  /**
   * Sets the number of folds for cross-validation; the default is 5, but at most the number of
   * photos of the person with the most photos.
   *
   * @param folds the number, 2 to 100
   * @return this
   */
  @CanIgnoreReturnValue
  public ClassifierTrainer folds(int folds) {
    if (folds < 2 || folds > MAX_FOLDS) {
      throw new IllegalArgumentException(
          "the number of folds must be between 2 and " + MAX_FOLDS + ", got " + folds);
    }
    this.folds = SetOnce.set("number of folds", this.folds, folds);
    return this;
  }

  /**
   * Sets the seed of the folds and groups; the default is 1.
   *
   * @param seed the seed
   * @return this
   */
  @CanIgnoreReturnValue
  public ClassifierTrainer seed(long seed) {
    this.seed = SetOnce.set("seed", this.seed, seed);
    return this;
  }

  /**
   * Trains on photos.
   *
   * @param pipeline finds, cuts and embeds the faces
   * @param people a folder with a folder of photos per person; the folder's name is the person's
   * @return the classifier and the report, which lists every unused photo
   * @throws ClassifierException if there are too few people or photos, the policy refuses a photo,
   *     or the false-accept rate needs more photos
   * @throws IllegalStateException if the pipeline has no embedder
   * @throws io.facepipeline.FacePipelineException if the folder cannot be read or a model fails
   */
  public TrainingResult fromDirectory(FacePipeline pipeline, Path people) {
    FaceCollector collector =
        new FaceCollector(
            pipeline,
            policy == null ? PhotoPolicy.SKIP : policy,
            augmentation,
            cache == null ? null : new PhotoCache(cache),
            listener());
    TrainingSet set = collector.collect(people);
    return train(set, collector.notes());
  }

  /**
   * Trains on embeddings.
   *
   * @param people the embeddings of each person's photos
   * @return the classifier and the report
   * @throws ClassifierException if there are too few people or photos, or the false-accept rate
   *     needs more photos
   * @throws IllegalArgumentException if embeddings are of different models, or an augmentation was
   *     set
   */
  public TrainingResult fromEmbeddings(Map<String, List<Embedding>> people) {
    if (augmentation != null) {
      throw new IllegalArgumentException(
          "an augmentation needs photos, but there are only embeddings; train from a directory");
    }
    return train(TrainingSet.of(people), List.of());
  }

  private TrainingResult train(TrainingSet set, List<PhotoNote> notes) {
    Learner learner = Learner.of(kind);
    learner.requireRoom(set.samples().size());
    long usedSeed = seed == null ? 1 : seed;
    TrainingSteps steps = new TrainingSteps(listener());
    CrossValidation validation =
        new CrossValidation(
            set, learner, folds == null ? DEFAULT_FOLDS : folds, usedSeed, steps::begin);
    int mostPhotos = Arrays.stream(set.photosOfPeople()).max().orElse(1);
    var candidates = learner.candidates(mostPhotos);
    boolean leaveOut = strangers == null && closedSet == null;
    if (leaveOut && set.people() < 3) {
      throw ClassifierException.untrainable(
          "two people are not enough to find a threshold for strangers: set strangers(...), add a"
              + " third person, or name everyone with closedSet()");
    }
    steps.plan(validation.folds() * candidates.size() + (leaveOut ? validation.groups() : 0) + 1);

    List<TrainingReport.Trial> trials = new ArrayList<>();
    List<List<Tested>> tests = new ArrayList<>();
    for (var hyperparameters : candidates) {
      List<Tested> tested = validation.test(hyperparameters);
      tests.add(tested);
      trials.add(
          new TrainingReport.Trial(
              hyperparameters,
              CrossValidation.accuracy(tested),
              CrossValidation.separation(tested)));
    }
    TrainingReport.Trial best =
        trials.stream()
            .max(
                Comparator.comparing(TrainingReport.Trial::accuracy)
                    .thenComparing(TrainingReport.Trial::separation)
                    // The first of several as good.
                    .thenComparing(trial -> -trials.indexOf(trial)))
            .orElseThrow();
    List<Tested> tested = tests.get(trials.indexOf(best));
    double[] own = tested.stream().mapToDouble(Tested::ownScore).toArray();

    double[] impostors = leaveOut ? validation.strangers(best.hyperparameters()) : new double[0];
    steps.begin("training on all photos");
    Scorer scorer = learner.learn(set.samples(), set.people(), best.hyperparameters());
    StrangerRejection.Fit fit;
    if (closedSet != null) {
      double[] wrong = tested.stream().mapToDouble(Tested::bestOther).toArray();
      fit = StrangerRejection.closed(own, wrong);
    } else {
      if (strangers != null) {
        impostors = strangers.stream().mapToDouble(s -> score(scorer, set, s)).toArray();
      }
      fit = StrangerRejection.fit(own, impostors, falseAcceptRate);
    }
    steps.end();

    TrainingReport.Summary summary =
        new TrainingReport.Summary(
            set.photos(),
            set.samples().size(),
            set.augmentation(),
            usedSeed,
            best.hyperparameters(),
            best.accuracy(),
            fit.rate(),
            impostors.length);
    TrainedClassifier classifier =
        new TrainedClassifier(
            new ClassifierState(
                kind, set.embedder(), List.copyOf(set.labels()), scorer, fit.rejection(), summary));
    TrainingReport report =
        new TrainingReport(
            kind,
            set.embedder(),
            summary,
            validation.folds(),
            trials,
            ConfusionMatrix.of(
                set.labels(),
                tested.stream().mapToInt(Tested::person).toArray(),
                tested.stream().mapToInt(Tested::named).toArray()),
            strangers(fit, impostors.length, tested),
            notes);
    return new TrainingResult(classifier, report);
  }

  private static double score(Scorer scorer, TrainingSet set, Embedding stranger) {
    if (!ModelCard.sameEmbedding(stranger.fingerprint(), set.embedder())
        || stranger.size() != scorer.dimensions()) {
      throw new IllegalArgumentException(
          "the strangers must be embedded by " + set.embedder() + ", got " + stranger);
    }
    return CrossValidation.best(scorer, stranger.toArray());
  }

  private static TrainingReport.Strangers strangers(
      StrangerRejection.Fit fit, int trials, List<Tested> tested) {
    Rejection rejection = fit.rejection();
    int named =
        (int)
            tested.stream()
                .filter(
                    t ->
                        t.named() == t.person()
                            && rejection.score(t.ownScore()) >= rejection.threshold())
                .count();
    return new TrainingReport.Strangers(
        fit.rate(), rejection.threshold(), trials, fit.accepted(), tested.size(), named);
  }

  private ProgressListener listener() {
    return progress == null ? ProgressListener.NONE : progress;
  }

  private static void requireOpenSet(String what, @Nullable Boolean closedSet) {
    if (closedSet != null) {
      throw new IllegalArgumentException(what + " contradicts closedSet(), which names everyone");
    }
  }
}
