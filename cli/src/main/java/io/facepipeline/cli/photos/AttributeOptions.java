package io.facepipeline.cli.photos;

import io.facepipeline.FaceAttribute;
import io.facepipeline.attributes.OnnxFaceAttribute;
import io.facepipeline.cli.stages.AttributeModels;
import io.facepipeline.cli.stages.StageOptions;
import io.facepipeline.onnx.catalog.CatalogEntry;
import io.facepipeline.onnx.catalog.CatalogEntry.Kind;
import io.facepipeline.onnx.catalog.ModelCatalog;
import io.facepipeline.onnx.store.ModelStore;
import java.io.PrintWriter;
import java.util.ArrayList;
import java.util.List;
import picocli.CommandLine.Option;

/** Which attribute models are asked. */
final class AttributeOptions {
  @Option(
      names = "--attribute",
      paramLabel = "MODEL",
      description =
          "An attribute model of the catalog, such as expression-face-api, age-ssrnet or"
              + " head-pose-resnet18; or an ONNX file of your own; may be repeated (default: all"
              + " of the catalog that are found, but only the first for each attribute).")
  List<String> ids = new ArrayList<>();

  /** Opens the models; the caller closes them. */
  List<FaceAttribute> load(StageOptions options, PrintWriter err) {
    ModelStore store = options.store();
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
    // What refuses faces tells of them, too.
    wanted.removeIf(model -> options.live.isOf(model.id()));
    List<FaceAttribute> opened = new ArrayList<>();
    try {
      wanted.forEach(model -> opened.add(OnnxFaceAttribute.load(model, store)));
      ids.stream()
          .filter(model -> !options.live.isOf(model))
          .forEach(model -> opened.add(AttributeModels.open(model, options)));
    } catch (RuntimeException e) {
      opened.forEach(FaceAttribute::close);
      throw e;
    }
    return opened;
  }
}
