package io.facepipeline.onnx.internal;

import io.facepipeline.onnx.catalog.ModelCatalog;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.Optional;

/** The catalog beside a file of weights: {@code theirs.model.json} for {@code theirs.pth}. */
public final class CatalogBeside {
  private CatalogBeside() {}

  /**
   * {@return the catalog beside a file, if both are there}
   *
   * @param file the file of weights
   * @throws io.facepipeline.FacePipelineException if it cannot be read
   */
  public static Optional<ModelCatalog> of(Path file) {
    Path beside = file.resolveSibling(nameOf(file) + ".model.json");
    return Files.isRegularFile(file) && Files.isRegularFile(beside)
        ? Optional.of(ModelCatalog.read(beside))
        : Optional.empty();
  }

  /**
   * {@return the name of a file without its suffixes, such as {@code theirs} for {@code
   * theirs.pth.tar}}
   *
   * @param file the file
   */
  public static String nameOf(Path file) {
    String name = String.valueOf(file.getFileName());
    String lower = name.toLowerCase(Locale.ROOT);
    for (String ending : List.of(".pth.tar", ".pt.tar")) {
      if (lower.endsWith(ending) && name.length() > ending.length()) {
        return name.substring(0, name.length() - ending.length());
      }
    }
    int dot = name.lastIndexOf('.');
    return dot <= 0 ? name : name.substring(0, dot);
  }
}
