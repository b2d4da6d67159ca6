package io.facepipeline.embedding;

import io.facepipeline.CropSpec;
import io.facepipeline.FaceEmbedder;
import io.facepipeline.ModelCard;
import io.facepipeline.ModelCardBuilder;
import io.facepipeline.onnx.ExecutionProvider;
import io.facepipeline.onnx.MalformedModelException;
import io.facepipeline.onnx.PreparedModel;
import io.facepipeline.onnx.checkpoint.Checkpoint;
import io.facepipeline.onnx.graph.Graph;
import io.facepipeline.onnx.graph.proto.OnnxFile;
import io.facepipeline.onnx.store.ConvertedModels;
import io.facepipeline.onnx.store.DiskFullException;
import io.facepipeline.onnx.store.FileVersion;
import io.facepipeline.onnx.store.ModelStore;
import io.facepipeline.onnx.store.ModelStoreException;
import io.facepipeline.onnx.store.PublishedFile;
import java.io.IOException;
import java.nio.channels.WritableByteChannel;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;

/**
 * The catalogue of published embedding models: each loads from its checkpoint as it was published.
 */
public enum Backbone {
  /**
   * MobileFaceNet in foamliu's form, trained with ArcFace on MS1M: 112x112, 128 dimensions,
   * Apache-2.0.
   */
  MOBILEFACENET_FOAMLIU(new FoamliuMobileFaceNet(), PublishedModel.foamliu(), Recipe.foamliu()),

  /**
   * MobileFaceNet in face.evoLVe's form: 112x112, 512 dimensions. Its authors publish no weights
   * and nobody has measured its thresholds; bring a checkpoint trained with their code.
   */
  MOBILEFACENET(
      new MobileFaceNet(),
      PublishedModel.untrained("mobilefacenet", "backbone_mobilefacenet.pth"),
      Recipe.evolve()),

  /** FaceNet trained on VGGFace2: 160x160, 512 dimensions. */
  FACENET_VGGFACE2(new InceptionResnetV1(), PublishedModel.facenetVggFace2(), Recipe.facenet()),

  /** FaceNet trained on CASIA-WebFace: 160x160, 512 dimensions. */
  FACENET_CASIA_WEBFACE(new InceptionResnetV1(), PublishedModel.facenetCasia(), Recipe.facenet()),

  /** IR-50 trained on MS1M: 112x112, 512 dimensions. */
  IR_50(
      ImprovedResidualNet.of50(false),
      PublishedModel.evolve("ir-50", "backbone_ir50_ms1m_epoch120.pth", 99.78),
      Recipe.evolve()),

  /** IR-50 trained on Asian faces: 112x112, 512 dimensions. */
  IR_50_ASIA(
      ImprovedResidualNet.of50(false),
      PublishedModel.evolve("ir-50-asia", "backbone_ir50_asia.pth", 0),
      Recipe.evolve()),

  /**
   * IR-101: 112x112, 512 dimensions. Its authors publish no weights and nobody has measured its
   * thresholds; bring a checkpoint trained with their code.
   */
  IR_101(
      ImprovedResidualNet.of101(false),
      PublishedModel.untrained("ir-101", "backbone_ir101.pth"),
      Recipe.evolve()),

  /** IR-152 trained on MS1M: 112x112, 512 dimensions. */
  IR_152(
      ImprovedResidualNet.of152(false),
      PublishedModel.evolve(
          "ir-152",
          "Backbone_IR_152_Epoch_112_Batch_547328_Time_2019-07-13-02-59_checkpoint.pth",
          99.82),
      Recipe.evolve()),

  /**
   * IR-50 with squeeze and excitation: 112x112, 512 dimensions. Its authors publish no weights and
   * nobody has measured its thresholds; bring a checkpoint trained with their code.
   */
  IR_SE_50(
      ImprovedResidualNet.of50(true),
      PublishedModel.untrained("ir-se-50", "backbone_ir_se50.pth"),
      Recipe.evolve()),

  /**
   * IR-101 with squeeze and excitation: 112x112, 512 dimensions. Its authors publish no weights and
   * nobody has measured its thresholds; bring a checkpoint trained with their code.
   */
  IR_SE_101(
      ImprovedResidualNet.of101(true),
      PublishedModel.untrained("ir-se-101", "backbone_ir_se101.pth"),
      Recipe.evolve()),

