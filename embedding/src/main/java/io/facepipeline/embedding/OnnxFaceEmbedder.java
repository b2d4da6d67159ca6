package io.facepipeline.embedding;

import io.facepipeline.AlignedFace;
import io.facepipeline.CropSpec;
import io.facepipeline.Embedding;
import io.facepipeline.FaceEmbedder;
import io.facepipeline.ModelCard;
import io.facepipeline.embedding.internal.CardedNetwork;
import io.facepipeline.embedding.internal.CpuForm;
import io.facepipeline.embedding.internal.CropPlanes;
import io.facepipeline.embedding.internal.EmbeddingGraphs;
import io.facepipeline.embedding.internal.EntryCards;
import io.facepipeline.embedding.internal.Int8Form;
import io.facepipeline.embedding.internal.ModelFiles;
import io.facepipeline.internal.Workers;
import io.facepipeline.onnx.MalformedModelException;
import io.facepipeline.onnx.OnnxModel;
import io.facepipeline.onnx.OnnxOptions;
import io.facepipeline.onnx.catalog.CatalogEntry;
import io.facepipeline.onnx.checkpoint.Checkpoint;
import io.facepipeline.onnx.graph.Graph;
import io.facepipeline.onnx.graph.proto.OnnxFile;
import io.facepipeline.onnx.internal.CardFile;
import io.facepipeline.onnx.internal.CardMetadata;
import io.facepipeline.onnx.internal.OnnxContent;
import io.facepipeline.onnx.store.ModelStore;
import java.nio.FloatBuffer;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.function.Function;

/**
 * An embedder that runs a model on ONNX Runtime: a catalog model, a file that carries its card, or
 * any other file with the caller's card. Thread-safe.
 */
public final class OnnxFaceEmbedder implements FaceEmbedder {
  private static final System.Logger LOG = System.getLogger(OnnxFaceEmbedder.class.getName());

  private final OnnxModel model;
  private final ModelCard card;
  private final EmbedderOptions options;
  private final int threads;
  private final ConcurrentLinkedQueue<Buffers> buffers = new ConcurrentLinkedQueue<>();

  /** Whether crops are run one by one; set before anybody else sees this. */
  private boolean oneByOne;

  /** What a batch needs outside of the heap: crops as planes, and vectors. */
  private record Buffers(FloatBuffer input, FloatBuffer output) {}

  private OnnxFaceEmbedder(OnnxModel model, ModelCard card, EmbedderOptions options) {
    this.model = model;
    this.card = card;
    this.options = options;
    threads = CpuForm.threads(model.metadata(), options.threads());
    oneByOne = model.dependsOnBatch();
  }

  /**
   * {@return an embedder for an ONNX file that carries its card, as this library writes it, or has
   * one beside it ({@link CardFile})}
   *
   * @param file the ONNX file
   * @param options how to run the model
   * @throws io.facepipeline.FacePipelineException if the file is missing, is not a model, or has no
   *     card or one that does not fit
   * @throws MalformedModelException if its output is not finite, or the same for every crop
   */
  public static OnnxFaceEmbedder load(Path file, EmbedderOptions options) {
    Optional<OnnxFaceEmbedder> bytes = Int8Models.ofFile(file, null, options);
    if (bytes.isPresent()) {
      return bytes.get();
    }
    OnnxModel model = open(runtime -> OnnxModel.load(file, runtime), options);
    if (!CardMetadata.isPresent(model.metadata())) {
      Optional<ModelCard> card = cardOf(file, model);
      if (card.isPresent()) {
        model.close();
        return load(file, card.get(), options);
      }
    }
    // What lies beside the file decides what comes out as much as what its card names.
    Optional<String> hash =
        OnnxContent.hasExternalData(file)
            ? Optional.of(OnnxContent.sha256(file))
            : Optional.empty();
    OnnxFaceEmbedder embedder = ofModel(model, file.toString(), options, hash);
    try {
      embedder.learnFromABatch();
      return embedder;
    } catch (RuntimeException e) {
      embedder.close();
      throw e;
    }
  }

  /** What is known of a model that carries no card, by a file beside it or by its hash. */
  private static Optional<ModelCard> cardOf(Path file, OnnxModel model) {
    try {
      return EntryCards.ofOnnx(file);
    } catch (RuntimeException e) {
      model.close();
      throw e;
    }
  }

  /** An embedder of the catalog that was published as an ONNX file. */
  static FaceEmbedder load(Path file, CatalogEntry entry, EmbedderOptions options) {
    boolean carded =
        CardMetadata.isPresent(ModelFiles.graph(file, ModelFiles.read(file)).metadata());
    return carded
        ? load(file, options)
        : load(file, EntryCards.card(entry, file, OnnxContent.sha256(file)), options);
  }

