package io.facepipeline.embedding;

import io.facepipeline.FaceEmbedder;
import io.facepipeline.ModelCard;
import io.facepipeline.onnx.ExecutionProvider;
import io.facepipeline.onnx.MalformedModelException;
import io.facepipeline.onnx.checkpoint.Checkpoint;
import io.facepipeline.onnx.emit.LayerEmitter;
import io.facepipeline.onnx.graph.Graph;
import io.facepipeline.onnx.graph.GraphBuilder;
import io.facepipeline.onnx.graph.Value;
import io.facepipeline.onnx.graph.Weights;
import io.facepipeline.onnx.graph.proto.OnnxFile;
import io.facepipeline.onnx.store.FileVersion;
import io.facepipeline.onnx.store.Licence;
import io.facepipeline.onnx.store.PublishedFile;
import java.io.IOException;
import java.net.URI;
import java.nio.channels.WritableByteChannel;
import java.util.List;
import java.util.Optional;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * The catalogue of published networks that tell classes apart. They are no face embedders, so they
 * have no card: their models take raw RGB images, planes of 0..255, [n, 3, side, side], and give
 * {@link #OUTPUT}, the {@link Head} chosen.
 */
public enum ClassificationNetwork {
  /**
   * torchvision's ResNet-50, the 1,000 classes of ImageNet: 224x224, 2048 features. The weights
   * torchvision calls IMAGENET1K_V1.
   */
  RESNET_50(
      TorchvisionResNet50::new,
      Files.torchvision(
          "resnet50-imagenet", new FileVersion("resnet50-0676ba61.pth", 0, "0676ba61")),
      new Scaling(224, Files.MEAN, Files.DEVIATION),
      new PublishedAccuracy("ImageNet-1K top-1", 76.13, Files.DOCS + "resnet50.html")),

  /** torchvision's AlexNet, the 1,000 classes of ImageNet: 224x224, 4096 features. */
  ALEXNET(
      AlexNet::new,
      Files.torchvision(
          "alexnet-imagenet",
          new FileVersion(
              "alexnet-owt-7be5be79.pth",
              0,
              "7be5be791159472b1fbf3c69796f7cb30dca7ad8466c2df70058c37116cdee02")),
      new Scaling(224, Files.MEAN, Files.DEVIATION),
      new PublishedAccuracy("ImageNet-1K top-1", 56.522, Files.DOCS + "alexnet.html")),

  /** FaceNet with the classifier it was trained with, the 8,631 people of VGGFace2: 160x160. */
  FACENET_VGGFACE2(InceptionResnetV1::new, Backbone.FACENET_VGGFACE2.file(), Files.facenet(), null),

  /**
   * FaceNet with the classifier it was trained with, the 10,575 people of CASIA-WebFace: 160x160.
   */
  FACENET_CASIA_WEBFACE(
      InceptionResnetV1::new, Backbone.FACENET_CASIA_WEBFACE.file(), Files.facenet(), null);

  /** The input's name. */
  public static final String INPUT = EmbeddingGraphs.INPUT;

  /** The output's name: [n, classes] or [n, features]. */
  public static final String OUTPUT = "output";

  private final Function<Head, Architecture> architecture;
  private final PublishedFile file;
  private final Scaling scaling;
  private final Optional<PublishedAccuracy> accuracy;

  ClassificationNetwork(
      Function<Head, Architecture> architecture,
      PublishedFile file,
      Scaling scaling,
      @Nullable PublishedAccuracy accuracy) {
    this.architecture = architecture;
    this.file = file;
    this.scaling = scaling;
    this.accuracy = Optional.ofNullable(accuracy);
  }

  /**
   * What the network's images are made of raw ones by.
   *
   * @param side the side in pixels
   * @param mean what is subtracted from the bytes of red, green and blue
   * @param deviation what the differences are divided by
   */
  private record Scaling(int side, List<Float> mean, List<Float> deviation) {}

  /** {@return the file the weights were published in} */
  public PublishedFile file() {
    return file;
  }

  /** {@return the architecture's name, such as {@code torchvision AlexNet}} */
  public String architecture() {
    return architecture.apply(Head.LOGITS).architecture();
  }

  /** {@return the side of its images in pixels} */
  public int side() {
    return scaling.side;
  }

  /** {@return what its authors say of its accuracy, if they do} */
  public Optional<PublishedAccuracy> accuracy() {
    return accuracy;
  }

  /**
   * {@return the number of values a head gives for one image}
   *
   * @param checkpoint the weights
   * @param head the head
   * @throws MalformedModelException if the tensors are of another architecture
   */
  public int outputSize(Checkpoint checkpoint, Head head) {
    return checked(checkpoint, head).embeddingSize(checkpoint);
  }

  /**
   * {@return the network of a checkpoint, raw images in}
   *
   * @param checkpoint the weights
   * @param head what it gives
   * @throws MalformedModelException if the tensors are of another architecture
   */
  public Graph graph(Checkpoint checkpoint, Head head) {
    Architecture network = checked(checkpoint, head);
    GraphBuilder graph = new GraphBuilder(file.id());
    LayerEmitter layers = new LayerEmitter(graph, checkpoint);
    Value rgb = graph.input(INPUT, -1, 3, scaling.side, scaling.side);
    float[] scale = new float[3];
    float[] shift = new float[3];
    for (int c = 0; c < 3; c++) {
      scale[c] = 1 / scaling.deviation.get(c);
      shift[c] = -scaling.mean.get(c) / scaling.deviation.get(c);
    }
    Value x = graph.named("scaling").affine(rgb, Weights.vector(scale), Weights.vector(shift));
    graph.output(network.emit(layers, x), OUTPUT, -1, network.embeddingSize(checkpoint));
    layers.requireFinite();
    graph
        .metadata("facepipeline.architecture", network.architecture())
        .metadata("facepipeline.source.sha256", checkpoint.sha256());
    if (file.isPublishedAs(checkpoint.sha256())) {
      graph
          .metadata("facepipeline.origin", file.origin())
          .metadata("facepipeline.licence", file.licence().name());
    }
    return graph.build();
  }

  /**
   * Writes the ONNX model of a checkpoint.
   *
   * @param checkpoint the weights
   * @param head what it gives
   * @param forCpu whether the graph is rewritten to run fast on a CPU
   * @param out where to; left open
   * @throws IOException if it cannot be written
   * @throws MalformedModelException if the tensors are of another architecture
   */
  public void convert(Checkpoint checkpoint, Head head, boolean forCpu, WritableByteChannel out)
      throws IOException {
    Graph graph = graph(checkpoint, head);
    OnnxFile.write(forCpu ? CpuForm.of(graph) : graph, out);
  }

  /**
   * {@return an embedder of faces that takes the network's features for embeddings}
   *
   * <p>Nobody trained it for that, so the caller says all that a card says: how faces are cut (to
   * the network's side), scaled, and what the embeddings are called.
   *
   * @param checkpoint the weights
   * @param card the card, of the network's number of features
   * @param options how to run it
   * @throws MalformedModelException if the tensors are of another architecture, or the card does
   *     not fit
   */
  public FaceEmbedder embedder(Checkpoint checkpoint, ModelCard card, EmbedderOptions options) {
    Architecture network = checked(checkpoint, Head.FEATURES);
    if (card.embeddingSize() != network.embeddingSize(checkpoint)
        || card.crop().width() != scaling.side
        || card.crop().height() != scaling.side) {
      throw new MalformedModelException(
          "the card of "
              + card.id()
              + " says "
              + card.embeddingSize()
              + " dimensions of crops of "
              + card.crop()
              + ", the network gives "
              + network.embeddingSize(checkpoint)
              + " of "
              + scaling.side
              + "x"
              + scaling.side
              + "; correct the card");
    }
    Graph graph = EmbeddingGraphs.emit(network, checkpoint, card);
    boolean cpu = options.provider().equals(ExecutionProvider.CPU);
    return OnnxFaceEmbedder.ofModel(
        OnnxFile.write(cpu ? CpuForm.of(graph) : graph), checkpoint.file().toString(), options);
  }

  /** Whether a checkpoint holds the tensors of this network. */
  Fit fit(Checkpoint checkpoint) {
    return Fit.of(architecture.apply(Head.FEATURES), checkpoint);
  }

  private Architecture checked(Checkpoint checkpoint, Head head) {
    Architecture network = architecture.apply(head);
    Fit.require(network, checkpoint, "give the checkpoint of " + file.names());
    return network;
  }

  /** Here because constants cannot refer to fields of their own enum. */
  private static final class Files {
    static final String DOCS = "pytorch.org/vision/stable/models/generated/torchvision.models.";
    static final List<Float> MEAN = List.of(0.485f * 255, 0.456f * 255, 0.406f * 255);
    static final List<Float> DEVIATION = List.of(0.229f * 255, 0.224f * 255, 0.225f * 255);

    static PublishedFile torchvision(String id, FileVersion version) {
      return new PublishedFile(
          id,
          List.of(version),
          "github.com/pytorch/vision",
          Licence.BSD_3,
          URI.create("https://download.pytorch.org/models/" + version.name()));
    }

    static Scaling facenet() {
      Recipe recipe = Recipe.facenet();
      return new Scaling(
          recipe.crop().width(),
          List.of(recipe.mean(), recipe.mean(), recipe.mean()),
          List.of(recipe.deviation(), recipe.deviation(), recipe.deviation()));
    }
  }
}