  /**
   * IR-152 with squeeze and excitation: 112x112, 512 dimensions. Its authors publish no weights and
   * nobody has measured its thresholds; bring a checkpoint trained with their code.
   */
  IR_SE_152(
      ImprovedResidualNet.of152(true),
      PublishedModel.untrained("ir-se-152", "backbone_ir_se152.pth"),
      Recipe.evolve()),

  /**
   * ResNet-50 in face.evoLVe's form: 112x112, 512 dimensions. Its authors publish no weights and
   * nobody has measured its thresholds; bring a checkpoint trained with their code.
   */
  RESNET_50(
      ResidualNet.of50(),
      PublishedModel.untrained("resnet-50", "backbone_resnet50.pth"),
      Recipe.evolve()),

  /**
   * ResNet-101 in face.evoLVe's form: 112x112, 512 dimensions. Its authors publish no weights and
   * nobody has measured its thresholds; bring a checkpoint trained with their code.
   */
  RESNET_101(
      ResidualNet.of101(),
      PublishedModel.untrained("resnet-101", "backbone_resnet101.pth"),
      Recipe.evolve()),

  /**
   * ResNet-152 in face.evoLVe's form: 112x112, 512 dimensions. Its authors publish no weights and
   * nobody has measured its thresholds; bring a checkpoint trained with their code.
   */
  RESNET_152(
      ResidualNet.of152(),
      PublishedModel.untrained("resnet-152", "backbone_resnet152.pth"),
      Recipe.evolve()),

  /** LightCNN of 9 layers: grey 128x128, 256 dimensions. */
  LIGHTCNN_9(
      LightCnn.LAYERS_9,
      PublishedModel.lightCnn(
          "lightcnn-9", FileVersion.named("LightCNN_9Layers_checkpoint.pth.tar"), 98.70),
      Recipe.lightCnn(ModelCard.ColorOrder.GREY)),

  /** LightCNN of 29 layers: grey 128x128, 256 dimensions. */
  LIGHTCNN_29(
      LightCnn.LAYERS_29,
      PublishedModel.lightCnn(
          "lightcnn-29", FileVersion.named("LightCNN_29Layers_checkpoint.pth.tar"), 99.40),
      Recipe.lightCnn(ModelCard.ColorOrder.GREY)),

  /** LightCNN of 29 layers, second version: grey 128x128, 256 dimensions. */
  LIGHTCNN_29V2(
      LightCnn.LAYERS_29_V2,
      PublishedModel.lightCnn(
          "lightcnn-29v2",
          new FileVersion(
              "LightCNN_29Layers_V2_checkpoint.pth.tar",
              123_844_849,
              "d0750746622270548137b092700811b00dc64d67ca8df042c6cf48cb3b1b9964"),
          99.43),
      Recipe.lightCnn(ModelCard.ColorOrder.GREY)),

  /** LightCNN, fourth version: BGR 128x128, 256 dimensions. */
  LIGHTCNN_V4(
      LightCnn.V4,
      PublishedModel.lightCnn(
          "lightcnn-v4", FileVersion.named("LightCNN-V4_checkpoint.pth.tar"), 99.67),
      Recipe.lightCnn(ModelCard.ColorOrder.BGR));

  private static final System.Logger LOG = System.getLogger(Backbone.class.getName());

  private final Architecture architecture;
  private final PublishedModel published;
  private final Recipe recipe;

  Backbone(Architecture architecture, PublishedModel published, Recipe recipe) {
    this.architecture = architecture;
    this.published = published;
    this.recipe = recipe;
  }

  /** {@return the catalogue id, such as {@code mobilefacenet-foamliu}} */
  public String id() {
    return published.file().id();
  }

  /** {@return the file the weights were published in} */
  public PublishedFile file() {
    return published.file();
  }

  /** {@return the architecture's name, such as {@code IR-50}} */
  public String architecture() {
    return architecture.architecture();
  }

  /** {@return the number of dimensions of an embedding of the published weights} */
  public int embeddingSize() {
    return published.embeddingSize();
  }

