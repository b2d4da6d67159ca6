package io.facepipeline.spark.command;

import io.facepipeline.spark.FaceDatasets;
import java.util.concurrent.Callable;
import org.apache.spark.sql.SparkSession;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** Sorts the faces of a table into people. */
@Command(
    name = "cluster",
    description = "Sorts the faces of a table into people.",
    mixinStandardHelpOptions = true)
final class ClusterCommand implements Callable<Integer> {
  @Mixin TableOptions table = new TableOptions();
  @Mixin OutOption out = new OutOption();

  @Option(
      names = "--threshold",
      required = true,
      paramLabel = "C",
      description = "The lowest cosine similarity of faces that are joined.")
  float threshold;

  @Option(
      names = "--checkpoints",
      paramLabel = "DIR",
      description = "Where intermediate results are kept, so that lost executors cost less.")
  @Nullable String checkpoints;

  @Override
  public Integer call() {
    SparkSession spark = SparkFaces.session();
    if (checkpoints != null) {
      spark.sparkContext().setCheckpointDir(checkpoints);
    }
    FaceDatasets.cluster(table.faces(spark), threshold).write().parquet(out.folder);
    return SparkFaces.DONE;
  }
}
