package io.facepipeline.spark.command;

import io.facepipeline.gallery.Gallery;
import io.facepipeline.spark.FaceDatasets;
import java.io.PrintWriter;
import java.nio.file.Path;
import java.util.Iterator;
import java.util.concurrent.Callable;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.SparkSession;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** Enrolls the faces of a table in a gallery. */
@Command(
    name = "enroll",
    description = {
      "Enrolls the faces of a table whose people are known in a gallery.",
      "A person's faces replace those that the person had. The embedder must be the table's."
    },
    mixinStandardHelpOptions = true)
final class EnrollCommand implements Callable<Integer> {
  @Spec CommandSpec spec = CommandSpec.create();
  @Mixin TableOptions table = new TableOptions();
  @Mixin LabelOptions labels = new LabelOptions();
  @Mixin PipelineOptions pipeline = new PipelineOptions();

  @Option(
      names = "--gallery",
      required = true,
      paramLabel = "DIR",
      description = "The gallery's folder on this machine, created if it does not exist.")
  Path folder = Path.of("");

  @Override
  public Integer call() {
    SparkSession spark = SparkFaces.session();
    PrintWriter console = spec.commandLine().getOut();
    try (Gallery gallery = Gallery.in(folder).model(pipeline.description().card()).open()) {
      Iterator<Row> leftOut =
          FaceDatasets.enroll(labels.label(spark, table.faces(spark)), gallery).toLocalIterator();
      boolean all = !leftOut.hasNext();
      leftOut.forEachRemaining(
          photo ->
              spec.commandLine()
                  .getErr()
                  .println(photo.getString(0) + ": not enrolled: " + photo.getString(2)));
      console.println(
          "the gallery has "
              + gallery.stats().people()
              + " people and "
              + gallery.stats().faces()
              + " faces");
      return all ? SparkFaces.DONE : SparkFaces.FAILED;
    }
  }
}
