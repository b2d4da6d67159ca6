package io.facepipeline.embedding;

import io.facepipeline.CropSpec;
import io.facepipeline.FaceEmbedder;
import io.facepipeline.ModelCard;
import io.facepipeline.embedding.internal.CheckpointModel;
import io.facepipeline.embedding.internal.KnownModels;
import io.facepipeline.onnx.MalformedModelException;
import io.facepipeline.onnx.cache.ConvertedModels;
import io.facepipeline.onnx.catalog.CatalogEntry;
import io.facepipeline.onnx.catalog.CatalogEntry.Kind;
import io.facepipeline.onnx.catalog.ModelCatalog;
import io.facepipeline.onnx.checkpoint.Checkpoint;
import io.facepipeline.onnx.graph.proto.OnnxFile;
import io.facepipeline.onnx.store.ModelStore;
import io.facepipeline.onnx.store.PublishedFile;
import java.io.IOException;
import java.nio.channels.WritableByteChannel;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * A face embedder of the catalog ({@link ModelCatalog}). It loads from its published file. The
 * constants are the built-in entries that are checkpoints; {@link #named} and {@link #values} also
 * have those that are ONNX files, such as {@code edgeface-xs}, and added ones. Immutable and
 * thread-safe; equal if the ids are equal.
 */
public final class Backbone {
  /**
   * MobileFaceNet in foamliu's form, trained with ArcFace on MS1M: 112x112, 128 dimensions,
   * Apache-2.0.
   */
  public static final Backbone MOBILEFACENET_FOAMLIU = new Backbone("mobilefacenet-foamliu");

  /**
   * MobileFaceNet in face.evoLVe's form: 112x112, 512 dimensions. Its authors publish no weights,
   * and there are no measured thresholds; use a checkpoint trained with their code.
   */
  public static final Backbone MOBILEFACENET = new Backbone("mobilefacenet");

  /** FaceNet trained on VGGFace2: 160x160, 512 dimensions. */
  public static final Backbone FACENET_VGGFACE2 = new Backbone("facenet-vggface2");

  /** FaceNet trained on CASIA-WebFace: 160x160, 512 dimensions. */
  public static final Backbone FACENET_CASIA_WEBFACE = new Backbone("facenet-casia-webface");

  /** IR-50 trained on MS1M: 112x112, 512 dimensions. */
  public static final Backbone IR_50 = new Backbone("ir-50");

  /** IR-50 trained on Asian faces: 112x112, 512 dimensions. */
  public static final Backbone IR_50_ASIA = new Backbone("ir-50-asia");

  /**
   * IR-101: 112x112, 512 dimensions. Its authors publish no weights, and there are no measured
   * thresholds; use a checkpoint trained with their code.
   */
  public static final Backbone IR_101 = new Backbone("ir-101");

  /** IR-152 trained on MS1M: 112x112, 512 dimensions. */
  public static final Backbone IR_152 = new Backbone("ir-152");

  /**
   * IR-50 with squeeze and excitation: 112x112, 512 dimensions. Its authors publish no weights, and
   * there are no measured thresholds; use a checkpoint trained with their code.
   */
  public static final Backbone IR_SE_50 = new Backbone("ir-se-50");

  /**
   * IR-101 with squeeze and excitation: 112x112, 512 dimensions. Its authors publish no weights,
   * and there are no measured thresholds; use a checkpoint trained with their code.
   */
  public static final Backbone IR_SE_101 = new Backbone("ir-se-101");

  /**
   * IR-152 with squeeze and excitation: 112x112, 512 dimensions. Its authors publish no weights,
   * and there are no measured thresholds; use a checkpoint trained with their code.
   */
  public static final Backbone IR_SE_152 = new Backbone("ir-se-152");

  /**
   * ResNet-50 in face.evoLVe's form: 112x112, 512 dimensions. Its authors publish no weights, and
   * there are no measured thresholds; use a checkpoint trained with their code.
   */
  public static final Backbone RESNET_50 = new Backbone("resnet-50");

  /**
   * ResNet-101 in face.evoLVe's form: 112x112, 512 dimensions. Its authors publish no weights, and
   * there are no measured thresholds; use a checkpoint trained with their code.
   */
  public static final Backbone RESNET_101 = new Backbone("resnet-101");

  /**
   * ResNet-152 in face.evoLVe's form: 112x112, 512 dimensions. Its authors publish no weights, and
   * there are no measured thresholds; use a checkpoint trained with their code.
   */
  public static final Backbone RESNET_152 = new Backbone("resnet-152");

  /**
   * GhostNet in face.evoLVe's form: 112x112, 512 dimensions. Its authors publish no weights, and
   * there are no measured thresholds; use a checkpoint trained with their code.
   */
  public static final Backbone GHOSTNET = new Backbone("ghostnet");

  /**
   * Residual attention network of 56 layers: 112x112, 512 dimensions. Its authors publish no
   * weights, and there are no measured thresholds; use a checkpoint trained with their code.
   */
  public static final Backbone ATTENTIONNET_IR_56 = new Backbone("attentionnet-ir-56");

  /**
   * Residual attention network of 92 layers: 112x112, 512 dimensions. Its authors publish no
   * weights, and there are no measured thresholds; use a checkpoint trained with their code.
   */
  public static final Backbone ATTENTIONNET_IR_92 = new Backbone("attentionnet-ir-92");

  /** LightCNN of 9 layers: gray 128x128, 256 dimensions. */
  public static final Backbone LIGHTCNN_9 = new Backbone("lightcnn-9");

  /** LightCNN of 29 layers: gray 128x128, 256 dimensions. */
  public static final Backbone LIGHTCNN_29 = new Backbone("lightcnn-29");

  /** LightCNN of 29 layers, second version: gray 128x128, 256 dimensions. */
  public static final Backbone LIGHTCNN_29V2 = new Backbone("lightcnn-29v2");

  /** LightCNN, fourth version: BGR 128x128, 256 dimensions. */
  public static final Backbone LIGHTCNN_V4 = new Backbone("lightcnn-v4");

  private final String id;

  /** Read when it is asked for, so that a catalog that cannot be read fails where it is used. */
  private volatile @Nullable CatalogEntry entry;

  private Backbone(String id) {
    this.id = id;
  }

  private Backbone(CatalogEntry entry) {
    id = entry.id();
    this.entry = entry;
  }

  /**
   * {@return the embedder of an entry, for example from your own catalog}
   *
   * @param entry the entry
   * @throws IllegalArgumentException if it is not a face embedder
   */
  public static Backbone of(CatalogEntry entry) {
    if (entry.kind() != Kind.FACE_EMBEDDER) {
      throw new IllegalArgumentException(
          entry.id() + " is of the kind " + entry.kind() + ", expected a " + Kind.FACE_EMBEDDER);
    }
    return new Backbone(entry);
  }

  /**
   * {@return the model with a catalog id}
   *
   * @param id the id, such as {@code mobilefacenet-foamliu}
   * @throws MalformedModelException if a catalog on the class path cannot be used
   */
  public static Optional<Backbone> named(String id) {
    return ModelCatalog.installed()
        .entry(id)
        .filter(e -> e.kind() == Kind.FACE_EMBEDDER)
        .map(Backbone::new);
  }

  /**
   * {@return all embedders of the catalog, the library's first}
   *
   * @throws MalformedModelException if a catalog on the class path cannot be used
   */
  public static List<Backbone> values() {
    return ModelCatalog.installed().entries(Kind.FACE_EMBEDDER).stream()
        .map(Backbone::new)
        .toList();
  }

  /** {@return its catalog entry} */
  public CatalogEntry entry() {
    CatalogEntry known = entry;
    if (known == null) {
      known = ModelCatalog.installed().require(Kind.FACE_EMBEDDER, id);
      entry = known;
    }
    return known;
  }

  /** {@return the catalog id, such as {@code mobilefacenet-foamliu}} */
  public String id() {
    return id;
  }

  /** {@return the published file of the weights} */
  public PublishedFile file() {
    return entry().file();
  }

  /** {@return the architecture's name, such as {@code IR-50}} */
  public String architecture() {
    return entry().architecture();
  }

  /** {@return the number of dimensions of an embedding with the published weights} */
  public int embeddingSize() {
    return entry().embeddingSize();
  }

  /** {@return its crop specification} */
  public CropSpec crop() {
    return entry().input().crop();
  }

  /** {@return the accuracy that its authors state, if any} */
  public Optional<CatalogEntry.Accuracy> accuracy() {
    return entry().accuracy();
  }

  /** {@return the measured thresholds, if there are any} */
  public Optional<ModelCard.Thresholds> thresholds() {
    return entry().thresholds();
  }

  /**
   * {@return the catalog entry that can load a checkpoint: a published file's own entry, else the
   * first with the architecture of its tensors}
   *
   * <p>In the second case the entry says nothing about the origin and quality of the weights;
   * {@link ModelFile} has what is known about a file.
   *
   * @param checkpoint the file
   * @throws io.facepipeline.onnx.MalformedModelException if the file cannot be read
   * @throws MalformedModelException if no architecture fits; the message names the nearest one and
   *     the first tensor that differs
   */
  public static Backbone detect(Path checkpoint) {
    return KnownModels.near(checkpoint)
        .published(Checkpoint.sha256(checkpoint))
        .map(Backbone::new)
        .orElseGet(() -> detect(Checkpoint.read(checkpoint)));
  }

  static Backbone detect(Checkpoint checkpoint) {
    KnownModels models = KnownModels.near(checkpoint.file());
    return models
        .published(checkpoint.sha256())
        .or(() -> models.fitting(checkpoint))
        .map(Backbone::new)
        .orElseThrow(() -> models.unknown(checkpoint));
  }

  /**
   * {@return an embedder with the published weights from the folders that the environment names,
   * the user's cache, or a download; see {@link ModelStore}}
   *
   * @throws io.facepipeline.FacePipelineException as in {@link ModelStore#require}
   */
  public FaceEmbedder load() {
    return load(ModelStore.fromEnvironment(), EmbedderOptions.defaults());
  }

  /**
   * {@return an embedder with the published weights}
   *
   * @param store finds or downloads them, and caches the converted model
   * @param options how to run the model
   * @throws io.facepipeline.FacePipelineException as in {@link ModelStore#require}
   */
  public FaceEmbedder load(ModelStore store, EmbedderOptions options) {
    Path file = store.require(List.of(file())).get(0);
    return entry().isOnnx()
        ? OnnxFaceEmbedder.load(file, entry(), options)
        : load(file, options, store.converted());
  }

  /**
   * {@return an embedder with the weights of a file; its card has the catalog's facts only if the
   * file is the published one, see {@link ModelFile}}
   *
   * @param file the published file, or one of another training
   * @throws io.facepipeline.FacePipelineException if the file cannot be read
   * @throws MalformedModelException if the weights are of another architecture
   */
  public FaceEmbedder load(Path file) {
    return load(file, EmbedderOptions.defaults());
  }

  /**
   * {@return an embedder with the weights of a file; a checkpoint is converted once, and the user's
   * cache keeps the ONNX file under the hash of its source}
   *
   * @param file the published file, or one of another training
   * @param options how to run the model
   * @throws io.facepipeline.FacePipelineException if the file cannot be read
   * @throws MalformedModelException if the weights are of another architecture
   */
  public FaceEmbedder load(Path file, EmbedderOptions options) {
    return entry().isOnnx()
        ? OnnxFaceEmbedder.load(file, entry(), options)
        : load(file, options, ModelStore.fromEnvironment().converted());
  }

  FaceEmbedder load(Path checkpoint, EmbedderOptions options, ConvertedModels kept) {
    return ConvertedCheckpoint.load(CheckpointModel.of(entry()), checkpoint, options, kept);
  }

  /**
   * {@return the self-describing ONNX model of a checkpoint: raw crops in, unit vectors out, its
   * card inside}
   *
   * @param checkpoint the weights
   * @throws MalformedModelException if the tensors are of another architecture
   */
  public byte[] convert(Checkpoint checkpoint) {
    return OnnxFile.write(CheckpointModel.of(entry()).graph(checkpoint));
  }

  /**
   * Writes the self-describing ONNX model of a checkpoint: raw crops in, unit vectors out, its card
   * inside.
   *
   * @param checkpoint the weights
   * @param forCpu whether to rewrite the graph for CPUs; GPUs run the plain graph faster, and both
   *     are equivalent
   * @param out the target; left open
   * @throws IOException if it cannot be written
   * @throws MalformedModelException if the tensors are of another architecture
   */
  public void convert(Checkpoint checkpoint, boolean forCpu, WritableByteChannel out)
      throws IOException {
    CheckpointModel.write(CheckpointModel.of(entry()).graph(checkpoint), forCpu, out);
  }

  @Override
  public boolean equals(@Nullable Object other) {
    return other instanceof Backbone backbone && backbone.id.equals(id);
  }

  @Override
  public int hashCode() {
    return id.hashCode();
  }

  /** {@return the catalog id} */
  @Override
  public String toString() {
    return id;
  }
}
