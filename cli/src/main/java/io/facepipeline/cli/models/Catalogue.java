package io.facepipeline.cli.models;

import io.facepipeline.onnx.catalog.CatalogEntry;
import io.facepipeline.onnx.catalog.CatalogEntry.Kind;
import io.facepipeline.onnx.catalog.ModelCatalog;
import java.util.List;

/** The published models as the commands show them. */
final class Catalogue {
  private Catalogue() {}

  static List<CatalogEntry> entries() {
    return ModelCatalog.installed().entries().stream()
        .filter(entry -> entry.kind() != Kind.CLASS_NAMES)
        .toList();
  }

  /** What a model is: its architecture, or what it tells of faces. */
  static String describe(CatalogEntry entry) {
    return entry.attribute().orElse(entry.architecture());
  }

  static CatalogEntry named(String id) {
    return entries().stream()
        .filter(e -> e.id().equals(id))
        .findFirst()
        .orElseThrow(
            () ->
                new IllegalArgumentException(
                    "unknown model " + id + "; the catalog has " + entries()));
  }
}
