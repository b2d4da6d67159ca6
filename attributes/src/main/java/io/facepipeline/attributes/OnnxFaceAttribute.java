package io.facepipeline.attributes;

import io.facepipeline.AlignedFace;
import io.facepipeline.CropSpec;
import io.facepipeline.Face;
import io.facepipeline.FaceAligner;
import io.facepipeline.FaceAttribute;
import io.facepipeline.FaceDetector;
import io.facepipeline.FaceRefiner;
import io.facepipeline.Image;
import io.facepipeline.ModelCard.CommercialUse;
import io.facepipeline.Point;
import io.facepipeline.internal.CropPoints;
import io.facepipeline.onnx.MalformedModelException;
import io.facepipeline.onnx.OnnxOptions;
import io.facepipeline.onnx.catalog.CatalogEntry;
import io.facepipeline.onnx.catalog.CatalogEntry.Kind;
import io.facepipeline.onnx.catalog.ModelCatalog;
import io.facepipeline.onnx.internal.AttributeEntries;
import io.facepipeline.onnx.internal.OutputSpec;
import io.facepipeline.onnx.store.ModelStore;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * An attribute of faces from ONNX networks and a card: expression, liveness, age, head pose, points
 * of the face, quality. The card is an entry of a catalog, JSON, which says how faces are cut and
 * scaled and what the outputs mean: classes, values, bins, a rotation matrix or points ({@code
 * docs/models.md}). The probabilities of several networks are averaged. Thread-safe; holds native
 * memory until it is closed.
 *
 * <pre>{@code
 * // age.onnx, and beside it age.model.json:
 * // {"id": "their-age", "kind": "face-attribute", "attribute": "age", "architecture": "AgeNet",
 * //  "format": "onnx", "files": [{"name": "age.onnx"}], "origin": "github.com/them/age",
 * //  "license": "MIT", "crop": {"width": 112, "height": 112, "rule": "scaled-box 1.4 square"},
 * //  "colorOrder": "BGR", "mean": [127.5], "deviation": [127.5],
 * //  "output": {"kind": "value", "unit": "years", "scale": 100}}
 * FaceAttribute age = OnnxFaceAttribute.load(Path.of("age.onnx"));
 * }</pre>
 */
public final class OnnxFaceAttribute implements FaceAttribute {
  /** Enough for networks as small as these; faces and photos run beside each other. */
  private static final OnnxOptions ONE_THREAD = OnnxOptions.defaults().withIntraOpThreads(1);

  private final FaceAttribute.Card card;
  private final List<Network> networks;
  private final OutputReader reader;

  /**
   * Creates it.
   *
   * @param networks one for each crop of the card; closed with this
   */
  private OnnxFaceAttribute(FaceAttribute.Card card, List<Network> networks, OutputReader reader) {
    this.card = card;
    this.networks = List.copyOf(networks);
    this.reader = reader;
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
    requireAttribute(entry);
    return open(entry, store.require(entry.files()));
  }

  /**
   * {@return the model of an ONNX file and its card: the one inside it, as {@code train-network}
   * writes it, or the entry beside it ({@code theirs.model.json} for {@code theirs.onnx}), or the
   * catalog's entry with its SHA-256}
   *
   * @param model the file; an entry of several files finds the others in its folder
   * @throws io.facepipeline.FacePipelineException if it cannot be read, or has no card
   * @throws MalformedModelException if its card says that it looks at whole pictures: {@link
   *     ImageClassifier#load(Path)} loads those
   */
  public static FaceAttribute load(Path model) {
    return load(model, ModelStore.fromEnvironment());
  }

  /**
   * {@return the model of an ONNX file and its card, as {@link #load(Path)} finds it}
   *
   * @param model the file
   * @param store refuses a file whose card does not allow commercial use, if it is for commercial
   *     use only
   * @throws io.facepipeline.FacePipelineException as in {@link #load(Path)}, or if the store
   *     refuses it
   */
  public static FaceAttribute load(Path model, ModelStore store) {
    Optional<CatalogEntry> described = AttributeEntries.of(model);
    store.requireCommercialUse(
        model.toString(),
        described.map(e -> e.file().license().commercialUse()).orElse(CommercialUse.UNSTATED));
    if (described.isPresent()) {
      CatalogEntry entry = described.get();
      requireAttribute(entry);
      Path folder = Optional.ofNullable(model.toAbsolutePath().getParent()).orElse(model);
      return entry.files().size() == 1
          ? open(entry, List.of(model))
          : load(entry, ModelStore.of(folder));
    }
    Classes.Described opened = Classes.describing(model, ONE_THREAD);
    if (opened.card().attribute().isEmpty()) {
      opened.network().close();
      throw new MalformedModelException(
          model
              + " tells what a whole picture shows, not an attribute of faces; run it as an image"
              + " classifier (the command classify-image)");
    }
    return new OnnxFaceAttribute(
        opened.card().ofFaces(), List.of(opened.network()), opened.reader());
  }

