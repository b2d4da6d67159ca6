package io.facepipeline.embedding;

import io.facepipeline.CropSpec;
import io.facepipeline.FaceEmbedder;
import io.facepipeline.ModelCard;
import io.facepipeline.onnx.ExecutionProvider;
import io.facepipeline.onnx.MalformedModelException;
import io.facepipeline.onnx.PreparedModel;
import io.facepipeline.onnx.checkpoint.Checkpoint;
import io.facepipeline.onnx.graph.Graph;
import io.facepipeline.onnx.graph.OnnxFile;
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
import java.util.stream.Collectors;

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
   * {@return the model whose architecture and depth a checkpoint's tensors are of; of several
   * published files of one architecture the one of the checkpoint's name, else the first}
   *
   * @param checkpoint the file
   * @throws io.facepipeline.onnx.checkpoint.CheckpointException if the file cannot be read
   * @throws MalformedModelException if no architecture fits; the message names the nearest and the
   *     first tensor that tells them apart
   */
  public static Backbone detect(Path checkpoint) {
    return detect(Checkpoint.read(checkpoint));
  }

  static Backbone detect(Checkpoint checkpoint) {
    String name = String.valueOf(checkpoint.file().getFileName());
    List<Backbone> fitting =
        Arrays.stream(values()).filter(b -> b.architecture.matches(checkpoint)).toList();
    return fitting.stream()
        .filter(b -> b.file().names().contains(name))
        .findFirst()
        .or(() -> fitting.stream().findFirst())
        .orElseThrow(() -> unknown(checkpoint));
  }

  private static MalformedModelException unknown(Checkpoint checkpoint) {
    List<Architecture> known = Arrays.stream(values()).map(b -> b.architecture).toList();
    String hint =
        Diagnosis.nearest(known, checkpoint)
            .map(d -> "the nearest is " + d.architecture().architecture() + ": " + d.problem())
            .orElseGet(
                () ->
                    "known are "
                        + known.stream()
                            .map(Architecture::architecture)
                            .distinct()
                            .collect(Collectors.joining(", ")));
    return new MalformedModelException(
        checkpoint.file() + ": the tensors are of no known architecture; " + hint);
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
   * {@return an embedder with the weights of a checkpoint}
   *
   * @param checkpoint the file as it was published
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

  private FaceEmbedder load(Path checkpoint, EmbedderOptions options, ConvertedModels kept) {
    boolean cpu = options.provider().equals(ExecutionProvider.CPU);
    // The runtime's library loads while the file is hashed; what fails there fails again below.
    var unused = CompletableFuture.runAsync(PreparedModel::machine);
    String source = Checkpoint.sha256(checkpoint);
    Optional<String> machine = cpu ? PreparedModel.machine() : Optional.empty();
    List<String> dependsOn =
        List.of(
            source, ConverterVersion.current(), cpu ? "cpu" : "plain", machine.orElse("anywhere"));
    ConvertedModels.Conversion conversion = out -> convert(Checkpoint.read(checkpoint), cpu, out);
    Path onnx;
    try {
      onnx =
          machine.isPresent()
              ? kept.prepared(id(), dependsOn, conversion, PreparedModel::write)
              : kept.get(id(), dependsOn, conversion);
    } catch (ModelStoreException | DiskFullException e) {
      LOG.log(
          System.Logger.Level.WARNING,
          id() + " is converted anew for this once: " + e.getMessage());
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

  private Graph graph(Checkpoint checkpoint) {
    if (!architecture.matches(checkpoint)) {
      throw new MalformedModelException(
          checkpoint.file()
              + ": the tensors are not those of "
              + architecture.architecture()
              + ", which "
              + id()
              + " is: "
              + Diagnosis.of(architecture, checkpoint).problem()
              + "; see which model they are of with Backbone.detect");
    }
    return EmbeddingGraphs.emit(architecture, checkpoint, card(checkpoint));
  }

  /** The card of a checkpoint: the catalogue's facts and the file's hash. */
  private ModelCard card(Checkpoint checkpoint) {
    return ModelCard.builder(id())
        .architecture(architecture.architecture())
        .embeddingSize(architecture.embeddingSize(checkpoint))
        .crop(recipe.crop())
        .colorOrder(recipe.colorOrder())
        .scaling(recipe.mean(), recipe.deviation())
        .licence(file().licence().name())
        .origin(file().origin())
        .sourceSha256(checkpoint.sha256())
        .thresholds(published.thresholds())
        .build();
  }
}
