package io.facepipeline.cli.training;

import com.google.gson.JsonArray;
import com.google.gson.JsonElement;
import com.google.gson.JsonObject;
import io.facepipeline.FacePipeline;
import io.facepipeline.classify.ClassifierKind;
import io.facepipeline.classify.ClassifierTrainer;
import io.facepipeline.classify.ClassifierTrainer.PhotoPolicy;
import io.facepipeline.classify.ClassifierTrainer.TrainingResult;
import io.facepipeline.classify.TrainingReport;
import io.facepipeline.classify.TrainingReport.ConfusionMatrix;
import io.facepipeline.classify.TrainingReport.PhotoNote;
import io.facepipeline.classify.augment.Augmentation;
import io.facepipeline.cli.input.PhotoFiles;
import io.facepipeline.cli.output.Exit;
import io.facepipeline.cli.output.ProgressOption;
import io.facepipeline.cli.output.Reports;
import io.facepipeline.cli.stages.Pipelines;
import io.facepipeline.cli.stages.RejectionOptions;
import io.facepipeline.cli.stages.StageFactory;
import io.facepipeline.cli.stages.StageOptions;
import io.facepipeline.evaluation.internal.TerminalBar;
import java.io.PrintWriter;
import java.nio.file.Path;
import java.util.Iterator;
import java.util.Locale;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** Trains a classifier on photos of people. */
@Command(
    name = "train",
    mixinStandardHelpOptions = true,
    description = "Trains a classifier on a folder per person.")
public final class TrainCommand implements Callable<Integer> {
  private final StageFactory stages;

  @Spec CommandSpec spec;
  @Mixin StageOptions stageOptions = new StageOptions();

  @Option(
      names = "--people",
      required = true,
      paramLabel = "DIR",
      description = "A folder with a folder of photos per person.")
  Path people;

  /** The names of the kinds, for picocli. */
  static final class Kinds implements Iterable<String> {
    @Override
    public Iterator<String> iterator() {
      return ClassifierKind.ids().iterator();
    }
  }

  @Option(
      names = "--classifier",
      paramLabel = "KIND",
      completionCandidates = Kinds.class,
      description = "The kind of classifier: ${COMPLETION-CANDIDATES} (default: svm).")
  String kind = ClassifierKind.SVM.id();

  @Option(names = "--out", required = true, paramLabel = "FILE", description = "The file to write.")
  Path out;

  @Mixin RejectionOptions rejection = new RejectionOptions();

  @Option(
      names = "--photos",
      paramLabel = "POLICY",
      description =
          "Photos without a face or with several: ${COMPLETION-CANDIDATES} (default: skip). They"
              + " are listed in any case.")
  Policy policy = Policy.skip;

  /** What to do with photos without a face or with several. */
  enum Policy {
    /** Leave them out. */
    skip,
    /** Use the largest face. */
    largest,
    /** Fail the training. */
    fail
  }

  @Option(
      names = "--augment",
      description =
          "Also train on four augmented copies of each photo: mirrored, rotated, blurred ...")
  boolean augment;

  @Option(
      names = "--pairing",
      paramLabel = "SHARE",
      description = "With --augment: mix this share of the copies with other photos (0 to 1).")
  @Nullable Double pairing;

  @Option(
      names = "--cache",
      paramLabel = "DIR",
      description = "Cache embeddings here for the next training or after an interruption.")
  @Nullable Path cache;

  @Option(
      names = "--folds",
      paramLabel = "N",
      description = "Folds for cross-validation (default: 5).")
  int folds = 5;

  @Option(
      names = "--seed",
      paramLabel = "N",
      description = "Seed of all random choices (default: 1).")
  long seed = 1;

  @Option(names = "--json", paramLabel = "OUT", description = "Write the report as JSON.")
  @Nullable Path json;

  @Mixin ProgressOption progress = new ProgressOption();

  @SuppressWarnings("NullAway.Init") // picocli sets the specification and the required options
  public TrainCommand(StageFactory stages) {
    this.stages = stages;
  }

