package io.facepipeline.cli.photos;

import io.facepipeline.FaceAttribute;
import io.facepipeline.attributes.AttributeModel;
import io.facepipeline.onnx.store.ModelStore;
import java.io.PrintWriter;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import picocli.CommandLine.Option;

/** Which attribute models are asked. */
final class AttributeOptions {
  @Option(
      names = "--attribute",
      paramLabel = "ID",
      description =
          "An attribute model of the catalogue: expression-mini-xception, expression-face-api or"
              + " liveness-minifasnet; may be given several times (default: those at hand, of"
              + " expressions the first).")
  List<String> ids = new ArrayList<>();

  /** Opens the models; the caller closes them. */
  List<FaceAttribute> load(ModelStore store, PrintWriter err) {
    List<AttributeModel> wanted = new ArrayList<>();
    if (ids.isEmpty()) {
      for (AttributeModel model : AttributeModel.values()) {
        boolean known =
            wanted.stream().anyMatch(w -> w.card().attribute().equals(model.card().attribute()));
        if (!known && model.files().stream().allMatch(f -> store.find(f).isPresent())) {
          wanted.add(model);
        }
      }
      if (wanted.isEmpty()) {
        err.println(
            "facepipeline: no attribute model is at hand; 'models list' names their files, --models"
                + " says where they lie");
      }
    } else {
      ids.forEach(id -> wanted.add(named(id)));
    }
    List<FaceAttribute> opened = new ArrayList<>();
    try {
      wanted.forEach(model -> opened.add(model.load(store)));
    } catch (RuntimeException e) {
      opened.forEach(FaceAttribute::close);
      throw e;
    }
    return opened;
  }

  static AttributeModel named(String id) {
    return AttributeModel.named(id)
        .orElseThrow(
            () ->
                new IllegalArgumentException(
                    "unknown attribute model "
                        + id
                        + "; the catalogue has "
                        + Arrays.stream(AttributeModel.values()).map(AttributeModel::id).toList()));
  }
}
