package io.facepipeline.spark.command;

import static org.apache.spark.sql.functions.col;
import static org.apache.spark.sql.functions.count;
import static org.apache.spark.sql.functions.count_distinct;
import static org.apache.spark.sql.functions.lit;

import io.facepipeline.spark.FaceDatasets;
import java.util.List;
import java.util.concurrent.Callable;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.SparkSession;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** Brings a table of faces up to date. */
@Command(
    name = "embed",
    description = "Finds and embeds the faces of the photos that a table does not have yet.",
    mixinStandardHelpOptions = true)
final class EmbedCommand implements Callable<Integer> {
  @Spec CommandSpec spec = CommandSpec.create();
  @Mixin PipelineOptions pipeline = new PipelineOptions();

  @Option(
      names = "--table",
      required = true,
      paramLabel = "DIR",
      description = "The table's folder, created if it does not exist.")
  String table = "";

  @Option(
      names = "--photos-per-commit",
      paramLabel = "N",
      description = "About how many photos are committed at a time (default: 100000).")
  int photosPerCommit = 100_000;

  @Parameters(arity = "1..*", paramLabel = "FOLDER", description = "Folders of photos.")
  List<String> folders = List.of();

  @Override
  public Integer call() {
    SparkSession spark = SparkFaces.session();
    long added =
        FaceDatasets.append(
            FaceDatasets.photos(spark, folders.toArray(String[]::new)),
            table,
            pipeline.description(),
            photosPerCommit);
    if (added == 0) {
      spec.commandLine().getOut().println("no new photos");
      return SparkFaces.DONE;
    }
    Row total =
        spark
            .read()
            .parquet(table)
            .agg(
                count_distinct(col("path")),
                count(col("face")),
                count(col("error")).as("failed"),
                count(lit(1)))
            .first();
    spec.commandLine()
        .getOut()
        .println(
            added
                + " photos added; the table has "
                + total.getLong(0)
                + " photos and "
                + total.getLong(1)
                + " faces, and "
                + total.getLong(2)
                + " photos failed");
    return total.getLong(2) == 0 ? SparkFaces.DONE : SparkFaces.FAILED;
  }
}
