package io.facepipeline.attributes;

import com.google.errorprone.annotations.CanIgnoreReturnValue;
import io.facepipeline.AlignedFace;
import io.facepipeline.AttributeScores;
import io.facepipeline.CropSpec;
import io.facepipeline.Face;
import io.facepipeline.FaceAligner;
import io.facepipeline.FaceAttribute;
import io.facepipeline.Image;
import io.facepipeline.ModelCard.ColorOrder;
import io.facepipeline.internal.SetOnce;
import io.facepipeline.onnx.MalformedModelException;
import io.facepipeline.onnx.OnnxOptions;
import io.facepipeline.onnx.catalog.CatalogEntry;
import io.facepipeline.onnx.catalog.CatalogEntry.Kind;
import io.facepipeline.onnx.catalog.CatalogEntry.Output;
import io.facepipeline.onnx.catalog.ModelCatalog;
import io.facepipeline.onnx.store.ModelStore;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * An attribute of faces from any ONNX networks, such as expression, age group or liveness. The
 * probabilities of several networks are averaged. Thread-safe; holds native memory until it is
 * closed.
 *
 * <pre>{@code
 * FaceAttribute.Card card =
 *     new FaceAttribute.Card(
 *         "age", "their-age-net",
 *         List.of(new CropSpec(112, 112, new CropSpec.Rule.ScaledBox(1.4f, true))),
 *         List.of("child", "adult", "old"), "MIT", "github.com/them/age-net");
 * FaceAttribute age =
 *     OnnxFaceAttribute.builder(card)
 *         .colorOrder(ColorOrder.BGR)
 *         .scaling(List.of(127.5f), List.of(127.5f))
 *         .load(Path.of("age.onnx"));
 * }</pre>
 */
public final class OnnxFaceAttribute implements FaceAttribute {
  private final FaceAttribute.Card card;
  private final List<Classes> networks;

  /** Which label each class of a network means; several may mean the same. */
  private final List<String> meanings;

  /**
   * Creates it.
   *
   * @param networks one for each crop of the card; closed with this
   */
  OnnxFaceAttribute(FaceAttribute.Card card, List<Classes> networks, List<String> meanings) {
    this.card = card;
    this.networks = List.copyOf(networks);
    this.meanings = List.copyOf(meanings);
  }

  /**
   * {@return a model of the catalog, with its files from the folders that the environment names}
   *
   * @param id the id, such as {@code expression-face-api}
   * @throws IllegalArgumentException if the catalog has no such attribute
   * @throws io.facepipeline.FacePipelineException as in {@link ModelStore#require}, or if a file is
   *     another network
   */
  public static FaceAttribute load(String id) {
    return load(id, ModelStore.fromEnvironment());
  }

  /**
   * {@return a model of the catalog}
   *
   * @param id the id, such as {@code expression-face-api}
   * @param store finds its files
   * @throws IllegalArgumentException if the catalog has no such attribute
   * @throws io.facepipeline.FacePipelineException as in {@link ModelStore#require}, or if a file is
   *     another network
   */
  public static FaceAttribute load(String id, ModelStore store) {
    return load(ModelCatalog.installed().require(Kind.FACE_ATTRIBUTE, id), store);
  }

  /**
   * {@return the model of an entry, for example from your own catalog}
   *
   * @param entry the entry
   * @param store finds its files
   * @throws IllegalArgumentException if it is not an attribute
   * @throws io.facepipeline.FacePipelineException as in {@link ModelStore#require}, or if a file is
   *     another network
   */
  public static FaceAttribute load(CatalogEntry entry, ModelStore store) {
    FaceAttribute.Card card = card(entry);
    List<Path> files = store.require(entry.files());
    List<Classes> opened = new ArrayList<>();
    try {
      for (int i = 0; i < files.size(); i++) {
        opened.add(
            Classes.open(
                files.get(i),
                InputSpec.of(entry.inputs().get(i)),
                entry.inputs().get(i).width(),
                entry.classes().size(),
                entry.output() == Output.LOGITS,
                OnnxOptions.defaults().withIntraOpThreads(1)));
      }
    } catch (RuntimeException e) {
      opened.forEach(Classes::close);
      throw e;
    }
    return new OnnxFaceAttribute(card, opened, entry.classes());
  }

