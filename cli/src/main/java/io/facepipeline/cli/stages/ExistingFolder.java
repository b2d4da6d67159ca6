package io.facepipeline.cli.stages;

import java.nio.file.Files;
import java.nio.file.Path;
import picocli.CommandLine.ITypeConverter;
import picocli.CommandLine.TypeConversionException;

/**
 * A folder that must be there when it is named: a mistyped one would go unnoticed wherever the
 * chosen models are inside the program.
 */
final class ExistingFolder implements ITypeConverter<Path> {
  @Override
  public Path convert(String name) {
    Path folder = Path.of(name);
    if (!Files.isDirectory(folder)) {
      throw new TypeConversionException("there is no folder " + name);
    }
    return folder;
  }
}
