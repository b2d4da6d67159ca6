package io.facepipeline.onnx.catalog;

import io.facepipeline.CropRule;
import io.facepipeline.CropSpec;
import io.facepipeline.ModelCard;
import io.facepipeline.onnx.store.PublishedFile;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * What is known of one model: its files, who published them on which terms, how it is fed, and what
 * was measured. {@link ModelCatalog} reads entries from JSON. Immutable.
 */
public final class CatalogEntry {
  /** What a model is for. */
  public enum Kind {
    /** Finds faces. */
    FACE_DETECTOR("face-detector"),
    /** Turns a face into an embedding. */
    FACE_EMBEDDER("face-embedder"),
    /** Tells what is in a picture. */
    IMAGE_CLASSIFIER("image-classifier"),
    /** Tells something about a face, such as its expression. */
    FACE_ATTRIBUTE("face-attribute"),
    /** No model: the names of classes, a line each. */
    CLASS_NAMES("class-names");

    private final String text;

    Kind(String text) {
      this.text = text;
    }

    /** {@return how catalogs write it, such as {@code face-embedder}} */
    @Override
    public String toString() {
      return text;
    }
  }

  /** How the numbers that a network gives for classes are to be read. */
  public enum Output {
    /** Probabilities. */
    PROBABILITIES,
    /** Numbers whose softmax are probabilities. */
    LOGITS
  }

  /**
   * What a network is fed with.
   *
   * @param width of its images in pixels
   * @param height of its images in pixels
   * @param rule how they are cut around a face; null where they are whole pictures
   * @param colorOrder the order of the channels
   * @param mean what is subtracted from a byte value 0..255, one for all channels or one each
   * @param deviation what the difference is divided by, likewise
   */
  public record Input(
      int width,
      int height,
      @Nullable CropRule rule,
      ModelCard.ColorOrder colorOrder,
      List<Float> mean,
      List<Float> deviation) {
    /** Creates a description. */
    public Input {
      mean = List.copyOf(mean);
      deviation = List.copyOf(deviation);
    }

    /**
     * {@return how faces are cut}
     *
     * @throws IllegalStateException if the images are whole pictures
     */
    public CropSpec crop() {
      if (rule == null) {
        throw new IllegalStateException("the network is fed with whole pictures, not with faces");
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
  private final Optional<PublishedAccuracy> accuracy;
  private final Optional<ModelCard.Thresholds> thresholds;
  private final Optional<String> attribute;
  private final List<String> classes;
  private final Output output;
  private final Optional<String> classNames;

  CatalogEntry(EntryReader read) {
    id = read.id();
    kind = read.kind();
    architecture = read.architecture();
    onnx = read.isOnnx();
    files = read.files();
    inputs = read.inputs();
    embeddingSize = read.embeddingSize();
    accuracy = read.accuracy();
    thresholds = read.thresholds();
    attribute = read.attribute();
    classes = read.classes();
    output = read.output();
    classNames = read.classNames();
  }

  /** {@return the id it is asked for by, such as {@code mobilefacenet-foamliu}} */
  public String id() {
    return id;
  }

  /** {@return what it is for} */
  public Kind kind() {
    return kind;
  }

  /**
   * {@return the architecture's name, such as {@code IR-50}; of a checkpoint the name under which
   * the code that builds its network is found; empty for names of classes}
   */
  public String architecture() {
    return architecture;
  }

  /** {@return whether its files are ONNX models, else they are checkpoints} */
  public boolean isOnnx() {
    return onnx;
  }

  /** {@return its files, one for each of its networks} */
  public List<PublishedFile> files() {
    return files;
  }

  /** {@return its file, of a model that has one network} */
  public PublishedFile file() {
    return files.get(0);
  }

  /** {@return what its networks are fed with, in the order of the files; empty where not stated} */
  public List<Input> inputs() {
    return inputs;
  }

  /** {@return what its network is fed with, of a model that has one and states it} */
  public Input input() {
    return inputs.get(0);
  }

  /** {@return the number of dimensions of its embeddings; 0 for what is no embedder} */
  public int embeddingSize() {
    return embeddingSize;
  }

  /** {@return what its authors say of its accuracy, if they do} */
  public Optional<PublishedAccuracy> accuracy() {
    return accuracy;
  }

  /** {@return the measured thresholds, if somebody has measured them} */
  public Optional<ModelCard.Thresholds> thresholds() {
    return thresholds;
  }

  /** {@return what it tells about faces, such as {@code expression}, if it does} */
  public Optional<String> attribute() {
    return attribute;
  }

  /**
   * {@return what each number that its network gives means, in their order; several may mean the
   * same. Empty where the model has none, or where {@link #classNames} says them}
   */
  public List<String> classes() {
    return classes;
  }

  /** {@return how the numbers that its network gives for classes are to be read} */
  public Output output() {
    return output;
  }

  /** {@return the id of the entry whose file names its classes, a line each, if there is one} */
  public Optional<String> classNames() {
    return classNames;
  }

  /**
   * {@return whether a file of this hash is one of its files; never where no hash is published}
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
}