  @Override
  public Integer call() {
    int known = PhotoFiles.people(spec, people).size();
    if (known < 2) {
      throw Exit.wrongUsage(
          spec, "a classifier needs photos of at least two people, but " + people + " has one");
    }
    ClassifierTrainer trainer = trainer();
    TrainingResult result;
    try (FacePipeline pipeline = Pipelines.embedding(stages, stageOptions);
        TerminalBar bar = progress.start(Integer.MAX_VALUE)) {
      result = trainer.progress(bar).fromDirectory(pipeline, people);
    }
    result.classifier().save(out);
    TrainingReport report = result.report();
    PrintWriter console = spec.commandLine().getOut();
    console.print(report.text());
    console.println("\nsaved to " + out);
    if (json != null) {
      Reports.writeJson(json, json(report));
    }
    boolean all = true;
    for (PhotoNote note : report.notes()) {
      if (!note.used() && isLoss(note.reason())) {
        all = false;
        spec.commandLine().getErr().println("facepipeline: " + note);
      }
    }
    return Exit.code(all);
  }

  /** A duplicate or a file that is no photo takes nothing away. */
  private static boolean isLoss(PhotoNote.Reason reason) {
    return switch (reason) {
      case UNREADABLE, NO_FACE, SEVERAL_FACES, OF_NOBODY -> true;
      case NOT_A_PHOTO, HIDDEN, DUPLICATE -> false;
    };
  }

  private ClassifierTrainer trainer() {
    ClassifierTrainer trainer =
        ClassifierKind.named(kind)
            .trainer()
            .photoPolicy(PhotoPolicy.valueOf(policy.name().toUpperCase(Locale.ROOT)))
            .folds(folds)
            .seed(seed);
    rejection.apply(trainer);
    if (pairing != null && !augment) {
      throw Exit.wrongUsage(spec, "--pairing needs --augment");
    }
    if (augment) {
      Augmentation.Builder copies = Augmentation.standardBuilder().seed(seed);
      if (pairing != null) {
        copies.samplePairing(pairing);
      }
      trainer.augmentation(copies.build());
    }
    if (cache != null) {
      trainer.cache(cache);
    }
    return trainer;
  }

  private static JsonObject json(TrainingReport report) {
    JsonObject o = new JsonObject();
    o.addProperty("classifier", report.kind().id());
    o.addProperty("embedder", report.embedder());
    o.addProperty("photos", report.summary().photos());
    o.addProperty("embeddings", report.summary().embeddings());
    o.addProperty("accuracy", report.accuracy());
    o.add("hyperparameters", Reports.tree(report.summary().hyperparameters()));
    o.add("labels", Reports.tree(report.confusion().labels()));
    o.add("confusion", Reports.tree(report.confusion().counts()));
    JsonArray persons = new JsonArray();
    for (ConfusionMatrix.PersonFigures figures : report.confusion().people()) {
      JsonObject person = new JsonObject();
      person.addProperty("label", figures.label());
      person.addProperty("photos", figures.photos());
      person.add("precision", number(figures.precision()));
      person.add("recall", number(figures.recall()));
      person.addProperty("f1", figures.f1());
      persons.add(person);
    }
    o.add("people", persons);
    o.addProperty("falseAcceptRate", report.strangers().falseAcceptRate());
    o.addProperty("threshold", report.strangers().threshold());
    o.addProperty("strangersTested", report.strangers().trials());
    o.addProperty("strangersNamed", report.strangers().accepted());
    JsonArray notes = new JsonArray();
    for (PhotoNote note : report.notes()) {
      JsonObject n = new JsonObject();
      n.addProperty("image", note.file().toString());
      n.addProperty("reason", note.reason().name().toLowerCase(Locale.ROOT));
      n.addProperty("used", note.used());
      n.addProperty("detail", note.detail());
      notes.add(n);
    }
    o.add("notes", notes);
    return o;
  }

  /** JSON knows no NaN. */
  private static JsonElement number(double value) {
    return Reports.tree(Double.isNaN(value) ? null : value);
  }
}
