package io.facepipeline.cli.photos;

import io.facepipeline.FaceAttribute;
import io.facepipeline.attributes.OnnxFaceAttribute;
import io.facepipeline.onnx.catalog.CatalogEntry;
import io.facepipeline.onnx.catalog.CatalogEntry.Kind;
import io.facepipeline.onnx.catalog.ModelCatalog;
import io.facepipeline.onnx.store.ModelStore;
import java.io.PrintWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import picocli.CommandLine.Option;

/** Which attribute models are asked. */
final class AttributeOptions {
  @Option(
      names = "--attribute",
      paramLabel = "MODEL",
      description =
          "An attribute model of the catalog: expression-mini-xception, expression-face-api or"
              + " liveness-minifasnet; or an ONNX file of your own; may be repeated (default: all"
              + " of the catalog that are found, but only the first for expressions).")
  List<String> ids = new ArrayList<>();

  /** Opens the models; the caller closes them. */
  List<FaceAttribute> load(ModelStore store, PrintWriter err) {
    List<CatalogEntry> known = ModelCatalog.installed().entries(Kind.FACE_ATTRIBUTE);
    List<CatalogEntry> wanted = new ArrayList<>();
    if (ids.isEmpty()) {
      for (CatalogEntry model : known) {
        boolean told = wanted.stream().anyMatch(w -> w.attribute().equals(model.attribute()));
        if (!told && model.files().stream().allMatch(f -> store.find(f).isPresent())) {
          wanted.add(model);
        }
      }
      if (wanted.isEmpty()) {
        err.println(
            "facepipeline: no attribute model was found; 'models list' names their files, and"
                + " --models their folder");
      }
    }
    List<FaceAttribute> opened = new ArrayList<>();
    try {
      wanted.forEach(model -> opened.add(OnnxFaceAttribute.load(model, store)));
      ids.forEach(model -> opened.add(open(model, store)));
    } catch (RuntimeException e) {
      opened.forEach(FaceAttribute::close);
      throw e;
    }
    return opened;
  }

  /**
   * Opens a model.
   *
   * @param model an id of the catalog, or an ONNX file that carries its card
   */
  static FaceAttribute open(String model, ModelStore store) {
    ModelCatalog catalogue = ModelCatalog.installed();
    Optional<CatalogEntry> known =
        catalogue.entry(model).filter(entry -> entry.kind() == Kind.FACE_ATTRIBUTE);
    if (known.isPresent()) {
      return OnnxFaceAttribute.load(known.get(), store);
    }
    if (Files.isRegularFile(Path.of(model))) {
      return OnnxFaceAttribute.load(Path.of(model));
    }
    throw new IllegalArgumentException(
        "there is no attribute model "
            + model
            + ": it is no file, and the catalog has "
            + catalogue.entries(Kind.FACE_ATTRIBUTE));
  }
}
