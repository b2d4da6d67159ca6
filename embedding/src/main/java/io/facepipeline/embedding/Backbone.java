package io.facepipeline.embedding;

import io.facepipeline.FaceEmbedder;
import io.facepipeline.ModelCard;
import io.facepipeline.onnx.ExecutionProvider;
import io.facepipeline.onnx.MalformedModelException;
import io.facepipeline.onnx.checkpoint.Checkpoint;
import io.facepipeline.onnx.graph.CpuRewrites;
import io.facepipeline.onnx.graph.Graph;
import io.facepipeline.onnx.graph.OnnxFile;
import io.facepipeline.onnx.store.ModelStore;
import io.facepipeline.onnx.store.PublishedFile;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * The catalogue of published embedding models: each loads from its checkpoint as it was published.
 */
public enum Backbone {
  /**
   * MobileFaceNet in foamliu's form, trained with ArcFace on MS1M: 112x112, 128 dimensions,
   * Apache-2.0.
   */
  MOBILEFACENET_FOAMLIU(
      new FoamliuMobileFaceNet(),
      Published.foamliu("mobilefacenet-foamliu", "mobilefacenet_foamliu.pt"),
      Recipe.foamliu(),
      Measured.MOBILEFACENET_FOAMLIU),

  /**
   * MobileFaceNet in face.evoLVe's form: 112x112, 512 dimensions. Its authors publish no weights
   * and nobody has measured its thresholds; bring a checkpoint trained with their code.
   */
  MOBILEFACENET(
      new MobileFaceNet(),
      Published.untrained("mobilefacenet", "backbone_mobilefacenet.pth"),
      Recipe.evolve(),
      null),

  /** FaceNet trained on VGGFace2: 160x160, 512 dimensions. */
  FACENET_VGGFACE2(
      new InceptionResnetV1(),
      Published.facenet(
          "facenet-vggface2", "20180402-114759-vggface2.pt", "facenet_inception_resnet_v1_fp16.pt"),
      Recipe.facenet(),
      Measured.FACENET_VGGFACE2),

  /** FaceNet trained on CASIA-WebFace: 160x160, 512 dimensions. */
  FACENET_CASIA_WEBFACE(
      new InceptionResnetV1(),
      Published.facenet("facenet-casia-webface", "20180408-102900-casia-webface.pt"),
      Recipe.facenet(),
      null),

  /** IR-50 trained on MS1M: 112x112, 512 dimensions. */
  IR_50(
      ImprovedResidualNet.of50(false),
      Published.evolve("ir-50", "backbone_ir50_ms1m_epoch120.pth"),
      Recipe.evolve(),
      null),

  /** IR-50 trained on Asian faces: 112x112, 512 dimensions. */
  IR_50_ASIA(
      ImprovedResidualNet.of50(false),
      Published.evolve("ir-50-asia", "backbone_ir50_asia.pth"),
      Recipe.evolve(),
      null),

  /**
   * IR-101: 112x112, 512 dimensions. Its authors publish no weights and nobody has measured its
   * thresholds; bring a checkpoint trained with their code.
   */
  IR_101(
      ImprovedResidualNet.of101(false),
      Published.untrained("ir-101", "backbone_ir101.pth"),
      Recipe.evolve(),
      null),

  /** IR-152 trained on MS1M: 112x112, 512 dimensions. */
  IR_152(
      ImprovedResidualNet.of152(false),
      Published.evolve(
          "ir-152", "Backbone_IR_152_Epoch_112_Batch_547328_Time_2019-07-13-02-59_checkpoint.pth"),
      Recipe.evolve(),
      null),

  /**
   * IR-50 with squeeze and excitation: 112x112, 512 dimensions. Its authors publish no weights and
   * nobody has measured its thresholds; bring a checkpoint trained with their code.
   */
  IR_SE_50(
      ImprovedResidualNet.of50(true),
      Published.untrained("ir-se-50", "backbone_ir_se50.pth"),
      Recipe.evolve(),
      null),

  /**
   * IR-101 with squeeze and excitation: 112x112, 512 dimensions. Its authors publish no weights and
   * nobody has measured its thresholds; bring a checkpoint trained with their code.
   */
  IR_SE_101(
      ImprovedResidualNet.of101(true),
      Published.untrained("ir-se-101", "backbone_ir_se101.pth"),
      Recipe.evolve(),
      null),

  /**
   * IR-152 with squeeze and excitation: 112x112, 512 dimensions. Its authors publish no weights and
   * nobody has measured its thresholds; bring a checkpoint trained with their code.
   */
  IR_SE_152(
      ImprovedResidualNet.of152(true),
      Published.untrained("ir-se-152", "backbone_ir_se152.pth"),
      Recipe.evolve(),
      null),

  /**
   * ResNet-50 in face.evoLVe's form: 112x112, 512 dimensions. Its authors publish no weights and
   * nobody has measured its thresholds; bring a checkpoint trained with their code.
   */
  RESNET_50(
      ResidualNet.of50(),
      Published.untrained("resnet-50", "backbone_resnet50.pth"),
      Recipe.evolve(),
      null),

  /**
   * ResNet-101 in face.evoLVe's form: 112x112, 512 dimensions. Its authors publish no weights and
   * nobody has measured its thresholds; bring a checkpoint trained with their code.
   */
  RESNET_101(
      ResidualNet.of101(),
      Published.untrained("resnet-101", "backbone_resnet101.pth"),
      Recipe.evolve(),
      null),

