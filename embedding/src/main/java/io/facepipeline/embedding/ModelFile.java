package io.facepipeline.embedding;

import io.facepipeline.FaceEmbedder;
import io.facepipeline.FacePipelineException;
import io.facepipeline.ModelCard;
import io.facepipeline.onnx.CardFile;
import io.facepipeline.onnx.CardMetadata;
import io.facepipeline.onnx.MalformedModelException;
import io.facepipeline.onnx.OnnxModel;
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
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * What a file of weights is, found out by reading it: its format, the architecture that its tensors
 * are of, and, by the file's SHA-256, whether it is one that the catalogue knows.
 *
 * <p>Facts that somebody measured or granted, such as thresholds, accuracy, licence and origin,
 * belong to a published file and to no other of the same architecture. A stranger's checkpoint is
 * called by the name of its file; its card says how the architecture is fed, and has no thresholds:
 * whoever compares its embeddings gives one.
 *
 * <p>An ONNX file is used with the card inside it, else with the one beside it ({@link CardFile}).
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
  private final @Nullable Backbone network;
  private final @Nullable ClassificationNetwork classes;
  private final @Nullable ModelCard card;
  private final boolean cardInside;

  private ModelFile(
      Path file, Checkpoint from, @Nullable Backbone network, @Nullable ClassificationNetwork c) {
    this.file = file;
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
    this.network = network;
    classes = c;
    card = network == null ? null : network.card(from);
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
    network = null;
    classes = null;
    cardInside = CardMetadata.isPresent(graph.metadata());
    card =
        cardInside
            ? CardMetadata.read(graph.metadata())
            : CardFile.beside(file)
                .map(CardFile::read)
                .map(beside -> beside.withSourceSha256(OnnxModel.sha256(file)))
                .orElse(null);
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
    Optional<Backbone> network =
        Backbone.published(checkpoint.sha256()).or(() -> Backbone.fitting(checkpoint));
    if (network.isPresent()) {
      return new ModelFile(checkpoint.file(), checkpoint, network.get(), null);
    }
    ClassificationNetwork classes =
        Arrays.stream(ClassificationNetwork.values())
            .filter(c -> c.fit(checkpoint).fits())
            .findFirst()
            .orElseThrow(() -> unknown(checkpoint));
    return new ModelFile(checkpoint.file(), checkpoint, null, classes);
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
    return network != null
        ? Optional.of(network.architecture())
        : classes != null
            ? Optional.of(classes.architecture())
            : Optional.ofNullable(card).map(ModelCard::architecture);
  }

  /** {@return the catalogue's entry of this very file, by its SHA-256} */
  public Optional<PublishedFile> publication() {
    return Stream.of(
            Optional.ofNullable(network).map(Backbone::file),
            Optional.ofNullable(classes).map(ClassificationNetwork::file))
        .flatMap(Optional::stream)
        .filter(entry -> entry.isPublishedAs(sha256))
        .findFirst();
  }

  /** {@return what the authors of a published file say of its accuracy, if they do} */
  public Optional<PublishedAccuracy> accuracy() {
    if (publication().isEmpty()) {
      return Optional.empty();
    }
    return network != null
        ? network.accuracy()
        : classes != null ? classes.accuracy() : Optional.empty();
  }

  /**
   * {@return the network for telling classes apart that a checkpoint's tensors are of; never one of
   * faces}
   */
  public Optional<ClassificationNetwork> classificationNetwork() {
    return Optional.ofNullable(classes);
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
   * @param options how to run it
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
    Optional<Backbone> published = Backbone.published(Checkpoint.sha256(file));
    return published.isPresent()
        ? published.get().load(file, options, kept)
        : read(file).embedder(options, kept);
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
        byte[] onnx = requireNetwork().convert(Checkpoint.read(file));
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
      OnnxFile.write(wrapped(given), out);
      return;
    }
    Backbone entry = requireNetwork();
    Checkpoint checkpoint = Checkpoint.read(file);
    ModelCard own = entry.card(checkpoint);
    if (given != null) {
      requireSameFeeding(own, given);
    }
    Graph graph = entry.graph(checkpoint, given == null ? own : given.withSourceSha256(sha256));
    OnnxFile.write(forCpu ? CpuForm.of(graph) : graph, out);
  }

  private Graph wrapped(@Nullable ModelCard given) {
    if (OnnxModel.hasExternalData(file)) {
      throw new MalformedModelException(
          file
              + ": the model keeps weights in other files, and what is written here must hold all"
              + " of them; save it as one file first, in Python onnx.save(onnx.load(\""
              + file.getFileName()
              + "\"), \"whole.onnx\", save_as_external_data=False)");
    }
    byte[] bytes = ModelFiles.read(file);
    Graph graph = ModelFiles.graph(file, bytes);
    ModelFiles.requireFinite(file, graph);
    if (cardInside) {
      if (given == null || card == null) {
        throw new MalformedModelException(
            file + ": the model carries its card already; it can be used as it is");
      }
      requireSameFeeding(card, given);
      return EmbeddingGraphs.withCard(graph, given.withSourceSha256(card.sourceSha256()));
    }
    ModelCard used = given == null ? card : given.withSourceSha256(OnnxModel.sha256(file));
    if (used == null) {
      throw new MalformedModelException(
          file
              + ": the model carries no card, so nobody knows how to feed it; write one as JSON"
              + " beside the file, named like it but with .card.json in place of .onnx, or give"
              + " one");
    }
    return EmbeddingGraphs.wrap(graph, used, file.toString());
  }

  /** A card may say who trained the weights and what was measured, but not how they are fed. */
  private void requireSameFeeding(ModelCard own, ModelCard given) {
    List<String> different = new ArrayList<>();
    if (given.embeddingSize() != own.embeddingSize()) {
      different.add("embedding size " + given.embeddingSize() + " for " + own.embeddingSize());
    }
    if (!given.crop().equals(own.crop())) {
      different.add("crop " + given.crop() + " for " + own.crop());
    }
    if (given.colorOrder() != own.colorOrder()) {
      different.add("color order " + given.colorOrder() + " for " + own.colorOrder());
    }
    if (!given.mean().equals(own.mean()) || !given.deviation().equals(own.deviation())) {
      different.add(
          "mean and deviation "
              + given.mean()
              + ", "
              + given.deviation()
              + " for "
              + own.mean()
              + ", "
              + own.deviation());
    }
    if (!different.isEmpty()) {
      throw new MalformedModelException(
          "the card of "
              + given.id()
              + " says "
              + String.join("; ", different)
              + ", which are those of "
              + file
              + "; correct the card");
    }
  }

  private Backbone requireNetwork() {
    if (network == null) {
      throw new MalformedModelException(
          file
              + ": the file holds "
              + architecture().orElse("no known network")
              + ", which tells classes apart and is no face embedder");
    }
    return network;
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

  /** What is to be said of a checkpoint that is of no architecture. */
  static MalformedModelException unknown(Checkpoint checkpoint) {
    List<Fit> fits =
        Stream.concat(
                Arrays.stream(Backbone.values()).map(b -> b.fit(checkpoint)),
                Arrays.stream(ClassificationNetwork.values()).map(c -> c.fit(checkpoint)))
            .toList();
    String hint =
        Fit.nearest(fits)
            .map(f -> "the nearest is " + f.architecture().architecture() + ": " + f.problem())
            .orElseGet(
                () ->
                    "known are "
                        + fits.stream()
                            .map(f -> f.architecture().architecture())
                            .distinct()
                            .collect(Collectors.joining(", ")));
    return new MalformedModelException(
        checkpoint.file() + ": the tensors are of no known architecture; " + hint);
  }
}
