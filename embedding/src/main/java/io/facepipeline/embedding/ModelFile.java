package io.facepipeline.embedding;

import io.facepipeline.FaceEmbedder;
import io.facepipeline.FacePipelineException;
import io.facepipeline.ModelCard;
import io.facepipeline.onnx.CardMetadata;
import io.facepipeline.onnx.MalformedModelException;
import io.facepipeline.onnx.catalog.CatalogEntry;
import io.facepipeline.onnx.catalog.PublishedAccuracy;
import io.facepipeline.onnx.checkpoint.Checkpoint;
import io.facepipeline.onnx.checkpoint.Tensor;
import io.facepipeline.onnx.graph.Graph;
import io.facepipeline.onnx.graph.Weights;
import io.facepipeline.onnx.graph.proto.OnnxFile;
import io.facepipeline.onnx.store.ConvertedModels;
import io.facepipeline.onnx.store.ModelStore;
import io.facepipeline.onnx.store.PublishedFile;
import java.io.IOException;
import java.nio.channels.WritableByteChannel;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * What a file of weights is, found out by reading it: its format, the architecture that its tensors
 * are of, and, by the file's SHA-256, whether it is one that the catalog knows.
 *
 * <p>Facts that somebody measured or granted, such as thresholds, accuracy, licence and origin,
 * belong to a published file and to no other of the same architecture. A stranger's checkpoint is
 * called by the name of its file; its card says how the architecture is fed, and has no thresholds:
 * whoever compares its embeddings gives one.
 *
 * <p>An ONNX file is used with the card inside it, else with the one beside it ({@link
 * io.facepipeline.onnx.CardFile}), else with what the catalog says of a file of its hash.
 *
 * <p>What is known of a file need not be in the library: a catalog beside it ({@code
 * theirs.model.json} for {@code theirs.pth}, see {@link io.facepipeline.onnx.catalog.ModelCatalog})
 * goes before the installed ones.
 *
 * <p>Immutable; it holds no weights.
 */
public final class ModelFile {
  private static final String ONNX = "onnx";

  private final Path file;
  private final String sha256;
  private final String format;
  private final String place;
  private final int tensors;
  private final long parameters;
  private final @Nullable CatalogEntry entry;
  private final @Nullable ModelCard card;
  private final boolean cardInside;

  private ModelFile(Checkpoint from, CatalogEntry entry) {
    file = from.file();
    sha256 = from.sha256();
    format = from.format();
    place = from.place();
    tensors = from.tensors().size();
    parameters =
        from.tensors().entrySet().stream()
            .filter(e -> !from.isForTraining(e.getKey()))
            .map(Map.Entry::getValue)
            .mapToLong(Tensor::size)
            .sum();
    this.entry = entry;
    card = isEmbedder(entry) ? CheckpointModel.of(entry).card(from) : null;
    cardInside = false;
  }

  private ModelFile(Path file, String sha256, Graph graph) {
    this.file = file;
    this.sha256 = sha256;
    format = ONNX;
    place = "";
    tensors = graph.initializers().size();
    parameters =
        graph.initializers().values().stream()
            .mapToLong(t -> t instanceof Weights w ? w.size() : 0)
            .sum();
    entry = KnownModels.near(file).published(sha256).orElse(null);
    cardInside = CardMetadata.isPresent(graph.metadata());
    card = cardInside ? CardMetadata.read(graph.metadata()) : EntryCards.ofOnnx(file).orElse(null);
  }

  /**
   * Finds out what a file is.
   *
   * @param file a checkpoint in any of the formats of {@link Checkpoint}, or an ONNX file
   * @throws io.facepipeline.FacePipelineException if it cannot be read, or is neither
   * @throws MalformedModelException if it is a checkpoint of no architecture that the library
   *     knows; the message names the nearest, and the first tensor that tells them apart
   */
  public static ModelFile read(Path file) {
    if (isOnnx(file)) {
      byte[] bytes = ModelFiles.read(file);
      return new ModelFile(file, ModelFiles.sha256(bytes), ModelFiles.graph(file, bytes));
    }
    return of(Checkpoint.read(file));
  }

