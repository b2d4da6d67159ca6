package io.facepipeline.spark.command;

import java.util.List;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.SparkSession;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;

/** The table of faces that a command reads. */
final class TableOptions {
  @Option(
      names = "--table",
      required = true,
      paramLabel = "DIR",
      description = "The table of faces that 'embed' wrote.")
  String table = "";

  @Option(
      names = "--model",
      paramLabel = "FINGERPRINT",
      description = "Whose rows are meant, if the table has those of several models.")
  @Nullable String model;

  /** The rows of one model. */
  Dataset<Row> faces(SparkSession spark) {
    Dataset<Row> all = spark.read().parquet(table);
    String of = model;
    if (of == null) {
      List<Row> models = all.select("model").distinct().limit(10).collectAsList();
      if (models.size() > 1) {
        throw new IllegalArgumentException(
            "the table "
                + table
                + " has rows of several models; choose one with --model: "
                + models.stream().map(row -> row.getString(0)).sorted().toList());
      }
      return all;
    }
    return all.filter(all.col("model").equalTo(of));
  }
}
