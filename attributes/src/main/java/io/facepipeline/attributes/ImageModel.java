package io.facepipeline.attributes;

import io.facepipeline.embedding.ClassificationNetwork;
import io.facepipeline.onnx.store.FileVersion;
import io.facepipeline.onnx.store.Licence;
import io.facepipeline.onnx.store.PublishedFile;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** The catalogue of published networks that tell the 1,000 classes of ImageNet apart. */
public enum ImageModel {
  /** SqueezeNet 1.1 (Iandola et al. 2016), the ONNX model zoo's: ImageNet top-1 56.3 %. */
  SQUEEZENET_1_1(
      new PublishedFile(
          "squeezenet-imagenet",
          List.of(
              new FileVersion(
                  "squeezenet1.1_imagenet.onnx",
                  4_951_098,
                  "9043a70fdf8ea1ae8e271cf563210d2e9d0c24c20c72f48399653b660a989b81"),
              FileVersion.named("squeezenet1.1-7.onnx")),
          "github.com/onnx/models",
          Licence.APACHE_2,
          null),
      null),

  /** torchvision's ResNet-50. */
  RESNET_50(ClassificationNetwork.RESNET_50.file(), ClassificationNetwork.RESNET_50),

  /** torchvision's AlexNet. */
  ALEXNET(ClassificationNetwork.ALEXNET.file(), ClassificationNetwork.ALEXNET);

  /** The names of the classes, a line each, in the networks' order. */
  static final PublishedFile LABELS =
      new PublishedFile(
          "imagenet-labels",
          List.of(
              new FileVersion(
                  "imagenet_labels1000.txt",
                  21_674,
                  "a40d9be82eb4738becd1dd69991b89f87f309975e860a6f3f45395d8c06a7e0d")),
          "github.com/webmachinelearning",
          Licence.APACHE_2,
          null);

  private final PublishedFile file;
  private final @Nullable ClassificationNetwork network;

  ImageModel(PublishedFile file, @Nullable ClassificationNetwork network) {
    this.file = file;
    this.network = network;
  }

  /**
   * {@return the model of a catalogue id}
   *
   * @param id such as {@code squeezenet-imagenet}
   */
  public static Optional<ImageModel> named(String id) {
    return Arrays.stream(values()).filter(model -> model.id().equals(id)).findFirst();
  }

  /** {@return its catalogue id} */
  public String id() {
    return file.id();
  }

  /** {@return the file its weights were published in} */
  public PublishedFile file() {
    return file;
  }

  /** {@return how a checkpoint becomes a graph; empty where the file is an ONNX model already} */
  Optional<ClassificationNetwork> network() {
    return Optional.ofNullable(network);
  }
}
