package io.facepipeline.spark.command;

import io.facepipeline.spark.FaceDatasets;
import java.nio.file.Path;
import java.util.Objects;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.ArgGroup;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** Names the faces of a table. */
@Command(
    name = "identify",
    description =
        "Names the faces of a table after the people of a gallery or a trained classifier.",
    mixinStandardHelpOptions = true)
final class IdentifyCommand implements Callable<Integer> {
  @Mixin TableOptions table = new TableOptions();
  @Mixin OutOption out = new OutOption();

  @ArgGroup(multiplicity = "1")
  Source source = new Source();

  /** Who knows the people. */
  static final class Source {
    @Option(
        names = "--gallery",
        paramLabel = "DIR",
        description = "The gallery's folder on this machine; it is sent to the executors.")
    @Nullable Path gallery;

    @Option(
        names = "--classifier",
        paramLabel = "FILE",
        description = "Instead, a classifier's file on this machine, as 'train' writes it.")
    @Nullable Path classifier;

    Path place() {
      return gallery != null ? gallery : Objects.requireNonNull(classifier);
    }
  }

  @Override
  public Integer call() {
    FaceDatasets.identify(table.faces(SparkFaces.session()), source.place())
        .write()
        .parquet(out.folder);
    return SparkFaces.DONE;
  }
}