  /**
   * {@return the model of an ONNX file that carries its card, as {@code train-network} writes it}
   *
   * @param model the file
   * @throws io.facepipeline.FacePipelineException if it cannot be read, or has no card of a
   *     classifier
   * @throws MalformedModelException if its card says that it looks at whole pictures: {@link
   *     ImageClassifier#load(Path)} loads those
   */
  public static FaceAttribute load(Path model) {
    Classes.Described opened =
        Classes.describing(model, OnnxOptions.defaults().withIntraOpThreads(1));
    if (opened.card().attribute().isEmpty()) {
      opened.network().close();
      throw new MalformedModelException(
          model
              + " tells what a whole picture shows, not an attribute of faces; run it as an image"
              + " classifier (the command classify-image)");
    }
    FaceAttribute.Card card = opened.card().ofFaces();
    return new OnnxFaceAttribute(card, List.of(opened.network()), card.labels());
  }

  private static FaceAttribute.Card card(CatalogEntry entry) {
    if (entry.kind() != Kind.FACE_ATTRIBUTE || !entry.isOnnx()) {
      throw new IllegalArgumentException(
          entry.id() + " is no " + Kind.FACE_ATTRIBUTE + " in ONNX files, but a " + entry.kind());
    }
    FaceAttribute.Card card =
        new FaceAttribute.Card(
            entry.attribute().orElseThrow(),
            entry.id(),
            entry.inputs().stream().map(CatalogEntry.Input::crop).toList(),
            entry.classes().stream().distinct().toList(),
            entry.file().license().name(),
            entry.file().origin());
    requireSquare(card);
    return card;
  }

  private static void requireSquare(FaceAttribute.Card card) {
    for (CropSpec crop : card.crops()) {
      if (crop.width() != crop.height()) {
        throw new IllegalArgumentException(
            card.id() + " needs square crops, got " + crop.width() + "x" + crop.height());
      }
    }
  }

  /**
   * {@return a builder}
   *
   * @param card the attribute, its labels and how faces are cut, one crop per network
   * @throws IllegalArgumentException if a crop is not square
   */
  public static Builder builder(FaceAttribute.Card card) {
    return new Builder(card);
  }

  @Override
  public FaceAttribute.Card card() {
    return card;
  }

  @Override
  public List<AttributeScores> classify(Image image, List<Face> faces, FaceAligner aligner) {
    return faces.stream().map(face -> classify(image, face, aligner)).toList();
  }

  private AttributeScores classify(Image image, Face face, FaceAligner aligner) {
    float[] sums = new float[card.labels().size()];
    for (int n = 0; n < networks.size(); n++) {
      AlignedFace crop = aligner.align(image, face, card.crops().get(n));
      float[] probabilities = networks.get(n).probabilities(crop.rgb());
      for (int c = 0; c < probabilities.length; c++) {
        sums[card.labels().indexOf(meanings.get(c))] += probabilities[c];
      }
    }
    List<AttributeScores.LabelScore> scores = new ArrayList<>();
    for (int i = 0; i < sums.length; i++) {
      scores.add(new AttributeScores.LabelScore(card.labels().get(i), sums[i] / networks.size()));
    }
    return new AttributeScores(card.attribute(), card.id(), scores);
  }

  @Override
  public void close() {
    networks.forEach(Classes::close);
  }

  @Override
  public String toString() {
    return card.id();
  }

  /**
   * Builds an attribute from ONNX files with the input [n, channels, side, side] and one output
   * number per class. Each setter refuses a second call. Not thread-safe.
   */
  public static final class Builder {
    private final FaceAttribute.Card card;
    private @Nullable ColorOrder order;
    private @Nullable List<Float> mean;
    private @Nullable List<Float> deviation;
    private @Nullable List<String> classes;
    private boolean probabilities;

