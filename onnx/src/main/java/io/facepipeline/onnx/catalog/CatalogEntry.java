package io.facepipeline.onnx.catalog;

import io.facepipeline.CropSpec;
import io.facepipeline.ModelCard;
import io.facepipeline.onnx.store.PublishedFile;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * One model of the catalog: its files, origin and license, its input, and measured figures. {@link
 * ModelCatalog} reads entries from JSON. Immutable.
 */
public final class CatalogEntry {
  /** The kind of a model. */
  public enum Kind {
    /** Finds faces. */
    FACE_DETECTOR("face-detector"),
    /** Turns a face into an embedding. */
    FACE_EMBEDDER("face-embedder"),
    /** Classifies pictures. */
    IMAGE_CLASSIFIER("image-classifier"),
    /** Tells an attribute of a face, such as its expression. */
    FACE_ATTRIBUTE("face-attribute"),
    /** Not a model: the names of classes, one per line. */
    CLASS_NAMES("class-names");

    private final String text;

    Kind(String text) {
      this.text = text;
    }

    /** {@return its name in catalogs, such as {@code face-embedder}} */
    @Override
    public String toString() {
      return text;
    }
  }

  /**
   * The input of a network.
   *
   * @param width the width of its images in pixels
   * @param height the height of its images in pixels
   * @param rule how they are cut around a face; null for whole pictures
   * @param colorOrder the order of the channels
   * @param mean the numbers subtracted from a byte value 0..255, one for all channels or one each
   * @param deviation the divisors of the difference, likewise
   * @param whitened whether each image is scaled by its own mean and deviation instead, as {@link
   *     ModelCard#whitened} says; the mean is then 0 and the deviation 1
   */
  public record Input(
      int width,
      int height,
      CropSpec.@Nullable Rule rule,
      ModelCard.ColorOrder colorOrder,
      List<Float> mean,
      List<Float> deviation,
      boolean whitened) {
    /**
     * Creates a description.
     *
     * @throws IllegalArgumentException if an extent is not positive, the mean or the deviation has
     *     neither one number nor one per channel, one is not finite or a deviation is zero, or
     *     whitened images have another mean than 0 or another deviation than 1
     */
    public Input(
        int width,
        int height,
        CropSpec.@Nullable Rule rule, // written out: javac forgets the annotation otherwise
        ModelCard.ColorOrder colorOrder,
        List<Float> mean,
        List<Float> deviation,
        boolean whitened) {
      if (width < 1 || height < 1) {
        throw new IllegalArgumentException(
            "the images of a network must have pixels, got " + width + "x" + height);
      }
      requireNumbers("mean", mean, colorOrder);
      requireNumbers("deviation", deviation, colorOrder);
      if (deviation.contains(0f) || deviation.contains(-0f)) {
        throw new IllegalArgumentException("a deviation must not be 0");
      }
      if (whitened
          && (mean.stream().anyMatch(m -> m != 0) || deviation.stream().anyMatch(d -> d != 1))) {
        throw new IllegalArgumentException(
            "whitened images are scaled by their own numbers, not by mean and deviation, got "
                + mean
                + " and "
                + deviation);
      }
      this.width = width;
      this.height = height;
      this.rule = rule;
      this.colorOrder = colorOrder;
      this.mean = List.copyOf(mean);
      this.deviation = List.copyOf(deviation);
      this.whitened = whitened;
    }

    private static void requireNumbers(
        String what, List<Float> numbers, ModelCard.ColorOrder order) {
      if ((numbers.size() != 1 && numbers.size() != order.channels())
          || !numbers.stream().allMatch(Float::isFinite)) {
        throw new IllegalArgumentException(
            "the "
                + what
                + " of "
                + order
                + " must be one number for all channels or one per channel, got "
                + numbers);
      }
    }

    /**
     * {@return the crop of faces}
     *
     * @throws IllegalStateException if the images are whole pictures
     */
    public CropSpec crop() {
      if (rule == null) {
        throw new IllegalStateException("the network's input is whole pictures, not faces");
      }
      return new CropSpec(width, height, rule);
    }
  }

