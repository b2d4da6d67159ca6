package io.facepipeline.spark.command;

import io.facepipeline.spark.FaceDatasets;
import java.nio.file.Path;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** Names the faces of a table. */
@Command(
    name = "identify",
    description = "Names the faces of a table after the people of a gallery.",
    mixinStandardHelpOptions = true)
final class IdentifyCommand implements Callable<Integer> {
  @Mixin TableOptions table = new TableOptions();

  @Option(
      names = "--gallery",
      required = true,
      paramLabel = "DIR",
      description = "The gallery's folder on this machine; it is sent to the executors.")
  Path gallery = Path.of("");

  @Override
  public Integer call() {
    FaceDatasets.identify(table.faces(SparkFaces.session()), gallery).write().parquet(table.out);
    return SparkFaces.DONE;
  }
}
