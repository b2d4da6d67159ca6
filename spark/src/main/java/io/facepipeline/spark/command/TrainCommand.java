package io.facepipeline.spark.command;

import io.facepipeline.classify.ClassifierKind;
import io.facepipeline.classify.ClassifierTrainer;
import io.facepipeline.classify.ClassifierTrainer.TrainingResult;
import io.facepipeline.spark.FaceDatasets;
import java.io.PrintWriter;
import java.nio.file.Path;
import java.util.Iterator;
import java.util.concurrent.Callable;
import org.apache.spark.sql.SparkSession;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** Trains a classifier on the faces of a table. */
@Command(
    name = "train",
    description = "Trains a classifier on the faces of a table whose people are known.",
    mixinStandardHelpOptions = true)
final class TrainCommand implements Callable<Integer> {
  @Spec CommandSpec spec = CommandSpec.create();
  @Mixin TableOptions table = new TableOptions();
  @Mixin LabelOptions labels = new LabelOptions();

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

  @Option(
      names = "--out",
      required = true,
      paramLabel = "FILE",
      description = "The file to write, on this machine.")
  Path out = Path.of("");

  @Option(
      names = "--far",
      paramLabel = "RATE",
      description =
          "How often a stranger may be named (default: 0.01, or the lowest rate that the photos can"
              + " show).")
  @Nullable Double falseAcceptRate;

  @Option(names = "--closed-set", description = "Name everyone; reject nobody.")
  boolean closedSet;

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

  @Override
  public Integer call() {
    ClassifierTrainer trainer = ClassifierKind.named(kind).trainer().folds(folds).seed(seed);
    if (closedSet) {
      trainer.closedSet();
    }
    if (falseAcceptRate != null) {
      trainer.falseAcceptRate(falseAcceptRate);
    }
    SparkSession spark = SparkFaces.session();
    TrainingResult result = FaceDatasets.train(labels.label(spark, table.faces(spark)), trainer);
    result.classifier().save(out);
    PrintWriter console = spec.commandLine().getOut();
    console.print(result.report().text());
    console.println("\nsaved to " + out);
    return result.report().notes().isEmpty() ? SparkFaces.DONE : SparkFaces.FAILED;
  }
}
