package io.facepipeline.spark.command;

import static org.apache.spark.sql.functions.col;
import static org.apache.spark.sql.functions.element_at;
import static org.apache.spark.sql.functions.split;

import java.util.Arrays;
import java.util.List;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.SparkSession;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;

/** Whom the photos show. */
final class LabelOptions {
  @Option(
      names = "--labels",
      paramLabel = "CSV",
      description =
          "A file with the columns path and label: paths as the table has them (default: each"
              + " photo shows the person after whom its folder is named).")
  @Nullable String labels;

  /** The faces with the column {@code label}. */
  Dataset<Row> label(SparkSession spark, Dataset<Row> faces) {
    if (labels == null) {
      return faces.withColumn("label", element_at(split(col("path"), "/"), -2));
    }
    Dataset<Row> given = spark.read().option("header", "true").csv(labels);
    for (String column : List.of("path", "label")) {
      if (!Arrays.asList(given.columns()).contains(column)) {
        throw new IllegalArgumentException(
            labels + " has no column " + column + "; its first line must be path,label");
      }
    }
    Dataset<Row> distinct = given.select("path", "label").distinct();
    List<Row> missing =
        distinct
            .join(faces.select("path"), new String[] {"path"}, "left_anti")
            .limit(1)
            .collectAsList();
    if (!missing.isEmpty()) {
      throw new IllegalArgumentException(
          missing.get(0).<String>getAs("path")
              + ", named in "
              + labels
              + ", is not in the table of faces; append it");
    }
    // Not the names that "identify" gave.
    return faces.drop("label").join(distinct, "path");
  }
}