  private static void requireAttribute(CatalogEntry entry) {
    if (entry.kind() != Kind.FACE_ATTRIBUTE || !entry.isOnnx()) {
      throw new IllegalArgumentException(
          entry.id() + " is no " + Kind.FACE_ATTRIBUTE + " in ONNX files, but a " + entry.kind());
    }
  }

  /** The model of an entry with these files, whatever their hashes. */
  static FaceAttribute open(CatalogEntry entry, List<Path> files) {
    String attribute = entry.attribute().orElseThrow();
    OutputReader reader =
        new OutputReader(OutputSpec.parse(entry.output(), attribute), entry.classes());
    FaceAttribute.Card card =
        new FaceAttribute.Card(
            attribute,
            entry.id(),
            entry.inputs().stream().map(CatalogEntry.Input::crop).toList(),
            reader.labels(),
            reader.values(),
            reader.unit(),
            reader.points(),
            entry.file().license().name(),
            entry.file().origin());
    List<Network> opened = new ArrayList<>();
    try {
      for (int i = 0; i < files.size(); i++) {
        CatalogEntry.Input input = entry.inputs().get(i);
        Network network =
            Network.open(
                files.get(i), InputSpec.of(input), input.width(), input.height(), ONE_THREAD);
        opened.add(network);
        reader.requireFit(files.get(i), network.trial());
      }
    } catch (RuntimeException e) {
      opened.forEach(Network::close);
      throw e;
    }
    return new OnnxFaceAttribute(card, opened, reader);
  }

  /**
   * {@return a detector that takes the landmarks of its faces from a model of points, such as
   * {@code landmarks-106-insightface}. It is a {@link FaceRefiner} if the given one is, and a
   * {@link io.facepipeline.LandmarkFinder}}
   *
   * @param detector finds the faces; closed with the returned one
   * @param points the model of points; closed with the returned one
   * @throws IllegalArgumentException if the model finds no points, its card does not say which of
   *     them are the five landmarks, or it cuts faces by their landmarks; nothing is closed then
   */
  public static FaceDetector refining(FaceDetector detector, FaceAttribute points) {
    if (!(points instanceof OnnxFaceAttribute model) || model.reader.five().isEmpty()) {
      throw new IllegalArgumentException(
          points.card().id()
              + " does not tell the five landmarks; use a model of points whose card names them");
    }
    CropSpec crop = model.card.crops().get(0);
    if (!CropPoints.isByBox(crop)) {
      throw new IllegalArgumentException(
          model + " cuts faces by their landmarks (" + crop + "), so it cannot find them");
    }
    return detector instanceof FaceRefiner refiner
        ? new RefinedDetector.Following(detector, refiner, points, model.reader.five())
        : new RefinedDetector(detector, points, model.reader.five());
  }

  @Override
  public FaceAttribute.Card card() {
    return card;
  }

  @Override
  public List<FaceAttribute.Scores> classify(Image image, List<Face> faces, FaceAligner aligner) {
    return faces.stream().map(face -> classify(image, face, aligner)).toList();
  }

  private FaceAttribute.Scores classify(Image image, Face face, FaceAligner aligner) {
    if (reader.tellsLabels()) {
      return labels(image, face, aligner);
    }
    CropSpec crop = card.crops().get(0);
    Map<String, float[]> outputs = run(0, image, face, aligner);
    List<Point> points = reader.points(outputs, crop.width(), crop.height());
    return new FaceAttribute.Scores(
        card.attribute(),
        card.id(),
        List.of(),
        reader.measured(outputs),
        card.unit(),
        points.isEmpty() ? points : CropPoints.inPhoto(image, face, crop, points));
  }

  private FaceAttribute.Scores labels(Image image, Face face, FaceAligner aligner) {
    float[] sums = new float[card.labels().size()];
    for (int n = 0; n < networks.size(); n++) {
      float[] probabilities = reader.labelProbabilities(run(n, image, face, aligner));
      for (int i = 0; i < sums.length; i++) {
        sums[i] += probabilities[i];
      }
    }
    List<FaceAttribute.LabelScore> scores = new ArrayList<>();
    for (int i = 0; i < sums.length; i++) {
      scores.add(new FaceAttribute.LabelScore(card.labels().get(i), sums[i] / networks.size()));
    }
    return new FaceAttribute.Scores(card.attribute(), card.id(), scores);
  }

  private Map<String, float[]> run(int network, Image image, Face face, FaceAligner aligner) {
    AlignedFace crop = aligner.align(image, face, card.crops().get(network));
    return networks.get(network).run(crop.rgb());
  }

  @Override
  public void close() {
    networks.forEach(Network::close);
  }

  @Override
  public String toString() {
    return card.id();
  }
}