  /** {@return how faces are cut for it} */
  public CropSpec crop() {
    return recipe.crop();
  }

  /** {@return what its authors say of its accuracy, if they do} */
  public Optional<PublishedAccuracy> accuracy() {
    return Optional.ofNullable(published.accuracy());
  }

  /** {@return the measured thresholds, if somebody has measured them} */
  public Optional<ModelCard.Thresholds> thresholds() {
    return Optional.ofNullable(published.thresholds());
  }

  /**
   * {@return the model of a catalogue id}
   *
   * @param id such as {@code mobilefacenet-foamliu}
   */
  public static Optional<Backbone> named(String id) {
    return Arrays.stream(values()).filter(b -> b.id().equals(id)).findFirst();
  }

  /**
   * {@return the entry of this catalogue that a checkpoint is loaded by: of a published file its
   * own, else the first of the architecture that its tensors are of}
   *
   * <p>The second says nothing about who trained the weights, nor how good they are: what is known
   * of a file is in {@link ModelFile}.
   *
   * @param checkpoint the file
   * @throws io.facepipeline.onnx.checkpoint.CheckpointException if the file cannot be read
   * @throws MalformedModelException if no architecture fits; the message names the nearest and the
   *     first tensor that tells them apart
   */
  public static Backbone detect(Path checkpoint) {
    return published(Checkpoint.sha256(checkpoint))
        .orElseGet(() -> detect(Checkpoint.read(checkpoint)));
  }

  static Backbone detect(Checkpoint checkpoint) {
    return published(checkpoint.sha256())
        .or(() -> fitting(checkpoint))
        .orElseThrow(() -> ModelFile.unknown(checkpoint));
  }

  /** {@return the entry of a published file} */
  static Optional<Backbone> published(String sha256) {
    return Arrays.stream(values()).filter(b -> b.file().isPublishedAs(sha256)).findFirst();
  }

  /** {@return the first entry of the architecture that a checkpoint is of} */
  static Optional<Backbone> fitting(Checkpoint checkpoint) {
    return Arrays.stream(values()).filter(b -> b.fit(checkpoint).fits()).findFirst();
  }

  /**
   * {@return an embedder with the published weights, found in the folders that the environment
   * names or in the user's cache, else downloaded; see {@link ModelStore}}
   *
   * @throws io.facepipeline.FacePipelineException as {@link ModelStore#require} says
   */
  public FaceEmbedder load() {
    return load(ModelStore.fromEnvironment(), EmbedderOptions.defaults());
  }

  /**
   * {@return an embedder with the published weights}
   *
   * @param store finds or downloads them, and keeps what they are converted to
   * @param options how to run the model
   * @throws io.facepipeline.FacePipelineException as {@link ModelStore#require} says
   */
  public FaceEmbedder load(ModelStore store, EmbedderOptions options) {
    return load(store.require(List.of(file())).get(0), options, store.converted());
  }

  /**
   * {@return an embedder with the weights of a checkpoint; its card has what the catalogue says
   * only if the file is the published one, see {@link ModelFile}}
   *
   * @param checkpoint the file as it was published, or of another training
   * @throws io.facepipeline.onnx.checkpoint.CheckpointException if the file cannot be read
   * @throws MalformedModelException if the tensors are of another architecture
   */
  public FaceEmbedder load(Path checkpoint) {
    return load(checkpoint, EmbedderOptions.defaults());
  }

  /**
   * {@return an embedder with the weights of a checkpoint, which is converted once: the ONNX file
   * is kept in the user's cache under the hash of its source}
   *
   * @param checkpoint the file as it was published
   * @param options how to run the model
   * @throws io.facepipeline.onnx.checkpoint.CheckpointException if the file cannot be read
   * @throws MalformedModelException if the tensors are of another architecture
   */
  public FaceEmbedder load(Path checkpoint, EmbedderOptions options) {
    return load(checkpoint, options, ModelStore.fromEnvironment().converted());
  }