  /**
   * Finds out what a checkpoint is.
   *
   * @param checkpoint the checkpoint
   * @throws MalformedModelException as {@link #read} says
   */
  public static ModelFile of(Checkpoint checkpoint) {
    return new ModelFile(checkpoint, KnownModels.near(checkpoint.file()).identify(checkpoint));
  }

  /**
   * {@return whether a file's content looks like ONNX, whatever its name}
   *
   * @param file the file
   */
  public static boolean isOnnx(Path file) {
    return ModelFiles.looksLikeOnnx(file);
  }

  /** {@return the file} */
  public Path file() {
    return file;
  }

  /** {@return the SHA-256 of the file in lower-case hexadecimal} */
  public String sha256() {
    return sha256;
  }

  /** {@return the format: one of those of {@link Checkpoint#format}, or {@code onnx}} */
  public String format() {
    return format;
  }

  /** {@return where in the file the weights were found, as {@link Checkpoint#place} says} */
  public String place() {
    return place;
  }

  /** {@return the number of tensors} */
  public int tensors() {
    return tensors;
  }

  /** {@return the number of weights, without what only training needs} */
  public long parameters() {
    return parameters;
  }

  /** {@return the architecture's name, if the file's tensors or its card tell} */
  public Optional<String> architecture() {
    return format.equals(ONNX)
        ? Optional.ofNullable(card).map(ModelCard::architecture)
        : Optional.ofNullable(entry).map(CatalogEntry::architecture);
  }

  /** {@return the catalog's entry of this very file, by its SHA-256} */
  public Optional<PublishedFile> publication() {
    return published().map(CatalogEntry::file);
  }

  private Optional<CatalogEntry> published() {
    return Optional.ofNullable(entry).filter(e -> e.isPublishedAs(sha256));
  }

  /** {@return what the authors of a published file say of its accuracy, if they do} */
  public Optional<PublishedAccuracy> accuracy() {
    return published().flatMap(CatalogEntry::accuracy);
  }

  /**
   * {@return the network for telling classes apart that a checkpoint's tensors are of; never one of
   * faces}
   */
  public Optional<ClassificationNetwork> classificationNetwork() {
    return Optional.ofNullable(entry).filter(e -> !isEmbedder(e)).map(ClassificationNetwork::of);
  }

  private static boolean isEmbedder(CatalogEntry entry) {
    return entry.kind() == CatalogEntry.Kind.FACE_EMBEDDER;
  }

  /** {@return the card that the file is used with as an embedder, if it can be} */
  public Optional<ModelCard> card() {
    return Optional.ofNullable(card);
  }

  /**
   * {@return whether the card is inside the file, as it is in the ONNX files this library writes}
   */
  public boolean isCardInside() {
    return cardInside;
  }

  /**
   * {@return an embedder with these weights}
   *
   * @param options how it runs
   * @throws MalformedModelException if the file is no embedder, or its weights are not fit for use:
   *     not finite, or giving every face the same embedding
   */
  public FaceEmbedder embedder(EmbedderOptions options) {
    return embedder(options, ModelStore.fromEnvironment().converted());
  }

  /**
   * {@return an embedder with these weights}
   *
   * @param options how to run it
   * @param kept where the model that a checkpoint is converted to is kept
   * @throws MalformedModelException as {@link #embedder(EmbedderOptions)} says
   */
  public FaceEmbedder embedder(EmbedderOptions options, ConvertedModels kept) {
    if (format.equals(ONNX)) {
      return OnnxFaceEmbedder.load(file, options);
    }
    return requireNetwork().load(file, options, kept);
  }

  /**
   * {@return an embedder with the weights of a file, as {@link #read} and {@link #embedder} give
   * it, without reading the tensors of one that was converted before}
   *
   * @param file a checkpoint or an ONNX file
   * @param options how to run it
   * @param kept where the model that a checkpoint is converted to is kept
   * @throws io.facepipeline.FacePipelineException as {@link #read} and {@link #embedder} say
   */
  public static FaceEmbedder embedder(Path file, EmbedderOptions options, ConvertedModels kept) {
    if (isOnnx(file)) {
      return OnnxFaceEmbedder.load(file, options);
    }
    return KnownModels.near(file)
        .published(Checkpoint.sha256(file))
        .map(entry -> CheckpointModel.of(entry).load(file, options, kept))
        .orElseGet(() -> read(file).embedder(options, kept));
  }

