package io.facepipeline.embedding;

import io.facepipeline.AlignedFace;
import io.facepipeline.CropSpec;
import io.facepipeline.FaceEmbedder;
import io.facepipeline.FacePipelineException;
import io.facepipeline.ModelCard;
import io.facepipeline.embedding.internal.CardedNetwork;
import io.facepipeline.embedding.internal.CheckpointModel;
import io.facepipeline.embedding.internal.EntryCards;
import io.facepipeline.embedding.internal.Int8Form;
import io.facepipeline.embedding.internal.KnownModels;
import io.facepipeline.embedding.internal.ModelFiles;
import io.facepipeline.embedding.internal.OnnxConversion;
import io.facepipeline.onnx.MalformedModelException;
import io.facepipeline.onnx.catalog.CatalogEntry;
import io.facepipeline.onnx.checkpoint.Checkpoint;
import io.facepipeline.onnx.checkpoint.Tensor;
import io.facepipeline.onnx.graph.Graph;
import io.facepipeline.onnx.graph.Weights;
import io.facepipeline.onnx.graph.proto.OnnxFile;
import io.facepipeline.onnx.internal.CardMetadata;
import io.facepipeline.onnx.internal.CatalogBeside;
import io.facepipeline.onnx.store.ModelStore;
import io.facepipeline.onnx.store.PublishedFile;
import java.io.IOException;
import java.nio.channels.WritableByteChannel;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * Inspects a file of weights: its format, the architecture of its tensors, and, by its SHA-256,
 * whether the catalog has it.
 *
 * <p>Thresholds, accuracy, license and origin belong to one published file, and not to other files
 * of the same architecture. An unknown checkpoint is named after its file. Its card describes the
 * input of the architecture and has no thresholds: set one to compare its embeddings.
 *
 * <p>An ONNX file uses the card inside it, else the one beside it ({@link
 * io.facepipeline.onnx.internal.CardFile}), else the catalog's facts for its hash.
 *
 * <p>A catalog beside the file ({@code theirs.model.json} for {@code theirs.pth}, see {@link
 * io.facepipeline.onnx.catalog.ModelCatalog}) takes precedence over the installed ones.
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
   * Inspects a file.
   *
   * @param file a checkpoint in any of the formats of {@link Checkpoint}, or an ONNX file
   * @throws io.facepipeline.FacePipelineException if it cannot be read, or is neither
   * @throws MalformedModelException if it is a checkpoint of an unknown architecture; the message
   *     names the nearest one and the first tensor that differs
   */
  public static ModelFile read(Path file) {
    if (isOnnx(file)) {
      byte[] bytes = ModelFiles.read(file);
      return new ModelFile(file, ModelFiles.sha256(bytes), ModelFiles.graph(file, bytes));
    }
    return of(Checkpoint.read(file));
  }

  /**
   * Inspects a checkpoint.
   *
   * @param checkpoint the checkpoint
   * @throws MalformedModelException as in {@link #read}
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

  /** {@return where in the file the weights were found, as in {@link Checkpoint#place}} */
  public String place() {
    return place;
  }

  /** {@return the number of tensors} */
  public int tensors() {
    return tensors;
  }

  /** {@return the number of weights, without those only for training} */
  public long parameters() {
    return parameters;
  }

  /** {@return the architecture's name, if the tensors or the card tell it} */
  public Optional<String> architecture() {
    return format.equals(ONNX)
        ? Optional.ofNullable(card).map(ModelCard::architecture)
        : Optional.ofNullable(entry).map(CatalogEntry::architecture);
  }

  /** {@return the published file with its SHA-256, if the catalog has it} */
  public Optional<PublishedFile> publication() {
    return published().map(CatalogEntry::file);
  }

  private Optional<CatalogEntry> published() {
    return Optional.ofNullable(entry).filter(e -> e.isPublishedAs(sha256));
  }

  /** {@return the accuracy that the authors of a published file state, if any} */
  public Optional<CatalogEntry.Accuracy> accuracy() {
    return published().flatMap(CatalogEntry::accuracy);
  }

  /** {@return the image classifier with the checkpoint's tensors; never a face embedder} */
  public Optional<CatalogEntry> imageClassifier() {
    return Optional.ofNullable(entry).filter(e -> !isEmbedder(e));
  }

  private static boolean isEmbedder(CatalogEntry entry) {
    return entry.kind() == CatalogEntry.Kind.FACE_EMBEDDER;
  }

  /** {@return the card of the file as an embedder, if it can be one} */
  public Optional<ModelCard> card() {
    return Optional.ofNullable(card);
  }

  /**
   * {@return whether the card is inside the file, as in the ONNX files that this library writes}
   */
  public boolean isCardInside() {
    return cardInside;
  }

  /**
   * {@return an embedder with these weights}
   *
   * @param options how it runs
   * @throws MalformedModelException if the file is not an embedder, or its weights are unusable:
   *     not finite, or with the same embedding for every face
   */
  public FaceEmbedder embedder(EmbedderOptions options) {
    return embedder(options, ModelStore.fromEnvironment());
  }

  /**
   * {@return an embedder with these weights}
   *
   * @param options how to run it
   * @param store caches the converted model
   * @throws MalformedModelException as in {@link #embedder(EmbedderOptions)}
   * @throws io.facepipeline.onnx.store.ModelStoreException if the store is for commercial use only,
   *     and the card does not say that it is allowed
   */
  public FaceEmbedder embedder(EmbedderOptions options, ModelStore store) {
    if (card != null) {
      requireCommercialUse(file, card, store);
    }
    if (format.equals(ONNX)) {
      return OnnxFaceEmbedder.load(file, options);
    }
    return ConvertedCheckpoint.load(requireNetwork(), file, options, store.converted());
  }

  private static void requireCommercialUse(Path file, ModelCard card, ModelStore store) {
    store.requireCommercialUse(file + " (" + card.id() + ")", card.commercialUse());
  }

  /**
   * {@return an embedder with the weights of a file, like {@link #read} and {@link #embedder}, but
   * without reading the tensors of an already converted file}
   *
   * @param file a checkpoint or an ONNX file
   * @param options how to run it
   * @param store caches the converted model
   * @throws io.facepipeline.FacePipelineException as in {@link #read} and {@link #embedder}
   */
  public static FaceEmbedder embedder(Path file, EmbedderOptions options, ModelStore store) {
    if (isOnnx(file)) {
      FaceEmbedder embedder = OnnxFaceEmbedder.load(file, options);
      try {
        requireCommercialUse(file, embedder.card(), store);
        return embedder;
      } catch (RuntimeException e) {
        embedder.close();
        throw e;
      }
    }
    Optional<CatalogEntry> published = KnownModels.near(file).published(Checkpoint.sha256(file));
    if (published.isEmpty()) {
      return read(file).embedder(options, store);
    }
    CatalogEntry known = published.get();
    store.requireCommercialUse(
        file + " (" + known.id() + ")", known.file().license().commercialUse());
    return ConvertedCheckpoint.load(CheckpointModel.of(known), file, options, store.converted());
  }

  /**
   * {@return the card of a model that {@link #convert} wrote}
   *
   * @param converted the ONNX file
   * @throws MalformedModelException if it is unusable; the message names this file
   */
  public ModelCard requireSound(Path converted) {
    try (OnnxFaceEmbedder embedder =
        OnnxFaceEmbedder.ofModel(converted, file.toString(), EmbedderOptions.defaults())) {
      return embedder.card();
    }
  }

  /** {@return why the file cannot be used as an embedder, if it cannot; loads it to find out} */
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
   * inside. The result is a single file, also of an ONNX model that keeps weights in other files.
   *
   * @param given the card to put inside; null for that of {@link #card}
   * @param forCpu whether to rewrite a checkpoint's graph for CPUs; an ONNX file's graph is not
   *     rewritten
   * @param out the target; left open
   * @throws IOException if it cannot be written
   * @throws MalformedModelException if the file is not an embedder, has no card and none is given,
   *     the card does not fit, a file with weights is missing, too short or outside the model's
   *     folder, or the result reaches the 2 GiB that Protocol Buffers allows
   */
  public void convert(@Nullable ModelCard given, boolean forCpu, WritableByteChannel out)
      throws IOException {
    if (format.equals(ONNX)) {
      OnnxFile.write(OnnxConversion.graph(file, card, given), out);
    } else {
      CheckpointModel.write(ofCheckpoint(given), forCpu, out);
    }
  }

  private Graph ofCheckpoint(@Nullable ModelCard given) {
    CheckpointModel model = requireNetwork();
    Checkpoint checkpoint = Checkpoint.read(file);
    ModelCard own = model.card(checkpoint);
    if (given != null) {
      OnnxConversion.requireSameFeeding(file, own, given);
    }
    ModelCard inside = given == null ? own : given.withSourceSha256(sha256);
    return model.graph(checkpoint, inside);
  }

  /**
   * Writes the self-describing int8 model of the file, for CPUs: as {@link #convert} does, in bytes
   * ({@link EmbedderOptions#withInt8}). The card's id ends with {@code -int8}, and its hash stays
   * that of the float model's file. Such a file runs in int8 wherever it is loaded.
   *
   * @param given the card to put inside; null for that of {@link #card}
   * @param calibration faces, cut as the card says; empty for 32 faces of the sample album
   * @param out the target; left open
   * @return the time of a run as a share of the float model's, on this machine
   * @throws IOException if it cannot be written
   * @throws IllegalArgumentException if a crop is cut otherwise
   * @throws MalformedModelException as in {@link #convert}, or if the model cannot be quantized
   */
  public double quantize(
      @Nullable ModelCard given, List<AlignedFace> calibration, WritableByteChannel out)
      throws IOException {
    Graph floats =
        format.equals(ONNX) ? OnnxConversion.described(file, card, given) : ofCheckpoint(given);
    CropSpec crop = CardMetadata.read(floats.metadata()).crop();
    List<AlignedFace> crops = Int8Models.crops(calibration, crop, file.toString());
    Graph bytes = Int8Form.measured(floats, crops, file.toString());
    OnnxFile.write(Int8Form.withoutTime(bytes), out);
    return Int8Form.share(bytes.metadata());
  }

  /**
   * Writes the self-describing ONNX model of weights outside the catalog: raw crops in, unit
   * vectors out, the card inside.
   *
   * @param checkpoint the weights
   * @param card the card; its architecture and embedding size must be those of the weights
   * @param forCpu whether to rewrite the graph for CPUs
   * @param out the target; left open
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
   * {@return the name of a file without its suffixes, such as {@code theirs} for {@code
   * theirs.pth.tar}, which names an unknown model}
   *
   * @param file the file
   */
  public static String nameOf(Path file) {
    return CatalogBeside.nameOf(file);
  }
}
