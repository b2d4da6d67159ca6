package io.facepipeline.cli.stages;

import io.facepipeline.FaceAttribute;
import io.facepipeline.attributes.OnnxFaceAttribute;
import io.facepipeline.onnx.catalog.CatalogEntry;
import io.facepipeline.onnx.catalog.CatalogEntry.Kind;
import io.facepipeline.onnx.catalog.ModelCatalog;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;

/** The attribute models that options name. */
public final class AttributeModels {
  private AttributeModels() {}

  /**
   * Opens a model; the caller closes it.
   *
   * @param model an id of the catalog, or an ONNX file with its card inside or beside it
   */
  public static FaceAttribute open(String model, StageOptions options) {
    ModelCatalog catalogue = ModelCatalog.installed();
    Optional<CatalogEntry> known =
        catalogue.entry(model).filter(entry -> entry.kind() == Kind.FACE_ATTRIBUTE);
    if (known.isPresent()) {
      return OnnxFaceAttribute.load(known.get(), options.store());
    }
    Path file = Path.of(model);
    if (Files.isRegularFile(file)) {
      return OnnxFaceAttribute.load(file, options.store());
    }
    throw new IllegalArgumentException(
        "there is no attribute model "
            + model
            + ": it is no file, and the catalog has "
            + catalogue.entries(Kind.FACE_ATTRIBUTE));
  }
}
