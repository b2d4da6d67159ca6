package io.facepipeline.cli.input;

import io.facepipeline.ImageSource;
import java.nio.file.Path;
import java.util.List;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Parameters;

/** The photos that a command is given. */
public final class PhotoArguments {
  @Parameters(arity = "1..*", paramLabel = "PATH", description = "Photos, or folders of photos.")
  List<Path> paths = List.of();

  /** The files and folders, as they were given. */
  public List<Path> paths() {
    return paths;
  }

  /** The photos that are meant, as {@link PhotoFiles#sources} finds them. */
  public List<ImageSource> sources(CommandSpec spec) {
    return PhotoFiles.sources(spec, paths);
  }
}
