package io.facepipeline.detection.mtcnn.cascade;

import io.facepipeline.Box;
import io.facepipeline.Image;
import io.facepipeline.detection.mtcnn.Mtcnn;
import io.facepipeline.detection.work.Proposals;
import io.facepipeline.detection.work.Spare;
import io.facepipeline.internal.Workers;
import io.facepipeline.onnx.OnnxOptions;
import io.facepipeline.onnx.checkpoint.Checkpoint;
import io.facepipeline.onnx.graph.Graph;
import io.facepipeline.onnx.graph.rewrite.CpuRewrites;
import java.nio.FloatBuffer;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * The cascade of {@link Mtcnn} one stage at a time, for training: the candidates of the first
 * networks are the training data of the next. The last networks may be missing. Runs in the calling
 * thread, or on the pool of workers that the calling thread belongs to. Thread-safe.
 */
public final class MtcnnStages implements AutoCloseable {
  /** The channels of R-Net's output for a crop: logit and box. */
  public static final int BOX_CHANNELS = Network.BOX_CHANNELS;

  /** The channels of O-Net: logit, box, five x and five y of landmarks. */
  public static final int FACE_CHANNELS = Network.FACE_CHANNELS;

  private static final double FACTOR = 0.709;

  private static final Network MISSING =
      new Network() {
        @Override
        public void run(
            FloatBuffer rgb, int batch, int height, int width, FloatBuffer heads, long[] shape) {
          throw new IllegalStateException(
              "the cascade has no network for this stage; pass its checkpoint");
        }

        @Override
        public void close() {}
      };

  private final Network[] networks = {MISSING, MISSING, MISSING};
  private final Workers workers = new Workers(1);
  private final Spare<Scratch> scratches = new Spare<>(Scratch::new);

  /**
   * Loads networks.
   *
   * @param pnet P-Net's weights
   * @param rnet R-Net's weights; null for none
   * @param onet O-Net's weights; null for none
   */
  public MtcnnStages(Checkpoint pnet, @Nullable Checkpoint rnet, @Nullable Checkpoint onet) {
    try {
      networks[0] = network(MtcnnGraphs::pnet, pnet);
      if (rnet != null) {
        networks[1] = network(MtcnnGraphs::rnet, rnet);
      }
      if (onet != null) {
        networks[2] = network(MtcnnGraphs::onet, onet);
      }
    } catch (RuntimeException e) {
      close();
      throw e;
    }
  }

  private static Network network(Function<Checkpoint, Graph> plain, Checkpoint weights) {
    Graph graph = CpuRewrites.apply(plain.apply(weights));
    return new OnnxNetwork(graph, OnnxOptions.defaults().withIntraOpThreads(1));
  }

  /**
   * {@return a level with P-Net's output}
   *
   * @param image the image
   * @param scale the level's size over the image's, such that the shorter side has at least 12
   *     pixels
   * @throws IllegalArgumentException if the level is too small for a window
   */
  public PyramidLevel level(Image image, double scale) {
    Scratch scratch = scratches.take();
    try {
      PyramidLevel level = resample(image, scale, scratch);
      int height = level.height();
      int width = level.width();
      FloatBuffer heads = scratch.heads.room(Network.BOX_CHANNELS * level.rows() * level.columns());
      long[] shape = {1, Network.BOX_CHANNELS, level.rows(), level.columns()};
      networks[0].run(scratch.input.room(3 * width * height), 1, height, width, heads, shape);
      heads.get(0, level.logits());
      return level;
    } finally {
      scratches.giveBack(scratch);
    }
  }

  /**
   * {@return a level without a network's output: its logits are 0}
   *
   * @param image the image
   * @param scale as in {@link #level}
   * @throws IllegalArgumentException if the level is too small for a window
   */
  public static PyramidLevel blankLevel(Image image, double scale) {
    return resample(image, scale, new Scratch());
  }

  /** Leaves the pixels in the scratch memory too. */
  private static PyramidLevel resample(Image image, double scale, Scratch scratch) {
    int width = (int) (image.width() * scale + 1);
    int height = (int) (image.height() * scale + 1);
    if (Math.min(width, height) < Pyramid.CELL) {
      throw new IllegalArgumentException(
          "a level needs at least 12 pixels each way, got "
              + width
              + "x"
              + height
              + "; use a larger scale than "
              + scale);
    }
    FloatBuffer input = scratch.input.room(3 * width * height);
    scratch.resampler.resample(
        image, 0, 0, image.width(), image.height(), width, height, 0, height, input, 0);
    float[] rgb = new float[3 * width * height];
    input.get(0, rgb);
    return new PyramidLevel(width, height, rgb);
  }