  /**
   * ResNet-152 in face.evoLVe's form: 112x112, 512 dimensions. Its authors publish no weights and
   * nobody has measured its thresholds; bring a checkpoint trained with their code.
   */
  RESNET_152(
      ResidualNet.of152(),
      Published.untrained("resnet-152", "backbone_resnet152.pth"),
      Recipe.evolve(),
      null),

  /** LightCNN of 9 layers: grey 128x128, 256 dimensions. */
  LIGHTCNN_9(
      LightCnn.LAYERS_9,
      Published.lightCnn("lightcnn-9", "LightCNN_9Layers_checkpoint.pth.tar"),
      Recipe.lightCnn(ModelCard.ColorOrder.GREY),
      null),

  /** LightCNN of 29 layers: grey 128x128, 256 dimensions. */
  LIGHTCNN_29(
      LightCnn.LAYERS_29,
      Published.lightCnn("lightcnn-29", "LightCNN_29Layers_checkpoint.pth.tar"),
      Recipe.lightCnn(ModelCard.ColorOrder.GREY),
      null),

  /** LightCNN of 29 layers, second version: grey 128x128, 256 dimensions. */
  LIGHTCNN_29V2(
      LightCnn.LAYERS_29_V2,
      Published.lightCnn("lightcnn-29v2", "LightCNN_29Layers_V2_checkpoint.pth.tar"),
      Recipe.lightCnn(ModelCard.ColorOrder.GREY),
      null),

  /** LightCNN, fourth version: BGR 128x128, 256 dimensions. */
  LIGHTCNN_V4(
      LightCnn.V4,
      Published.lightCnn("lightcnn-v4", "LightCNN-V4_checkpoint.pth.tar"),
      Recipe.lightCnn(ModelCard.ColorOrder.BGR),
      null);

  private final Architecture architecture;
  private final PublishedFile file;
  private final Recipe recipe;
  private final ModelCard.@Nullable Thresholds thresholds;

  Backbone(
      Architecture architecture,
      PublishedFile file,
      Recipe recipe,
      ModelCard.@Nullable Thresholds thresholds) {
    this.architecture = architecture;
    this.file = file;
    this.recipe = recipe;
    this.thresholds = thresholds;
  }

  /** {@return the catalogue id, such as {@code mobilefacenet-foamliu}} */
  public String id() {
    return file.id();
  }

  /** {@return the file the weights were published in} */
  public PublishedFile file() {
    return file;
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
        .filter(b -> b.file.names().contains(name))
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
   * {@return an embedder with the weights found in the folder of models that the environment names}
   *
   * @throws io.facepipeline.onnx.ModelNotFoundException if the weights are not there
   */
  public FaceEmbedder load() {
    return load(ModelStore.fromEnvironment(), EmbedderOptions.defaults());
  }

  /**
   * {@return an embedder with the weights that a store finds}
   *
   * @param store where to look
   * @param options how to run the model
   * @throws io.facepipeline.onnx.ModelNotFoundException if the weights are not there
   */
  public FaceEmbedder load(ModelStore store, EmbedderOptions options) {
    return load(store.require(List.of(file)).get(0), options);
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
   * {@return an embedder with the weights of a checkpoint}
   *
   * @param checkpoint the file as it was published
   * @param options how to run the model
   * @throws io.facepipeline.onnx.checkpoint.CheckpointException if the file cannot be read
   * @throws MalformedModelException if the tensors are of another architecture
   */
  public FaceEmbedder load(Path checkpoint, EmbedderOptions options) {
    Graph graph = graph(Checkpoint.read(checkpoint));
    boolean cpu = options.provider().equals(ExecutionProvider.CPU);
    return OnnxFaceEmbedder.ofModel(
        OnnxFile.write(cpu ? CpuRewrites.apply(graph) : graph), checkpoint.toString(), options);
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
        .licence(file.licence())
        .origin(file.origin())
        .sourceSha256(checkpoint.sha256())
        .thresholds(thresholds)
        .build();
  }

  /** Where weights are published, and under which licence. */
  private static final class Published {
    private static final String EVOLVE = "github.com/ZhaoJ9014/face.evoLVe";
    private static final String MIT = "MIT";

    static PublishedFile foamliu(String id, String name) {
      return new PublishedFile(id, List.of(name), "github.com/foamliu/MobileFaceNet", "Apache-2.0");
    }

    static PublishedFile evolve(String id, String name) {
      return new PublishedFile(id, List.of(name), EVOLVE, MIT);
    }

    static PublishedFile untrained(String id, String name) {
      String origin = EVOLVE + " (an architecture; train it with their code)";
      return new PublishedFile(id, List.of(name), origin, MIT);
    }

    static PublishedFile facenet(String id, String... names) {
      return new PublishedFile(id, List.of(names), "github.com/timesler/facenet-pytorch", MIT);
    }

    static PublishedFile lightCnn(String id, String name) {
      return new PublishedFile(id, List.of(name), "github.com/AlfredXiangWu/LightCNN", MIT);
    }
  }

  /**
   * Thresholds that were measured; here because constants cannot refer to fields of their own enum.
   */
  private static final class Measured {
    static final ModelCard.Thresholds FACENET_VGGFACE2 =
        new ModelCard.Thresholds(0.550f, 0.745f, 87_307_271, "all impostor pairs of LFW");
    static final ModelCard.Thresholds MOBILEFACENET_FOAMLIU =
        new ModelCard.Thresholds(0.348f, 0.482f, 87_307_271, "all impostor pairs of LFW");
  }
}
