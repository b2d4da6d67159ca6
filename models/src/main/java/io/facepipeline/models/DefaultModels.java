package io.facepipeline.models;

import io.facepipeline.FaceEmbedder;
import io.facepipeline.FacePipelineException;
import io.facepipeline.ModelCard;
import io.facepipeline.detection.mtcnn.Mtcnn;
import io.facepipeline.detection.onestage.DetectorModel;
import io.facepipeline.embedding.EmbedderOptions;
import io.facepipeline.embedding.OnnxFaceEmbedder;
import io.facepipeline.embedding.internal.EntryCards;
import io.facepipeline.onnx.catalog.CatalogEntry;
import io.facepipeline.onnx.catalog.CatalogEntry.Kind;
import io.facepipeline.onnx.catalog.ModelCatalog;
import io.facepipeline.onnx.checkpoint.Checkpoint;
import java.io.FileNotFoundException;
import java.io.IOException;
import java.io.InputStream;
import java.util.List;
import java.util.stream.Stream;

/**
 * The models inside this artifact, trained by the library's own trainers on photos that were
 * released for research (FDDB, LFW, WIDER FACE and others), with published networks as teachers.
 * The {@code card.json} beside each lists the training data and the measured figures. They are
 * entries of the catalog too, by their ids: license, size, hash. Thread-safe.
 */
public final class DefaultModels {
  /** The id of the detector. */
  public static final String DETECTOR = "scan-default";

  /** The id of the MTCNN, which also finds the detector's landmarks. */
  public static final String MTCNN = "mtcnn-default";

  /** The id of the embedder. */
  public static final String EMBEDDER = "compact-default";

  /** The longer side of the smallest face that the detector looks for, in pixels. */
  private static final int SMALLEST_FACE = 20;

  private DefaultModels() {}

  /**
   * {@return the default detector: one stage, for faces of 20 pixels and more, the landmarks of
   * each found by the last network of {@link #mtcnn}; open it with {@link DetectorModel#open}}
   */
  public static DetectorModel detector() {
    return DetectorModel.of(ModelCatalog.installed().require(Kind.FACE_DETECTOR, DETECTOR))
        .withMinFaceSize(SMALLEST_FACE)
        .withRefinedLandmarks(() -> mtcnn().parallelism(1).build());
  }

  /**
   * {@return a builder of MTCNN with the weights of this artifact, which suppresses repeats and
   * refines landmarks}
   *
   * @throws FacePipelineException if the weights cannot be read
   */
  public static Mtcnn.Builder mtcnn() {
    List<Checkpoint> weights = mtcnnWeights();
    return Mtcnn.builder()
        .weights(weights.get(0), weights.get(1), weights.get(2))
        .suppressRepeats()
        .refineLandmarks();
  }

  /**
   * {@return the weights of the MTCNN: P-Net, R-Net and O-Net}
   *
   * @throws FacePipelineException if they cannot be read
   */
  public static List<Checkpoint> mtcnnWeights() {
    return Stream.of("pnet", "rnet", "onet")
        .map(network -> checkpoint(MTCNN + "/" + network + ".safetensors"))
        .toList();
  }

  /**
   * {@return the weights of the default embedder, of the architecture {@code MobileFaceNet
   * (foamliu)}}
   *
   * @throws FacePipelineException if they cannot be read
   */
  public static Checkpoint embedderWeights() {
    return checkpoint(EMBEDDER + "/embedder.safetensors");
  }

  /**
   * {@return the default embedder: 112x112 crops by the ArcFace template, 128 dimensions, with
   * thresholds on its card}
   *
   * @throws FacePipelineException if it cannot be read
   */
  public static FaceEmbedder embedder() {
    return embedder(EmbedderOptions.defaults());
  }

  /**
   * {@return the default embedder}
   *
   * @param options how it runs
   * @throws FacePipelineException if it cannot be read
   */
  public static FaceEmbedder embedder(EmbedderOptions options) {
    Checkpoint weights = embedderWeights();
    CatalogEntry entry = ModelCatalog.installed().require(Kind.FACE_EMBEDDER, EMBEDDER);
    ModelCard card = EntryCards.card(entry, weights.file(), weights.sha256());
    return OnnxFaceEmbedder.load(weights, card, options);
  }

  private static Checkpoint checkpoint(String name) {
    return Checkpoint.read(name, bytes(name));
  }

  private static byte[] bytes(String name) {
    try (InputStream resource = DefaultModels.class.getResourceAsStream(name)) {
      if (resource == null) {
        throw new FileNotFoundException("no such resource");
      }
      return resource.readAllBytes();
    } catch (IOException e) {
      throw new FacePipelineException(
          "cannot read the default model " + name + " inside the artifact: " + e, e);
    }
  }
}