  private final String id;
  private final Kind kind;
  private final String architecture;
  private final boolean onnx;
  private final List<PublishedFile> files;
  private final List<Input> inputs;
  private final int embeddingSize;
  private final List<Accuracy> accuracies;
  private final Optional<ModelCard.Thresholds> thresholds;
  private final Optional<String> trainedOn;
  private final Optional<String> attribute;
  private final List<String> classes;
  private final String output;
  private final Optional<String> classNames;

  CatalogEntry(EntryReader read) {
    id = read.id();
    kind = read.kind();
    architecture = read.architecture();
    onnx = read.isOnnx();
    files = read.files();
    inputs = read.inputs();
    embeddingSize = read.embeddingSize();
    accuracies = read.accuracies();
    thresholds = read.thresholds();
    trainedOn = read.trainedOn();
    attribute = read.attribute();
    classes = read.classes();
    output = read.output();
    classNames = read.classNames();
  }

  /** {@return its id, such as {@code mobilefacenet-foamliu}} */
  public String id() {
    return id;
  }

  /** {@return its kind} */
  public Kind kind() {
    return kind;
  }

  /**
   * {@return the architecture's name, such as {@code IR-50}; for a checkpoint the name of the
   * {@code Architecture} that builds its network; empty for names of classes}
   */
  public String architecture() {
    return architecture;
  }

  /** {@return whether its files are ONNX models; otherwise they are checkpoints} */
  public boolean isOnnx() {
    return onnx;
  }

  /** {@return its files, one per network} */
  public List<PublishedFile> files() {
    return files;
  }

  /** {@return the file of a model with one network} */
  public PublishedFile file() {
    return files.get(0);
  }

  /** {@return the inputs of its networks, in the order of the files; empty if not stated} */
  public List<Input> inputs() {
    return inputs;
  }

  /** {@return the input of a model with one network} */
  public Input input() {
    return inputs.get(0);
  }

  /** {@return the number of dimensions of its embeddings; 0 if it is not an embedder} */
  public int embeddingSize() {
    return embeddingSize;
  }

  /** {@return the accuracy that its authors state, if any; the first if they state several} */
  public Optional<Accuracy> accuracy() {
    return accuracies.stream().findFirst();
  }

  /** {@return all that its authors state, such as WIDER FACE easy, medium and hard} */
  public List<Accuracy> accuracies() {
    return accuracies;
  }

  /** {@return the measured thresholds, if there are any} */
  public Optional<ModelCard.Thresholds> thresholds() {
    return thresholds;
  }

  /** {@return the data that it was trained on, as its authors state, if they do} */
  public Optional<String> trainedOn() {
    return trainedOn;
  }

  /** {@return its attribute of faces, such as {@code expression}, if it has one} */
  public Optional<String> attribute() {
    return attribute;
  }

  /**
   * {@return the label of each output number, in order; several may have the same label. Empty if
   * the model has no classes, or {@link #classNames} names them}
   */
  public List<String> classes() {
    return classes;
  }

  /**
   * {@return what its outputs mean, as the JSON of the entry's key {@code output}, such as {@code
   * "logits"} with its quotes, which is the default; {@code docs/models.md} describes it}
   */
  public String output() {
    return output;
  }

  /** {@return the id of the entry whose file names its classes, one per line, if there is one} */
  public Optional<String> classNames() {
    return classNames;
  }

  /**
   * {@return whether a hash is that of one of its files; false if no hash is published}
   *
   * @param sha256 a file's SHA-256 in lower-case hexadecimal
   */
  public boolean isPublishedAs(String sha256) {
    return files.stream().anyMatch(file -> file.isPublishedAs(sha256));
  }

  @Override
  public String toString() {
    return id;
  }

  /**
   * The accuracy that the authors of a model state; not measured here.
   *
   * @param benchmark the measure and the data
   * @param percent the result
   * @param source the publication
   */
  public record Accuracy(String benchmark, double percent, String source) {
    @Override
    public String toString() {
      return benchmark + " " + percent + " % (" + source + ")";
    }
  }
}
