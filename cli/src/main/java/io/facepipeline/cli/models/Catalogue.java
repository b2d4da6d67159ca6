package io.facepipeline.cli.models;

import io.facepipeline.attributes.AttributeModel;
import io.facepipeline.attributes.ImageModel;
import io.facepipeline.detection.mtcnn.Mtcnn;
import io.facepipeline.embedding.Backbone;
import io.facepipeline.embedding.ClassificationNetwork;
import io.facepipeline.embedding.PublishedAccuracy;
import io.facepipeline.onnx.store.PublishedFile;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** All published models that the library knows. */
final class Catalogue {
  /**
   * A model.
   *
   * @param id its catalogue id
   * @param architecture what it is
   * @param files its files
   * @param accuracy what its authors say, if they do
   */
  record Entry(
      String id,
      String architecture,
      List<PublishedFile> files,
      Optional<PublishedAccuracy> accuracy) {}

  private Catalogue() {}

  static List<Entry> entries() {
    List<Entry> entries = new ArrayList<>();
    entries.add(new Entry("mtcnn", "MTCNN", Mtcnn.files(), Optional.empty()));
    for (Backbone b : Backbone.values()) {
      entries.add(new Entry(b.id(), b.architecture(), List.of(b.file()), b.accuracy()));
    }
    for (ClassificationNetwork n :
        List.of(ClassificationNetwork.RESNET_50, ClassificationNetwork.ALEXNET)) {
      entries.add(new Entry(n.file().id(), n.architecture(), List.of(n.file()), n.accuracy()));
    }
    PublishedFile squeezeNet = ImageModel.SQUEEZENET_1_1.file();
    entries.add(
        new Entry(squeezeNet.id(), "SqueezeNet 1.1", List.of(squeezeNet), Optional.empty()));
    for (AttributeModel a : AttributeModel.values()) {
      entries.add(new Entry(a.id(), a.card().attribute(), a.files(), Optional.empty()));
    }
    return entries;
  }

  static Entry named(String id) {
    return entries().stream()
        .filter(e -> e.id().equals(id))
        .findFirst()
        .orElseThrow(
            () ->
                new IllegalArgumentException(
                    "unknown model "
                        + id
                        + "; the catalogue has "
                        + entries().stream().map(Entry::id).toList()));
  }
}
