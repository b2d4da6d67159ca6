package io.facepipeline.spark.command;

import static org.apache.spark.sql.functions.col;

import io.facepipeline.spark.FaceDatasets;
import java.util.concurrent.Callable;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.SparkSession;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** Compares pairs of photos. */
@Command(
    name = "verify",
    description = "Compares the people of pairs of photos in a table.",
    mixinStandardHelpOptions = true)
final class VerifyCommand implements Callable<Integer> {
  @Mixin TableOptions table = new TableOptions();
  @Mixin OutOption out = new OutOption();

  @Option(
      names = "--pairs",
      required = true,
      paramLabel = "CSV",
      description = "A file with the columns a and b: paths as the table has them.")
  String pairs = "";

  @Option(
      names = "--threshold",
      required = true,
      paramLabel = "C",
      description = "The lowest cosine similarity of the same person.")
  float threshold;

  @Override
  public Integer call() {
    SparkSession spark = SparkFaces.session();
    Dataset<Row> compared =
        FaceDatasets.verify(
            spark.read().option("header", "true").csv(pairs), table.faces(spark), threshold);
    compared.write().parquet(out.folder);
    boolean failed = !spark.read().parquet(out.folder).filter(col("error").isNotNull()).isEmpty();
    return failed ? SparkFaces.FAILED : SparkFaces.DONE;
  }
}