    Builder(FaceAttribute.Card card) {
      this.card = card;
      requireSquare(card);
    }

    /**
     * Sets the color order of the input; the default is RGB.
     *
     * @param order the order; gray is 0.299 R + 0.587 G + 0.114 B
     * @return this
     * @throws IllegalStateException if it was set already
     */
    @CanIgnoreReturnValue
    public Builder colorOrder(ColorOrder order) {
      this.order = SetOnce.set("color order", this.order, order);
      return this;
    }

    /**
     * Sets how bytes become inputs, {@code (byte - mean) / deviation}; by default they stay 0 to
     * 255.
     *
     * @param mean one number, or one per channel
     * @param deviation one positive number, or one per channel
     * @return this
     * @throws IllegalStateException if it was set already
     * @throws IllegalArgumentException if a mean is not finite or a deviation not positive
     */
    @CanIgnoreReturnValue
    public Builder scaling(List<Float> mean, List<Float> deviation) {
      SetOnce.refuseSecond("scaling", this.mean);
      if (!mean.stream().allMatch(Float::isFinite)
          || !deviation.stream().allMatch(d -> d > 0 && Float.isFinite(d))) {
        throw new IllegalArgumentException(
            "a mean must be finite and a deviation positive, got " + mean + " and " + deviation);
      }
      this.mean = List.copyOf(mean);
      this.deviation = List.copyOf(deviation);
      return this;
    }

    /**
     * Sets the label of each output number; the default is the card's labels in order.
     * Probabilities with the same label are summed.
     *
     * @param labels a label of the card for each output number
     * @return this
     * @throws IllegalStateException if it was set already
     * @throws IllegalArgumentException if these are not the card's labels
     */
    @CanIgnoreReturnValue
    public Builder classes(List<String> labels) {
      SetOnce.refuseSecond("classes", classes);
      if (!new HashSet<>(labels).equals(new HashSet<>(card.labels()))) {
        throw new IllegalArgumentException(
            "the classes must use only the labels "
                + card.labels()
                + ", each at least once, got "
                + labels);
      }
      classes = List.copyOf(labels);
      return this;
    }

    /**
     * Declares that the outputs are probabilities; by default they are logits, and a softmax is
     * applied.
     *
     * @return this
     * @throws IllegalStateException if it was called already
     */
    @CanIgnoreReturnValue
    public Builder probabilities() {
      SetOnce.refuseSecond("output", probabilities ? "probabilities" : null);
      probabilities = true;
      return this;
    }

    /**
     * {@return the attribute}
     *
     * @param files the ONNX files, one for each of the card's crops
     * @throws IllegalArgumentException if the numbers of files and crops differ, or the scaling
     *     does not match the channels of the color order
     * @throws io.facepipeline.onnx.MalformedModelException if a file has other inputs or outputs
     * @throws io.facepipeline.FacePipelineException if a file cannot be read
     */
    public FaceAttribute load(Path... files) {
      if (files.length != card.crops().size()) {
        throw new IllegalArgumentException(
            card.id()
                + " cuts faces in "
                + card.crops().size()
                + " ways, got "
                + files.length
                + " files; give one for each");
      }
      ColorOrder planes = order != null ? order : ColorOrder.RGB;
      InputSpec input =
          mean == null || deviation == null
              ? InputSpec.raw(planes)
              : new InputSpec(
                  planes,
                  InputSpec.perPlane(mean, planes),
                  InputSpec.perPlane(deviation, planes),
                  false);
      List<String> meanings = classes != null ? classes : card.labels();
      List<Classes> opened = new ArrayList<>();
      try {
        for (int i = 0; i < files.length; i++) {
          int side = card.crops().get(i).width();
          OnnxOptions options = OnnxOptions.defaults().withIntraOpThreads(1);
          opened.add(Classes.open(files[i], input, side, meanings.size(), !probabilities, options));
        }
      } catch (RuntimeException e) {
        opened.forEach(Classes::close);
        throw e;
      }
      return new OnnxFaceAttribute(card, opened, meanings);
    }
  }
}
