package io.facepipeline.attributes;

import io.facepipeline.FaceAttribute;
import io.facepipeline.FacePipelineException;
import io.facepipeline.Image;
import io.facepipeline.ModelCard.ColorOrder;
import io.facepipeline.embedding.internal.ClassificationNetwork;
import io.facepipeline.embedding.internal.ClassificationNetwork.Head;
import io.facepipeline.internal.PictureCuts;
import io.facepipeline.internal.TextFile;
import io.facepipeline.onnx.MalformedModelException;
import io.facepipeline.onnx.OnnxOptions;
import io.facepipeline.onnx.catalog.CatalogEntry;
import io.facepipeline.onnx.catalog.CatalogEntry.Kind;
import io.facepipeline.onnx.catalog.ModelCatalog;
import io.facepipeline.onnx.checkpoint.Checkpoint;
import io.facepipeline.onnx.internal.OutputSpec;
import io.facepipeline.onnx.store.ModelStore;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.List;
import java.util.stream.IntStream;

/**
 * Classifies pictures into the classes of ImageNet, or those of your own model. Pictures are
 * prepared as in torchvision's reference: the shorter side becomes 256 pixels with Pillow's
 * BILINEAR, and the network sees the central 224x224; networks of other sizes use the same ratio.
 * Thread-safe; holds native memory until it is closed.
 */
public final class ImageClassifier implements AutoCloseable {
  private final Classes network;
  private final List<String> labels;

  private ImageClassifier(Classes network, List<String> labels) {
    this.network = network;
    this.labels = labels;
  }

  /**
   * {@return a classifier}
   *
   * @param id a catalog id, such as {@code squeezenet-imagenet}
   * @param store finds its weights and the file that names its classes
   * @throws IllegalArgumentException if the catalog has no such image classifier
   * @throws FacePipelineException as in {@link ModelStore#require}, or if a file has unexpected
   *     contents
   */
  public static ImageClassifier load(String id, ModelStore store) {
    CatalogEntry model = model(id);
    if (model.classNames().isEmpty()) {
      return open(model, store.require(model.files()).get(0), model.classes(), store);
    }
    CatalogEntry names =
        ModelCatalog.installed().require(Kind.CLASS_NAMES, model.classNames().get());
    List<Path> files = store.require(List.of(model.file(), names.file()));
    return open(model, files.get(0), labels(files.get(1)), store);
  }

  /**
   * {@return a classifier with your own weights and labels}
   *
   * @param id the id of the catalog model with the weights' architecture
   * @param weights a checkpoint, or an ONNX file for a model that is published as one
   * @param labels a name for each class, in the network's order
   * @param store caches the converted checkpoint
   * @throws IllegalArgumentException if the catalog has no such image classifier
   * @throws FacePipelineException if the file cannot be read, or has another number of classes
   */
  public static ImageClassifier load(
      String id, Path weights, List<String> labels, ModelStore store) {
    return open(model(id), weights, labels, store);
  }

  /**
   * {@return a classifier from an ONNX file that carries its card, as {@code train-network} writes
   * it}
   *
   * @param model the file
   * @throws FacePipelineException if it cannot be read, or has no card of a classifier
   * @throws MalformedModelException if its card says that it looks at faces: {@link
   *     OnnxFaceAttribute#load(Path)} loads those
   */
  public static ImageClassifier load(Path model) {
    Classes.Described opened = Classes.describing(model, OnnxOptions.defaults());
    if (opened.card().attribute().isPresent()) {
      opened.network().close();
      throw new MalformedModelException(
          model
              + " tells the "
              + opened.card().attribute().get()
              + " of faces, not what a picture shows; run it as an attribute of faces (the"
              + " commands expression and analyze)");
    }
    return new ImageClassifier(opened.classes(), opened.card().labels());
  }

  private static CatalogEntry model(String id) {
    return ModelCatalog.installed().require(Kind.IMAGE_CLASSIFIER, id);
  }

  private static ImageClassifier open(
      CatalogEntry model, Path weights, List<String> labels, ModelStore store) {
    CatalogEntry.Input input = model.input();
    if (input.width() != input.height()) {
      throw new IllegalArgumentException(
          model.id()
              + " needs "
              + input.width()
              + "x"
              + input.height()
              + ", but a square is needed");
    }
    OutputSpec output = OutputSpec.parse(model.output(), "class");
    // What a checkpoint is converted to takes raw pixels.
    Classes network =
        model.isOnnx()
            ? Classes.open(
                weights, InputSpec.of(input), input.width(), labels, output, OnnxOptions.defaults())
            : Classes.open(
                converted(ClassificationNetwork.of(model), weights, store),
                InputSpec.raw(ColorOrder.RGB),
                input.width(),
                labels,
                output,
                OnnxOptions.defaults());
    return new ImageClassifier(network, List.copyOf(labels));
  }

  private static Path converted(ClassificationNetwork network, Path weights, ModelStore store) {
    CatalogEntry model = network.entry();
    return store
        .converted()
        .get(
            model.id(),
            List.of(
                Checkpoint.sha256(weights),
                model.architecture(),
                model.input().toString(),
                "logits",
                "cpu"),
            out -> network.convert(Checkpoint.read(weights), Head.LOGITS, true, out));
  }

  private static List<String> labels(Path file) {
    try {
      List<String> lines = TextFile.lines(file).stream().filter(l -> !l.isBlank()).toList();
      if (lines.isEmpty()) {
        throw new MalformedModelException(file + " holds no labels; give one per line");
      }
      return lines;
    } catch (IOException e) {
      throw new FacePipelineException("cannot read the labels " + file + ": " + e.getMessage(), e);
    }
  }

  /** {@return the names of all classes} */
  public List<String> labels() {
    return labels;
  }

  /**
   * {@return the most probable classes, most probable first}
   *
   * @param image the picture
   * @param count how many, 1 to the number of classes
   * @throws IllegalArgumentException if the count is out of range
   */
  public List<FaceAttribute.LabelScore> classify(Image image, int count) {
    if (count < 1 || count > labels.size()) {
      throw new IllegalArgumentException(
          "ask for 1 to " + labels.size() + " classes, got " + count);
    }
    float[] probabilities = network.probabilities(PictureCuts.middle(image, network.side()).rgb());
    return IntStream.range(0, probabilities.length)
        .mapToObj(i -> new FaceAttribute.LabelScore(labels.get(i), probabilities[i]))
        .sorted(Comparator.comparing(FaceAttribute.LabelScore::probability).reversed())
        .limit(count)
        .toList();
  }

  /**
   * {@return what the network gives for a picture, a value per class}
   *
   * @param image of the network's size
   * @throws IllegalArgumentException if it has another size
   */
  float[] logits(Image image) {
    if (image.width() != network.side() || image.height() != network.side()) {
      throw new IllegalArgumentException(
          "a picture of " + network.side() + "x" + network.side() + " is wanted, got " + image);
    }
    return network.values(image.rgb());
  }

  @Override
  public void close() {
    network.close();
  }
}
