package io.facepipeline.detection.onestage;

import io.facepipeline.onnx.catalog.CatalogEntry;
import io.facepipeline.onnx.catalog.CatalogEntry.Kind;
import io.facepipeline.onnx.catalog.ModelCatalog;
import io.facepipeline.onnx.internal.CatalogBeside;
import io.facepipeline.onnx.internal.OnnxContent;
import java.nio.file.Path;
import java.util.Optional;

/** What catalogs say of a detector's file: one beside it, else the installed one, by hash. */
final class FileEntry {
  private FileEntry() {}

  static Optional<CatalogEntry> of(Path file) {
    String sha256 = OnnxContent.sha256(file);
    return CatalogBeside.of(file)
        .flatMap(catalog -> catalog.entries(Kind.FACE_DETECTOR).stream().findFirst())
        .or(
            () ->
                ModelCatalog.installed().entries(Kind.FACE_DETECTOR).stream()
                    .filter(entry -> entry.isPublishedAs(sha256))
                    .findFirst());
  }
}
