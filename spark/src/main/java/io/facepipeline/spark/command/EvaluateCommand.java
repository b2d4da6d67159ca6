package io.facepipeline.spark.command;

import com.google.gson.GsonBuilder;
import io.facepipeline.evaluation.verification.VerificationReport;
import io.facepipeline.internal.WholeFile;
import io.facepipeline.spark.FaceDatasets;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.Callable;
import org.apache.spark.sql.SparkSession;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** Measures verification on pairs of photos. */
@Command(
    name = "evaluate",
    description = "Measures verification on pairs of photos whose people are known.",
    mixinStandardHelpOptions = true)
final class EvaluateCommand implements Callable<Integer> {
  @Spec CommandSpec spec = CommandSpec.create();
  @Mixin TableOptions table = new TableOptions();

  @Option(
      names = "--pairs",
      required = true,
      paramLabel = "CSV",
      description =
          "A file with the columns a and b, paths as the table has them, and same, true or false;"
              + " fold, a number, if the folds are not to be ten of neighbors.")
  String pairs = "";

  @Option(
      names = "--json",
      paramLabel = "OUT",
      description = "Write the figures as JSON, on this machine.")
  @Nullable Path json;

  @Override
  public Integer call() throws IOException {
    SparkSession spark = SparkFaces.session();
    VerificationReport report =
        FaceDatasets.evaluate(spark.read().option("header", "true").csv(pairs), table.faces(spark));
    spec.commandLine().getOut().print(report.table().toText());
    spec.commandLine().getOut().flush();
    if (json != null) {
      String text = new GsonBuilder().serializeNulls().create().toJson(report.values()) + "\n";
      WholeFile.write(json, WholeFile.Access.UMASK, part -> Files.writeString(part, text));
    }
    return report.withoutFace() == 0 ? SparkFaces.DONE : SparkFaces.FAILED;
  }
}