  /**
   * {@return an embedder with the weights of a checkpoint outside the catalog}
   *
   * @param checkpoint the weights
   * @param card the card; its architecture and embedding size must be those of the weights
   * @param options how to run the model
   * @throws MalformedModelException if the tensors are of another architecture, the card does not
   *     fit, or the weights are not finite, or every crop gets the same embedding
   */
  public static OnnxFaceEmbedder load(
      Checkpoint checkpoint, ModelCard card, EmbedderOptions options) {
    Graph graph = CardedNetwork.graph(checkpoint, card);
    if (options.int8()) {
      Optional<OnnxFaceEmbedder> bytes =
          Int8Models.open(
              checkpoint.file().toString(),
              card.id(),
              card.crop(),
              List.of(checkpoint.sha256(), card.toString()),
              () -> graph,
              options,
              ModelStore.fromEnvironment().converted());
      if (bytes.isPresent()) {
        return bytes.get();
      }
    }
    boolean cpu = options.provider().equals(OnnxOptions.Provider.CPU);
    return ofModel(
        OnnxFile.write(cpu ? CpuForm.of(graph) : graph), checkpoint.file().toString(), options);
  }

  /**
   * {@return an embedder for an ONNX file without a card}
   *
   * @param file an ONNX file with one float input, [n, channels, height, width] or with the
   *     channels last, and one float output [n, embedding size]
   * @param card the card; its source hash becomes that of the file
   * @param options how to run the model
   * @throws io.facepipeline.FacePipelineException if the file is missing, is not a model or does
   *     not fit the card
   * @throws MalformedModelException if its weights are not finite, or every crop gets the same
   *     embedding
   */
  public static OnnxFaceEmbedder load(Path file, ModelCard card, EmbedderOptions options) {
    Optional<OnnxFaceEmbedder> quantized = Int8Models.ofFile(file, card, options);
    if (quantized.isPresent()) {
      return quantized.get();
    }
    byte[] bytes = ModelFiles.read(file);
    ModelCard known = card.withSourceSha256(OnnxContent.sha256(file));
    Graph graph = ModelFiles.graph(file, bytes);
    ModelFiles.requireFinite(file, graph);
    byte[] wrapped = OnnxFile.write(EmbeddingGraphs.wrap(graph, known, file.toString()));
    Path folder = file.toAbsolutePath().getParent();
    OnnxFaceEmbedder embedder =
        ofModel(
            open(runtime -> OnnxModel.load(wrapped, folder, runtime), options, wrapped, file),
            file.toString(),
            options);
    try {
      embedder.learnFromABatch();
      return embedder;
    } catch (RuntimeException e) {
      embedder.close();
      throw e;
    }
  }

  /**
   * What the network itself makes of one crop, for {@link Soundness}.
   *
   * @param rgb the crop's bytes
   */
  float[] rawEmbedding(byte[] rgb) {
    CropSpec spec = card.crop();
    Buffers taken = takeBuffers();
    FloatBuffer input = taken.input();
    try {
      input.clear().limit(spec.bytes());
      CropPlanes.write(AlignedFace.of(Soundness.FACE, spec, rgb), false, input, 0);
      long[] shape = {1, 3, spec.height(), spec.width()};
      return model.run(input, shape, EmbeddingGraphs.EMBEDDING);
    } finally {
      buffers.add(taken);
    }
  }

  /** Opens a model that carries its card. */
  static OnnxFaceEmbedder ofModel(byte[] onnx, String source, EmbedderOptions options) {
    return ofModel(
        open(runtime -> OnnxModel.load(onnx, runtime), options, onnx, source), source, options);
  }

  /** Opens a file that carries its card; the source is what messages call it. */
  static OnnxFaceEmbedder ofModel(Path onnx, String source, EmbedderOptions options) {
    return ofModel(
        open(runtime -> OnnxModel.load(onnx, runtime), options, onnx, source), source, options);
  }

  /** Opens what was made of a file, which is what messages are to name. */
  private static OnnxModel open(
      Function<OnnxOptions, OnnxModel> load, EmbedderOptions options, Object made, Object source) {
    String called =
        made instanceof byte[] bytes ? "the model of " + bytes.length + " bytes" : made.toString();
    try {
      return open(load, options);
    } catch (MalformedModelException e) {
      String message = String.valueOf(e.getMessage());
      throw new MalformedModelException(message.replace(called, source.toString()), e);
    }
  }

  /** Opens a model on as many threads as a run of it can use. */
  private static OnnxModel open(Function<OnnxOptions, OnnxModel> load, EmbedderOptions options) {
    OnnxOptions runtime =
        OnnxOptions.defaults()
            .withProvider(options.provider())
            .withIntraOpThreads(options.threads());
    OnnxModel model = load.apply(runtime);
    int threads = CpuForm.threads(model.metadata(), options.threads());
    if (threads == options.threads()) {
      return model;
    }
    model.close();
    return load.apply(runtime.withIntraOpThreads(threads));
  }

  private static OnnxFaceEmbedder ofModel(OnnxModel model, String source, EmbedderOptions options) {
    return ofModel(model, source, options, Optional.empty());
  }