  /**
   * {@return the scales of an image's levels, largest first}
   *
   * @param image the image
   * @param minFaceSize the side of the smallest face in pixels, positive
   */
  public static List<Double> scales(Image image, double minFaceSize) {
    double first = Pyramid.CELL / minFaceSize;
    List<Double> scales = new ArrayList<>();
    for (double scale = first;
        Math.min(image.width(), image.height()) * scale >= Pyramid.CELL;
        scale *= FACTOR) {
      scales.add(scale);
    }
    return scales;
  }

  /**
   * {@return the squares that P-Net proposes, most probable first; only those that {@link #cut} can
   * cut}
   *
   * @param image the image
   * @param minFaceSize the side of the smallest face, at least 12
   * @param threshold P-Net's lowest accepted probability
   */
  public List<Box> proposals(Image image, int minFaceSize, float threshold) {
    Frame frame = new Frame();
    cascade(minFaceSize, threshold, 1).propose(image, frame);
    return boxes(frame, image);
  }

  /**
   * {@return P-Net's squares that pass R-Net, refined; only those that {@link #cut} can cut}
   *
   * @param image the image
   * @param proposals the result of {@link #proposals}
   * @param threshold R-Net's lowest accepted probability
   */
  public List<Box> refined(Image image, List<Box> proposals, float threshold) {
    Frame frame = new Frame();
    for (Box box : proposals) {
      frame.candidates.add(box.x1(), box.y1(), box.x2(), box.y2(), 1);
    }
    cascade(Pyramid.CELL, 1, threshold).refine(image, frame);
    return boxes(frame, image);
  }

  /**
   * Cuts a candidate out of an image as the cascade does: edges are truncated, one-based and
   * inclusive; parts outside the image are left out.
   *
   * @param image the image
   * @param candidate the candidate
   * @param side of the crop in pixels
   * @param rgb receives {@code 3 * side * side} numbers, planes of red, green and blue, 0 to 255
   * @return whether the candidate has a pixel inside the image; if not, nothing is written
   */
  public static boolean cut(Image image, Box candidate, int side, FloatBuffer rgb) {
    Proposals one = new Proposals();
    one.add(candidate.x1(), candidate.y1(), candidate.x2(), candidate.y2(), 1);
    if (!FastCascade.isVisible(one, 0, image)) {
      return false;
    }
    FastCascade.cut(new AreaStrip(), image, one, 0, side, rgb, 0);
    return true;
  }

  /**
   * {@return R-Net's output for crops of 24x24: {@link #BOX_CHANNELS} numbers each}
   *
   * @param crops direct buffer of consecutive crops as {@link #cut} writes them
   * @param count the number of crops
   */
  public float[] refine(FloatBuffer crops, int count) {
    return look(1, crops, count, 24, Network.BOX_CHANNELS);
  }

  /**
   * {@return O-Net's output for crops of 48x48: {@link #FACE_CHANNELS} numbers each}
   *
   * @param crops direct buffer of consecutive crops as {@link #cut} writes them
   * @param count the number of crops
   */
  public float[] output(FloatBuffer crops, int count) {
    return look(2, crops, count, 48, Network.FACE_CHANNELS);
  }

  private float[] look(int stage, FloatBuffer crops, int count, int side, int channels) {
    Scratch scratch = scratches.take();
    try {
      FloatBuffer heads = scratch.heads.room(count * channels);
      FloatBuffer input = crops.duplicate().clear().limit(count * 3 * side * side);
      networks[stage].run(input, count, side, side, heads, new long[] {count, channels});
      float[] values = new float[count * channels];
      heads.get(0, values);
      return values;
    } finally {
      scratches.giveBack(scratch);
    }
  }

  private FastCascade cascade(int minFaceSize, float pnetThreshold, float rnetThreshold) {
    MtcnnOptions options =
        new MtcnnOptions(
            minFaceSize, FACTOR, List.of(pnetThreshold, rnetThreshold, 1f), false, false, null);
    return new FastCascade(networks[0], networks[1], networks[2], options, workers);
  }

  private static List<Box> boxes(Frame frame, Image image) {
    List<Box> boxes = new ArrayList<>();
    Proposals found = frame.candidates;
    for (int i = 0; i < found.size(); i++) {
      // A network may turn a box inside out.
      boolean upright = found.get(i, 2) > found.get(i, 0) && found.get(i, 3) > found.get(i, 1);
      if (upright && FastCascade.isVisible(found, i, image)) {
        boxes.add(new Box(found.get(i, 0), found.get(i, 1), found.get(i, 2), found.get(i, 3)));
      }
    }
    return boxes;
  }

  @Override
  public void close() {
    Arrays.stream(networks).forEach(Network::close);
    workers.close();
  }
}
