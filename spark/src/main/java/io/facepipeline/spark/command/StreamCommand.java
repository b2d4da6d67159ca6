package io.facepipeline.spark.command;

import io.facepipeline.spark.FaceDatasets;
import java.util.concurrent.Callable;
import java.util.concurrent.TimeoutException;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.SparkSession;
import org.apache.spark.sql.streaming.StreamingQueryException;
import org.apache.spark.sql.streaming.Trigger;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** Follows a folder that photos are dropped into. */
@Command(
    name = "stream",
    description = "Adds the faces of photos to a table as the photos come into a folder.",
    mixinStandardHelpOptions = true)
final class StreamCommand implements Callable<Integer> {
  @Mixin PipelineOptions pipeline = new PipelineOptions();

  @Option(
      names = "--table",
      required = true,
      paramLabel = "DIR",
      description = "The table's folder, which only this stream writes.")
  String table = "";

  @Option(
      names = "--checkpoints",
      required = true,
      paramLabel = "DIR",
      description = "Where the stream notes which photos it has taken.")
  String checkpoints = "";

  @Option(names = "--once", description = "End when the photos that are there now are taken.")
  boolean once;

  @Option(
      names = "--photos-per-batch",
      paramLabel = "N",
      description = "The most photos that are taken at a time (default: 1000).")
  int photosPerBatch = 1000;

  @Parameters(paramLabel = "FOLDER", description = "The folder of photos.")
  String folder = "";

  @Override
  public Integer call() throws StreamingQueryException, TimeoutException {
    SparkSession spark = SparkFaces.session();
    Dataset<Row> photos =
        spark
            .readStream()
            .format("binaryFile")
            .schema(spark.read().format("binaryFile").load(folder).schema())
            .option("maxFilesPerTrigger", photosPerBatch)
            .load(folder);
    FaceDatasets.faces(photos, pipeline.description())
        .writeStream()
        .partitionBy("model")
        .option("checkpointLocation", checkpoints)
        .option("path", table)
        .trigger(once ? Trigger.AvailableNow() : Trigger.ProcessingTime(1000))
        .start()
        .awaitTermination();
    return SparkFaces.DONE;
  }
}