  /**
   * {@return the card of a model that {@link #convert} has written}
   *
   * @param converted the ONNX file
   * @throws MalformedModelException if it is not fit for use, calling it by the name of this file
   */
  public ModelCard requireSound(Path converted) {
    try (OnnxFaceEmbedder embedder =
        OnnxFaceEmbedder.ofModel(converted, file.toString(), EmbedderOptions.defaults())) {
      return embedder.card();
    }
  }

  /** {@return why the file cannot be used as an embedder, if it cannot; found out by loading it} */
  public Optional<String> problem() {
    try {
      if (format.equals(ONNX)) {
        OnnxFaceEmbedder.load(file, EmbedderOptions.defaults()).close();
      } else {
        byte[] onnx = OnnxFile.write(requireNetwork().graph(Checkpoint.read(file)));
        OnnxFaceEmbedder.ofModel(onnx, file.toString(), EmbedderOptions.defaults()).close();
      }
      return Optional.empty();
    } catch (FacePipelineException e) {
      return Optional.of(String.valueOf(e.getMessage()));
    }
  }

  /**
   * Writes the self-describing ONNX model of the file: raw crops in, unit vectors out, the card
   * inside.
   *
   * @param given the card to put inside; null for that of {@link #card}
   * @param forCpu whether a checkpoint's graph is rewritten to run fast on a CPU; an ONNX file's is
   *     left as its authors made it
   * @param out where to; left open
   * @throws IOException if it cannot be written
   * @throws MalformedModelException if the file is no embedder, has no card and none is given, or
   *     the card does not fit
   */
  public void convert(@Nullable ModelCard given, boolean forCpu, WritableByteChannel out)
      throws IOException {
    if (format.equals(ONNX)) {
      OnnxFile.write(OnnxConversion.graph(file, card, given), out);
      return;
    }
    CheckpointModel model = requireNetwork();
    Checkpoint checkpoint = Checkpoint.read(file);
    ModelCard own = model.card(checkpoint);
    if (given != null) {
      OnnxConversion.requireSameFeeding(file, own, given);
    }
    ModelCard inside = given == null ? own : given.withSourceSha256(sha256);
    CheckpointModel.write(model.graph(checkpoint, inside), forCpu, out);
  }

  /**
   * Writes the self-describing ONNX model of weights that are in no catalog: raw crops in, unit
   * vectors out, the card inside.
   *
   * @param checkpoint the weights
   * @param card what they were trained on, and as what; its architecture must be that of the
   *     weights, and so its embedding size
   * @param forCpu whether the graph is rewritten to run fast on a CPU
   * @param out where to; left open
   * @throws IOException if it cannot be written
   * @throws MalformedModelException if the tensors are of another architecture or the card does not
   *     fit
   */
  public static void convert(
      Checkpoint checkpoint, ModelCard card, boolean forCpu, WritableByteChannel out)
      throws IOException {
    CheckpointModel.write(CardedNetwork.graph(checkpoint, card), forCpu, out);
  }

  private CheckpointModel requireNetwork() {
    if (entry == null || !isEmbedder(entry)) {
      throw new MalformedModelException(
          file
              + ": the file holds "
              + architecture().orElse("no known network")
              + ", which is an image classifier and not a face embedder");
    }
    return CheckpointModel.of(entry);
  }

  /**
   * {@return the name of a file without what says its format, as {@code theirs} of {@code
   * theirs.pth.tar}: what a stranger's model is called}
   *
   * @param file the file
   */
  public static String nameOf(Path file) {
    String name = String.valueOf(file.getFileName());
    String lower = name.toLowerCase(Locale.ROOT);
    for (String ending : List.of(".pth.tar", ".pt.tar")) {
      if (lower.endsWith(ending) && name.length() > ending.length()) {
        return name.substring(0, name.length() - ending.length());
      }
    }
    int dot = name.lastIndexOf('.');
    return dot <= 0 ? name : name.substring(0, dot);
  }
}
