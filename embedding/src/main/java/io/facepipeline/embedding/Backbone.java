package io.facepipeline.embedding;

import io.facepipeline.CropSpec;
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
      new PublishedFile(
          "mobilefacenet-foamliu",
          List.of("mobilefacenet_foamliu.pt"),
          "github.com/foamliu/MobileFaceNet",
          "Apache-2.0"),
      CropSpec.arcFace(112),
      127.5f,
      127.5f,
      Measured.MOBILEFACENET_FOAMLIU),

  /**
   * MobileFaceNet in face.evoLVe's form: 112x112, 512 dimensions. Nobody has measured its
   * thresholds, since its authors publish the architecture without weights; bring a checkpoint
   * trained with their code.
   */
  MOBILEFACENET(
      new MobileFaceNet(),
      new PublishedFile(
          "mobilefacenet",
          List.of("backbone_mobilefacenet.pth"),
          "github.com/ZhaoJ9014/face.evoLVe (an architecture; train it with their code)",
          "MIT"),
      CropSpec.arcFace(112),
      127.5f,
      128f,
      null);

  private final Architecture architecture;
  private final PublishedFile file;
  private final CropSpec crop;
  private final float mean;
  private final float deviation;
  private final ModelCard.@Nullable Thresholds thresholds;

  Backbone(
      Architecture architecture,
      PublishedFile file,
      CropSpec crop,
      float mean,
      float deviation,
      ModelCard.@Nullable Thresholds thresholds) {
    this.architecture = architecture;
    this.file = file;
    this.crop = crop;
    this.mean = mean;
    this.deviation = deviation;
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
   * {@return the model whose architecture a checkpoint's tensors are of}
   *
   * @param checkpoint the file
   * @throws io.facepipeline.onnx.checkpoint.CheckpointException if the file cannot be read
   * @throws MalformedModelException if no architecture fits
   */
  public static Backbone detect(Path checkpoint) {
    Checkpoint read = Checkpoint.read(checkpoint);
    return Arrays.stream(values())
        .filter(b -> b.architecture.matches(read))
        .findFirst()
        .orElseThrow(
            () ->
                new MalformedModelException(
                    checkpoint
                        + ": the tensors are of no known architecture; known are "
                        + Arrays.stream(values())
                            .map(b -> b.architecture.architecture())
                            .collect(Collectors.joining(", "))));
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
              + " is; see which model they are of with Backbone.detect");
    }
    return EmbeddingGraphs.emit(architecture, checkpoint, card(checkpoint));
  }

  /** The card of a checkpoint: the catalogue's facts and the file's hash. */
  private ModelCard card(Checkpoint checkpoint) {
    return ModelCard.builder(id())
        .architecture(architecture.architecture())
        .embeddingSize(architecture.embeddingSize(checkpoint))
        .crop(crop)
        .scaling(mean, deviation)
        .licence(file.licence())
        .origin(file.origin())
        .sourceSha256(checkpoint.sha256())
        .thresholds(thresholds)
        .build();
  }

  /**
   * Thresholds that were measured; here because constants cannot refer to fields of their own enum.
   */
  private static final class Measured {
    static final ModelCard.Thresholds MOBILEFACENET_FOAMLIU =
        new ModelCard.Thresholds(0.348f, 0.482f, 87_307_271, "all impostor pairs of LFW");
  }
}
