package io.facepipeline.detection.mtcnn;

import com.google.errorprone.annotations.CanIgnoreReturnValue;
import io.facepipeline.Box;
import io.facepipeline.Face;
import io.facepipeline.FaceDetector;
import io.facepipeline.FaceRefiner;
import io.facepipeline.FaceSelection;
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
import io.facepipeline.internal.SetOnce;
import io.facepipeline.internal.Workers;
import io.facepipeline.onnx.OnnxOptions;
import io.facepipeline.onnx.checkpoint.Checkpoint;
import io.facepipeline.onnx.graph.Graph;
import io.facepipeline.onnx.graph.rewrite.CpuRewrites;
import io.facepipeline.onnx.store.ModelStore;
import io.facepipeline.onnx.store.PublishedFile;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

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

  Mtcnn(
      MtcnnWeights weights, MtcnnOptions options, OnnxOptions.Provider provider, int parallelism) {
    this.options = options;
    // One thread a run: the workers run many at once. Elsewhere than on a CPU the plain graphs do
    // better.
    OnnxOptions onnx = OnnxOptions.defaults().withProvider(provider).withIntraOpThreads(1);
    boolean fast = provider.equals(OnnxOptions.Provider.CPU);
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
   * @param checkpoint the checkpoint, in any form that {@link Builder} accepts
   */
  public static Optional<String> networksIn(Checkpoint checkpoint) {
    return MtcnnForms.networksIn(checkpoint);
  }

  /** {@return a builder} */
  public static Builder builder() {
    return new Builder();
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
   * <p>R-Net adjusts each box to what O-Net was trained on, O-Net adjusts it once more and finds
   * the landmarks.
   */
  @Override
  public List<Landmarks> landmarks(Image image, List<Box> boxes) {
    return cascade.landmarks(image, boxes);
  }

  private List<Face> selected(List<Face> found, Image image) {
    List<Face> faces = options.suppressRepeats() ? FaceSuppression.withoutRepeats(found) : found;
    if (options.selection() != null) {
      faces = options.selection().select(faces, image.width(), image.height()).stream().toList();
    }
    return options.refinesLandmarks() ? cascade.refineLandmarks(image, faces) : faces;
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

  /**
   * Builds an {@link Mtcnn}. The defaults are those of facenet-pytorch. Each setter refuses a
   * second call and values out of range. Not thread-safe.
   */
  public static final class Builder {
    private static final int SMALLEST_FACE = 12;

    private @Nullable ModelStore store;
    private @Nullable MtcnnWeights checkpoints;
    private @Nullable List<Path> weights;
    private @Nullable Integer minFaceSize;
    private @Nullable Double factor;
    private @Nullable List<Float> thresholds;
    private boolean suppressRepeats;
    private boolean refineLandmarks;
    private @Nullable FaceSelection selection;
    private OnnxOptions.@Nullable Provider provider;
    private @Nullable Integer parallelism;

    Builder() {}

    /**
     * Sets where to look for the published weights; the default is {@link
     * ModelStore#fromEnvironment()}.
     *
     * @param store finds {@code pnet.pt}, {@code rnet.pt} and {@code onet.pt}, or the three as
     *     {@code .npy}
     * @return this
     * @throws IllegalStateException if weights were set already
     */
    @CanIgnoreReturnValue
    public Builder models(ModelStore store) {
      refuseWeights();
      this.store = store;
      return this;
    }

    /**
     * Sets the three files of weights.
     *
     * @param pnet P-Net's weights, {@code .pt} of facenet-pytorch, {@code .npy} of face.evoLVe or
     *     {@code det1.npy} of github.com/davidsandberg/facenet
     * @param rnet R-Net's weights
     * @param onet O-Net's weights
     * @return this
     * @throws IllegalStateException if weights were set already
     */
    @CanIgnoreReturnValue
    public Builder weights(Path pnet, Path rnet, Path onet) {
      refuseWeights();
      weights = List.of(pnet, rnet, onet);
      return this;
    }

    /**
     * Sets the file or folder with all three networks.
     *
     * @param fileOrFolder one file with all three, such as {@code mtcnn_weights.npy} of
     *     github.com/ipazc/mtcnn, or a folder with a file for each: {@code pnet}, {@code rnet} and
     *     {@code onet} with the suffix {@code .pt}, {@code .pth}, {@code .safetensors} or {@code
     *     .npy}, or {@code det1.npy} to {@code det3.npy}
     * @return this
     * @throws IllegalStateException if weights were set already
     */
    @CanIgnoreReturnValue
    public Builder weights(Path fileOrFolder) {
      refuseWeights();
      weights = List.of(fileOrFolder);
      return this;
    }

    /**
     * Sets the weights; tensors have the names of facenet-pytorch's checkpoints.
     *
     * @param pnet P-Net's weights
     * @param rnet R-Net's weights
     * @param onet O-Net's weights
     * @return this
     * @throws IllegalStateException if weights were set already
     */
    @CanIgnoreReturnValue
    public Builder weights(Checkpoint pnet, Checkpoint rnet, Checkpoint onet) {
      refuseWeights();
      checkpoints = new MtcnnWeights(pnet, rnet, onet);
      return this;
    }

    private void refuseWeights() {
      SetOnce.refuseSecond("weights", store != null ? store.folders() : weights);
      if (checkpoints != null) {
        throw new IllegalStateException("the weights were already set to checkpoints");
      }
    }

    /**
     * Sets the side of the smallest face to find, in pixels; larger is faster. The default is 20.
     *
     * @param pixels at least 12
     * @return this
     * @throws IllegalStateException if it was set already
     * @throws IllegalArgumentException if it is smaller
     */
    @CanIgnoreReturnValue
    public Builder minFaceSize(int pixels) {
      SetOnce.refuseSecond("minimum face size", minFaceSize);
      if (pixels < SMALLEST_FACE) {
        throw new IllegalArgumentException(
            "the minimum face size must be at least "
                + SMALLEST_FACE
                + ", the side of P-Net's window, got "
                + pixels);
      }
      minFaceSize = pixels;
      return this;
    }

    /**
     * Sets the ratio of one pyramid level to the next; smaller is faster and finds fewer faces. The
     * default is 0.709.
     *
     * @param ratio between 0.1 and 0.95
     * @return this
     * @throws IllegalStateException if it was set already
     * @throws IllegalArgumentException if it is out of range
     */
    @CanIgnoreReturnValue
    public Builder factor(double ratio) {
      SetOnce.refuseSecond("pyramid factor", factor);
      if (!(ratio >= 0.1 && ratio <= 0.95)) {
        throw new IllegalArgumentException(
            "the pyramid factor must be between 0.1 and 0.95, got " + ratio);
      }
      factor = ratio;
      return this;
    }

    /**
     * Sets the lowest accepted probabilities of the three networks. The defaults are 0.6, 0.7 and
     * 0.7.
     *
     * @param pnet P-Net's threshold, 0 to 1
     * @param rnet R-Net's threshold
     * @param onet O-Net's threshold
     * @return this
     * @throws IllegalStateException if they were set already
     * @throws IllegalArgumentException if they are out of range
     */
    @CanIgnoreReturnValue
    public Builder thresholds(float pnet, float rnet, float onet) {
      SetOnce.refuseSecond("thresholds", thresholds);
      List<Float> values = List.of(pnet, rnet, onet);
      for (float value : values) {
        if (!(value > 0 && value <= 1)) {
          throw new IllegalArgumentException(
              "a threshold must be more than 0 and at most 1, got " + values);
        }
      }
      thresholds = values;
      return this;
    }

    /**
     * Leaves out a result that repeats a more probable one, as {@link
     * io.facepipeline.internal.FaceSuppression} tells. The published weights hardly need it, and
     * without it the results equal facenet-pytorch's, so the default is to keep all; networks that
     * have learned to find faces of other shapes see one wide face twice. The default models set
     * it.
     *
     * @return this
     * @throws IllegalStateException if it was set already
     */
    @CanIgnoreReturnValue
    public Builder suppressRepeats() {
      SetOnce.refuseSecond("suppression of repeats", suppressRepeats ? "on" : null);
      suppressRepeats = true;
      return this;
    }

    /**
     * Has O-Net look at each found face once more, at the box that it gave the face itself, and
     * takes the landmarks of this look. On LFW the published weights' landmarks are then 0.045 eye
     * distances from those marked by people, and 0.057 without. Without it the results equal
     * facenet-pytorch's, so the default is to take those of the first look. The default models set
     * it.
     *
     * @return this
     * @throws IllegalStateException if it was set already
     */
    @CanIgnoreReturnValue
    public Builder refineLandmarks() {
      SetOnce.refuseSecond("refinement of landmarks", refineLandmarks ? "on" : null);
      refineLandmarks = true;
      return this;
    }

    /**
     * Keeps at most one face per image. The default keeps all.
     *
     * @param selection selects the face
     * @return this
     * @throws IllegalStateException if it was set already
     */
    @CanIgnoreReturnValue
    public Builder keepOnly(FaceSelection selection) {
      this.selection = SetOnce.set("face selection", this.selection, selection);
      return this;
    }

    /**
     * Sets the execution provider of the networks; the default is the CPU.
     *
     * @param provider the execution provider
     * @return this
     * @throws IllegalStateException if it was set already
     */
    @CanIgnoreReturnValue
    public Builder provider(OnnxOptions.Provider provider) {
      this.provider = SetOnce.set("execution provider", this.provider, provider);
      return this;
    }

    /**
     * Sets the number of threads when the detector is used alone; inside a pipeline the pipeline's
     * workers run it. The default is one per processor.
     *
     * @param threads 1 to 1024
     * @return this
     * @throws IllegalStateException if it was set already
     * @throws IllegalArgumentException if it is out of range
     */
    @CanIgnoreReturnValue
    public Builder parallelism(int threads) {
      SetOnce.refuseSecond("parallelism", parallelism);
      Workers.requireParallelism(threads);
      parallelism = threads;
      return this;
    }

    /**
     * {@return the detector}
     *
     * @throws io.facepipeline.onnx.ModelNotFoundException if the weights are not found
     * @throws io.facepipeline.FacePipelineException if a file of weights cannot be read
     */
    public Mtcnn build() {
      MtcnnWeights loaded;
      if (checkpoints != null) {
        loaded = checkpoints;
      } else if (weights != null) {
        loaded =
            weights.size() == 1
                ? MtcnnWeights.read(weights.get(0))
                : MtcnnWeights.read(weights.get(0), weights.get(1), weights.get(2));
      } else {
        loaded = MtcnnWeights.find(store != null ? store : ModelStore.fromEnvironment());
      }
      MtcnnOptions options =
          new MtcnnOptions(
              minFaceSize != null ? minFaceSize : 20,
              factor != null ? factor : 0.709,
              thresholds != null ? thresholds : List.of(0.6f, 0.7f, 0.7f),
              suppressRepeats,
              refineLandmarks,
              selection);
      return new Mtcnn(
          loaded,
          options,
          provider != null ? provider : OnnxOptions.Provider.CPU,
          parallelism != null ? parallelism : Runtime.getRuntime().availableProcessors());
    }
  }
}
