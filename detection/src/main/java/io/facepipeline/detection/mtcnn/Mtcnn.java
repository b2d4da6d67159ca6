package io.facepipeline.detection.mtcnn;

import io.facepipeline.Box;
import io.facepipeline.Face;
import io.facepipeline.FaceDetector;
import io.facepipeline.FaceRefiner;
import io.facepipeline.Image;
import io.facepipeline.LandmarkFinder;
import io.facepipeline.Landmarks;
import io.facepipeline.detection.mtcnn.cascade.FastCascade;
import io.facepipeline.detection.mtcnn.cascade.MtcnnForms;
import io.facepipeline.detection.mtcnn.cascade.MtcnnGraphs;
import io.facepipeline.detection.mtcnn.cascade.MtcnnOptions;
import io.facepipeline.detection.mtcnn.cascade.MtcnnWeights;
import io.facepipeline.detection.mtcnn.cascade.Network;
import io.facepipeline.detection.mtcnn.cascade.OnnxNetwork;
import io.facepipeline.internal.FaceSuppression;
import io.facepipeline.internal.Workers;
import io.facepipeline.onnx.ExecutionProvider;
import io.facepipeline.onnx.OnnxOptions;
import io.facepipeline.onnx.checkpoint.Checkpoint;
import io.facepipeline.onnx.graph.Graph;
import io.facepipeline.onnx.graph.rewrite.CpuRewrites;
import io.facepipeline.onnx.store.PublishedFile;
import java.util.List;
import java.util.Optional;
import java.util.function.Function;

/**
 * MTCNN: a cascade of three small networks, each checking the candidates of the one before (Zhang
 * et al., Joint Face Detection and Alignment using Multi-task Cascaded Convolutional Networks,
 * 2016). With the published weights its results equal those of facenet-pytorch. Thread-safe.
 *
 * <pre>{@code
 * try (FaceDetector detector = Mtcnn.builder().minFaceSize(40).build()) {
 *   List<Face> faces = detector.detect(image);
 * }
 * }</pre>
 */
public final class Mtcnn implements FaceDetector, FaceRefiner, LandmarkFinder {
  private final List<Network> networks;
  private final FastCascade cascade;
  private final Workers workers;
  private final MtcnnOptions options;

  Mtcnn(MtcnnWeights weights, MtcnnOptions options, ExecutionProvider provider, int parallelism) {
    this.options = options;
    // One thread a run: the workers run many at once. Elsewhere than on a CPU the plain graphs do
    // better.
    OnnxOptions onnx = OnnxOptions.defaults().withProvider(provider).withIntraOpThreads(1);
    boolean fast = provider.equals(ExecutionProvider.CPU);
    Network pnet = network(MtcnnGraphs::pnet, weights.pnet(), fast, onnx);
    Network rnet = null;
    try {
      rnet = network(MtcnnGraphs::rnet, weights.rnet(), fast, onnx);
      Network onet = network(MtcnnGraphs::onet, weights.onet(), fast, onnx);
      networks = List.of(pnet, rnet, onet);
      workers = new Workers(parallelism);
      cascade = new FastCascade(pnet, rnet, onet, options, workers);
    } catch (RuntimeException e) {
      pnet.close();
      if (rnet != null) {
        rnet.close();
      }
      throw e;
    }
  }

  private static Network network(
      Function<Checkpoint, Graph> plain, Checkpoint weights, boolean fast, OnnxOptions options) {
    Graph graph = plain.apply(weights);
    return new OnnxNetwork(fast ? CpuRewrites.apply(graph) : graph, options);
  }

  /** {@return the published files of its weights: P-Net, R-Net and O-Net} */
  public static List<PublishedFile> files() {
    return MtcnnWeights.files();
  }

  /**
   * {@return which of the three networks a checkpoint holds, as readable text such as {@code
   * P-Net}; empty if none}
   *
   * @param checkpoint the checkpoint, in any form that {@link MtcnnBuilder} accepts
   */
  public static Optional<String> networksIn(Checkpoint checkpoint) {
    return MtcnnForms.networksIn(checkpoint);
  }

  /** {@return a builder} */
  public static MtcnnBuilder builder() {
    return new MtcnnBuilder();
  }

  @Override
  public List<Face> detect(Image image) {
    return selected(cascade.detect(image), image);
  }

  /**
   * {@inheritDoc}
   *
   * <p>Runs R-Net on the boxes and O-Net on those that pass. It skips P-Net, which takes most of a
   * detection's time.
   */
  @Override
  public List<Face> refine(Image image, List<Box> boxes) {
    return selected(cascade.refine(image, boxes), image);
  }

  /**
   * {@inheritDoc}
   *
   * <p>R-Net adjusts each box to what O-Net was trained on, and O-Net finds the landmarks.
   */
  @Override
  public List<Landmarks> landmarks(Image image, List<Box> boxes) {
    return cascade.landmarks(image, boxes);
  }

  private List<Face> selected(List<Face> found, Image image) {
    List<Face> faces = options.suppressRepeats() ? FaceSuppression.withoutRepeats(found) : found;
    return options.selection() == null
        ? faces
        : options.selection().select(faces, image.width(), image.height()).stream().toList();
  }

  /** {@return the settings, for logs} */
  @Override
  public String toString() {
    return "MTCNN " + options;
  }

  @Override
  public void close() {
    workers.close();
    networks.forEach(Network::close);
  }
}
