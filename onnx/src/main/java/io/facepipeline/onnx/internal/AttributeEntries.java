package io.facepipeline.onnx.internal;

import io.facepipeline.onnx.catalog.CatalogEntry;
import io.facepipeline.onnx.catalog.CatalogEntry.Kind;
import io.facepipeline.onnx.catalog.ModelCatalog;
import io.facepipeline.onnx.checkpoint.Checkpoint;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;

/** What catalogs say of a file that tells an attribute of faces. */
public final class AttributeEntries {
  private AttributeEntries() {}

  /**
   * {@return the entry beside a file, or else that of the installed catalog with its SHA-256, if it
   * has no other file}
   *
   * @param file an ONNX file
   * @throws io.facepipeline.FacePipelineException if it cannot be read
   */
  public static Optional<CatalogEntry> of(Path file) {
    Optional<CatalogEntry> beside =
        CatalogBeside.of(file)
            .flatMap(catalog -> catalog.entries(Kind.FACE_ATTRIBUTE).stream().findFirst());
    if (beside.isPresent() || !Files.isRegularFile(file)) {
      return beside;
    }
    String sha256 = Checkpoint.sha256(file);
    return ModelCatalog.installed().entries(Kind.FACE_ATTRIBUTE).stream()
        .filter(known -> known.files().size() == 1 && known.isPublishedAs(sha256))
        .findFirst();
  }
}