  FaceEmbedder load(Path checkpoint, EmbedderOptions options, ConvertedModels kept) {
    // The runtime's library loads while the file is hashed; what fails there fails again below.
    var unused = CompletableFuture.runAsync(PreparedModel::machine);
    String source = Checkpoint.sha256(checkpoint);
    String id = cardId(checkpoint, source);
    boolean cpu = options.provider().equals(ExecutionProvider.CPU);
    Optional<String> machine = cpu ? PreparedModel.machine() : Optional.empty();
    List<String> dependsOn =
        List.of(
            source,
            id,
            architecture(),
            ConverterVersion.current(),
            cpu ? "cpu" : "plain",
            machine.orElse("anywhere"));
    ConvertedModels.Conversion conversion = out -> convert(Checkpoint.read(checkpoint), cpu, out);
    Path onnx;
    try {
      onnx =
          machine.isPresent()
              ? kept.prepared(id, dependsOn, conversion, PreparedModel::write)
              : kept.get(id, dependsOn, conversion);
    } catch (ModelStoreException | DiskFullException e) {
      LOG.log(
          System.Logger.Level.WARNING, id + " is converted anew for this once: " + e.getMessage());
      Graph graph = graph(Checkpoint.read(checkpoint));
      return OnnxFaceEmbedder.ofModel(
          OnnxFile.write(cpu ? CpuForm.of(graph) : graph), checkpoint.toString(), options);
    }
    return OnnxFaceEmbedder.ofModel(onnx, checkpoint.toString(), options);
  }

  /**
   * {@return the self-describing ONNX model of a checkpoint: raw crops in, unit vectors out, its
   * card inside}
   *
   * @param checkpoint the weights
   * @throws MalformedModelException if the tensors are of another architecture
   */
  public byte[] convert(Checkpoint checkpoint) {
    return OnnxFile.write(graph(checkpoint));
  }

  /**
   * Writes the self-describing ONNX model of a checkpoint: raw crops in, unit vectors out, its card
   * inside.
   *
   * @param checkpoint the weights
   * @param forCpu whether the graph is rewritten to run fast on a CPU; a GPU does better with the
   *     plain one, and both mean the same
   * @param out where to; left open
   * @throws IOException if it cannot be written
   * @throws MalformedModelException if the tensors are of another architecture
   */
  public void convert(Checkpoint checkpoint, boolean forCpu, WritableByteChannel out)
      throws IOException {
    Graph graph = graph(checkpoint);
    OnnxFile.write(forCpu ? CpuForm.of(graph) : graph, out);
  }

  /** Whether a checkpoint holds the tensors of this entry's architecture. */
  Fit fit(Checkpoint checkpoint) {
    return Fit.of(architecture, checkpoint);
  }

  private Graph graph(Checkpoint checkpoint) {
    requireFit(checkpoint);
    return EmbeddingGraphs.emit(architecture, checkpoint, card(checkpoint));
  }

  /** The network of a checkpoint with a card that says how it is fed as this entry does. */
  Graph graph(Checkpoint checkpoint, ModelCard card) {
    requireFit(checkpoint);
    return EmbeddingGraphs.emit(architecture, checkpoint, card);
  }

  private void requireFit(Checkpoint checkpoint) {
    Fit.require(
        architecture,
        checkpoint,
        "see which model they are of with ModelFile.read, or the command models inspect");
  }

  /**
   * What is known of a checkpoint of this architecture: of a published file what the catalogue
   * says, else its name and hash, and how the architecture is fed.
   */
  ModelCard card(Checkpoint checkpoint) {
    ModelCardBuilder card =
        ModelCard.builder(cardId(checkpoint.file(), checkpoint.sha256()))
            .architecture(architecture.architecture())
            .embeddingSize(architecture.embeddingSize(checkpoint))
            .crop(recipe.crop())
            .colorOrder(recipe.colorOrder())
            .scaling(recipe.mean(), recipe.deviation())
            .sourceSha256(checkpoint.sha256());
    if (file().isPublishedAs(checkpoint.sha256())) {
      card.licence(file().licence().name())
          .origin(file().origin())
          .thresholds(published.thresholds());
    }
    return card.build();
  }

  private String cardId(Path checkpoint, String sha256) {
    return file().isPublishedAs(sha256) ? id() : ModelFile.nameOf(checkpoint);
  }
}