  /** Opens a model that carries its card, under another hash than the card's where one is given. */
  private static OnnxFaceEmbedder ofModel(
      OnnxModel model, String source, EmbedderOptions options, Optional<String> hash) {
    try {
      if (!CardMetadata.isPresent(model.metadata())) {
        throw new MalformedModelException(
            source
                + ": the model carries no card, which describes its input; pass one to"
                + " OnnxFaceEmbedder.load(file, card, options), or write it as JSON beside the"
                + " file, with .card.json in place of .onnx");
      }
      ModelCard card = CardMetadata.read(model.metadata()).withMirrored(options.mirrored());
      ModelCard known = hash.map(card::withSourceSha256).orElse(card);
      OnnxFaceEmbedder embedder = new OnnxFaceEmbedder(model, known, options);
      Soundness.require(embedder, source);
      return embedder;
    } catch (RuntimeException e) {
      model.close();
      throw e;
    }
  }

  @Override
  public ModelCard card() {
    return card;
  }

  /** {@return the options the model runs with} */
  public EmbedderOptions options() {
    return options;
  }

  /** The time of a run as a share of the float model's, where it was measured; else 0. */
  double shareOfFloatTime() {
    return Int8Form.share(model.metadata());
  }

  /** How many threads share an operation. */
  int threadsOfARun() {
    return threads;
  }

  @Override
  public List<Embedding> embed(List<AlignedFace> crops) {
    crops.forEach(this::requireOwnCrop);
    List<Embedding> embeddings = new ArrayList<>(crops.size());
    for (int start = 0; start < crops.size(); start += options.batchSize()) {
      int end = Math.min(crops.size(), start + options.batchSize());
      embedBatch(crops.subList(start, end), embeddings);
    }
    return embeddings;
  }

  private void embedBatch(List<AlignedFace> crops, List<Embedding> embeddings) {
    CropSpec spec = card.crop();
    int views = options.mirrored() ? 2 : 1;
    int rows = crops.size() * views;
    int size = card.embeddingSize();
    Buffers taken = takeBuffers();
    float[] values = new float[rows * size];
    try {
      FloatBuffer input = taken.input().clear().limit(rows * spec.bytes());
      Workers.share(
          rows, row -> CropPlanes.write(crops.get(row / views), row % views == 1, input, row));
      int parts = Math.min(rows, options.threads() / threads);
      Workers.share(parts, part -> run(taken, rows * part / parts, rows * (part + 1) / parts));
      taken.output().get(0, values);
    } finally {
      buffers.add(taken);
    }
    for (int i = 0; i < crops.size(); i++) {
      float[] vector = new float[size];
      for (int view = 0; view < views; view++) {
        int row = (i * views + view) * size;
        for (int k = 0; k < size; k++) {
          vector[k] += values[row + k];
        }
      }
      embeddings.add(Embedding.of(card.fingerprint(), vector));
    }
  }

  /** Runs the network on some rows of a batch, together or one by one. */
  private void run(Buffers batch, int from, int to) {
    int step = oneByOne ? 1 : to - from;
    for (int row = from; row < to; row += step) {
      runTogether(batch, row, row + step);
    }
  }

  private void runTogether(Buffers batch, int from, int to) {
    CropSpec spec = card.crop();
    int rows = to - from;
    int size = card.embeddingSize();
    model.run(
        batch.input().slice(from * spec.bytes(), rows * spec.bytes()),
        new long[] {rows, 3, spec.height(), spec.width()},
        options.mirrored() ? EmbeddingGraphs.FEATURES : EmbeddingGraphs.EMBEDDING,
        batch.output().slice(from * size, rows * size),
        new long[] {rows, size});
  }

  /** Crops run one by one if a crop's embedding hangs on the crops beside it. */
  private void learnFromABatch() {
    int views = options.mirrored() ? 2 : 1;
    if (oneByOne || options.batchSize() * views < 2) {
      return;
    }
    Buffers taken = takeBuffers();
    Optional<String> reason =
        RowMixing.reasonToRunOneByOne(
            card, taken.input(), taken.output(), (from, to) -> runTogether(taken, from, to));
    buffers.add(taken);
    if (reason.isPresent()) {
      oneByOne = true;
      LOG.log(
          System.Logger.Level.INFO,
          card.id()
              + " "
              + reason.get()
              + "; crops run one by one, which is slower for many faces");
    }
  }

  private Buffers takeBuffers() {
    Buffers taken = buffers.poll();
    if (taken != null) {
      return taken;
    }
    int rows = options.batchSize() * (options.mirrored() ? 2 : 1);
    return new Buffers(
        CropPlanes.allocate(rows * card.crop().bytes()),
        CropPlanes.allocate(rows * card.embeddingSize()));
  }

  private void requireOwnCrop(AlignedFace crop) {
    if (!crop.spec().equals(card.crop())) {
      throw new IllegalArgumentException(
          card.id()
              + " needs crops of "
              + card.crop()
              + ", got "
              + crop.spec()
              + "; align the face with the embedder's own crop()");
    }
  }

  @Override
  public void close() {
    model.close();
    buffers.clear();
  }

  @Override
  public String toString() {
    return "embedder " + card.fingerprint();
  }
}
