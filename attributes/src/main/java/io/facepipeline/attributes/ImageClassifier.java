package io.facepipeline.attributes;

import io.facepipeline.FacePipelineException;
import io.facepipeline.Image;
import io.facepipeline.LabelScore;
import io.facepipeline.ModelCard.ColorOrder;
import io.facepipeline.embedding.ClassificationNetwork;
import io.facepipeline.embedding.Head;
import io.facepipeline.onnx.MalformedModelException;
import io.facepipeline.onnx.OnnxOptions;
import io.facepipeline.onnx.checkpoint.Checkpoint;
import io.facepipeline.onnx.store.ModelStore;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.List;
import java.util.stream.IntStream;

/**
 * Tells what is in a picture: the classes of ImageNet. Pictures are prepared as torchvision's
 * reference does it: the shorter side becomes 256 pixels by Pillow's BILINEAR, the middle 224x224
 * are looked at. Thread-safe; holds native memory until it is closed.
 */
public final class ImageClassifier implements AutoCloseable {
  private static final int SHORTER_SIDE = 256;
  private static final int SIDE = 224;
  private static final InputSpec IMAGENET =
      new InputSpec(
          ColorOrder.RGB,
          List.of(0.485f * 255, 0.456f * 255, 0.406f * 255),
          List.of(0.229f * 255, 0.224f * 255, 0.225f * 255));

  private final Classes network;
  private final List<String> labels;

  private ImageClassifier(Classes network, List<String> labels) {
    this.network = network;
    this.labels = labels;
  }

  /**
   * {@return a classifier}
   *
   * @param model of the catalogue
   * @param store finds its weights and the file of labels, {@code imagenet_labels1000.txt}
   * @throws FacePipelineException as {@link ModelStore#require} says, or if a file is another one
   */
  public static ImageClassifier load(ImageModel model, ModelStore store) {
    List<Path> files = store.require(List.of(model.file(), ImageModel.LABELS));
    return load(model, files.get(0), labels(files.get(1)), store);
  }

  /**
   * {@return a classifier with weights and labels of one's own}
   *
   * @param model which architecture the weights are of
   * @param weights a checkpoint, or for SqueezeNet an ONNX file
   * @param labels a name for each class, in the network's order
   * @param store keeps what a checkpoint is converted to
   * @throws FacePipelineException if the file cannot be read, or has not as many classes
   */
  public static ImageClassifier load(
      ImageModel model, Path weights, List<String> labels, ModelStore store) {
    OnnxOptions options = OnnxOptions.defaults();
    int classes = labels.size();
    Classes network =
        model
            .network()
            .map(
                n ->
                    Classes.open(
                        converted(n, weights, store),
                        InputSpec.raw(ColorOrder.RGB),
                        SIDE,
                        classes,
                        true,
                        options))
            .orElseGet(() -> Classes.open(weights, IMAGENET, SIDE, classes, true, options));
    return new ImageClassifier(network, List.copyOf(labels));
  }

  private static Path converted(ClassificationNetwork network, Path weights, ModelStore store) {
    return store
        .converted()
        .get(
            network.file().id(),
            List.of(Checkpoint.sha256(weights), network.architecture(), "logits", "cpu"),
            out -> network.convert(Checkpoint.read(weights), Head.LOGITS, true, out));
  }

  private static List<String> labels(Path file) {
    try {
      List<String> lines = Files.readAllLines(file).stream().filter(l -> !l.isBlank()).toList();
      if (lines.isEmpty()) {
        throw new MalformedModelException(file + " holds no labels; give one a line");
      }
      return lines;
    } catch (IOException e) {
      throw new FacePipelineException("cannot read the labels " + file + ": " + e, e);
    }
  }

  /** {@return the names of all classes} */
  public List<String> labels() {
    return labels;
  }

  /**
   * {@return the most probable classes, the first one first}
   *
   * @param image the picture
   * @param count how many, 1 to the number of classes
   * @throws IllegalArgumentException if there are not so many
   */
  public List<LabelScore> classify(Image image, int count) {
    if (count < 1 || count > labels.size()) {
      throw new IllegalArgumentException(
          "between 1 and " + labels.size() + " classes can be told, asked were " + count);
    }
    float[] probabilities = network.probabilities(prepared(image).rgb());
    return IntStream.range(0, probabilities.length)
        .mapToObj(i -> new LabelScore(labels.get(i), probabilities[i]))
        .sorted(Comparator.comparing(LabelScore::probability).reversed())
        .limit(count)
        .toList();
  }

  /**
   * {@return what the network gives for a picture, a value per class}
   *
   * @param image 224x224 pixels
   * @throws IllegalArgumentException if it has another size
   */
  float[] logits(Image image) {
    if (image.width() != SIDE || image.height() != SIDE) {
      throw new IllegalArgumentException("a picture of 224x224 is wanted, got " + image);
    }
    return network.values(image.rgb());
  }

  /** The middle of a picture of which the shorter side was made 256 pixels long. */
  private static Image prepared(Image image) {
    int shorter = Math.min(image.width(), image.height());
    int width = (int) ((long) SHORTER_SIDE * image.width() / shorter);
    int height = (int) ((long) SHORTER_SIDE * image.height() / shorter);
    Image small = image.resized(width, height);
    int x = (int) Math.rint((width - SIDE) / 2.0);
    int y = (int) Math.rint((height - SIDE) / 2.0);
    return small.crop(x, y, SIDE, SIDE);
  }

  @Override
  public void close() {
    network.close();
  }
}
