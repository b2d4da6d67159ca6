package io.facepipeline.detection.scan;

import io.facepipeline.onnx.MalformedModelException;
import io.facepipeline.onnx.checkpoint.Checkpoint;
import io.facepipeline.onnx.graph.Graph;
import io.facepipeline.onnx.graph.LayerEmitter;
import io.facepipeline.onnx.graph.Value;
import io.facepipeline.onnx.layers.Layers;
import io.facepipeline.onnx.layers.Window;
import java.util.List;

/**
 * A one-stage detector of about 100,000 weights, without anchors. Depthwise-separable convolutions
 * (Howard et al., "MobileNets", 2017), most of them with a shortcut, a small feature pyramid (Lin
 * et al., 2017), and for each cell of strides 8, 16 and 32 one face: a score, a box and five
 * landmarks in one pass, as YuNet (Wu et al., 2023) has them.
 *
 * <p>It takes RGB, {@code (x - 127.5) / 128}, [n, 3, height, width] with sides that 32 divides, and
 * gives [n, 15, cells]: the cells of stride 8 first, row by row. With (x, y) the upper left corner
 * of a cell in pixels and s its stride, the 15 numbers o are the logit of the score; the center of
 * the box {@code (x + o1 s, y + o2 s)}, its width {@code exp(o3) s} and height {@code exp(o4) s};
 * and of each landmark {@code (x + o5 s, y + o6 s)}, and so on.
 */
public final class ScanNetwork {
  /** The numbers of a cell: score, box, landmarks. */
  public static final int NUMBERS = 15;

  /** The first number of the box, and that of the landmarks. */
  public static final int BOX = 1;

  /** The first number of the landmarks. */
  public static final int LANDMARKS = 5;

  /** The pixels from one cell to the next, finest first. */
  public static final List<Integer> STRIDES = List.of(8, 16, 32);

  private static final String OUTPUT_LAYER = "output";

  /** The name of the input. */
  public static final String INPUT = "image";

  /** The name of the output. */
  public static final String OUTPUT = "faces";

  private static final float EPSILON = 1e-5f;
  private static final int STEM = 16;
  private static final int QUARTER = 32;
  private static final int PYRAMID = 64;
  private static final int DEEP = 96;

  private ScanNetwork() {}

  /**
   * Describes the network.
   *
   * @param layers what it is made of
   * @param x images [n, 3, height, width]
   * @return [n, 15, cells]
   */
  public static <V> V forward(Layers<V> layers, V x) {
    Net<V> net = new Net<>(layers);
    x = layers.conv2d(x, "stem.conv", STEM, Window.square(3, 2, 1), false);
    x = layers.relu(layers.batchNorm(x, "stem.norm", EPSILON));
    x = net.halve(x, "quarter.down", STEM, QUARTER);
    x = net.block(x, "quarter.0", QUARTER);
    x = net.halve(x, "eighth.down", QUARTER, PYRAMID);
    x = net.block(net.block(x, "eighth.0", PYRAMID), "eighth.1", PYRAMID);
    V deep = net.halve(x, "sixteenth.down", PYRAMID, DEEP);
    deep = net.block(net.block(deep, "sixteenth.0", DEEP), "sixteenth.1", DEEP);
    V deepest = net.halve(deep, "last.down", DEEP, DEEP);
    deepest = net.block(net.block(deepest, "last.0", DEEP), "last.1", DEEP);

    V coarse = net.narrow(deepest, "pyramid.last");
    V middle = net.narrow(deep, "pyramid.sixteenth");
    middle = net.block(layers.add(middle, layers.upsampleNearest(coarse, 2)), "pyramid.0", PYRAMID);
    V fine = layers.add(x, layers.upsampleNearest(middle, 2));
    fine = net.block(fine, "pyramid.1", PYRAMID);
    return layers.concat(
        2, List.of(net.output(fine, 0), net.output(middle, 1), net.output(coarse, 2)));
  }

  /** {@return the name of the layer that gives a level's numbers} */
  public static String outputLayer(int level) {
    return OUTPUT_LAYER + "." + level;
  }

  /** The parts of the network. */
  private record Net<V>(Layers<V> layers) {
    private static final Window HALVING = Window.square(3, 2, 1);
    private static final Window SAME = Window.square(3, 1, 1);
    private static final Window POINT = Window.square(1, 1, 0);

    /** Half the size, more channels. */
    V halve(V x, String name, int from, int to) {
      return layers.relu(separable(x, name, HALVING, from, to));
    }

    /** The same size and channels, with a shortcut. */
    V block(V x, String name, int channels) {
      return layers.relu(layers.add(x, separable(x, name, SAME, channels, channels)));
    }

    private V separable(V x, String name, Window window, int from, int to) {
      V deep = layers.conv2d(x, name + ".depthwise", from, window, from, false);
      V mixed = layers.conv2d(deep, name + ".pointwise", to, POINT, false);
      return layers.batchNorm(mixed, name + ".norm", EPSILON);
    }

    V narrow(V x, String name) {
      V narrow = layers.conv2d(x, name + ".conv", PYRAMID, POINT, false);
      return layers.batchNorm(narrow, name + ".norm", EPSILON);
    }

    V output(V x, int level) {
      V features = block(x, "head." + level, PYRAMID);
      V numbers = layers.conv2d(features, outputLayer(level), NUMBERS, POINT, true);
      return layers.reshape(numbers, 0, NUMBERS, -1);
    }
  }

  /**
   * {@return the plain graph of trained weights, for one image of any size}
   *
   * @param weights a checkpoint with the tensors of this network
   * @throws MalformedModelException if they are of another network or not all numbers
   */
  public static Graph graph(Checkpoint weights) {
    LayerEmitter emitter = new LayerEmitter("scan", weights);
    Value faces = forward(emitter, emitter.input(INPUT, 1, 3, -1, -1));
    if (!emitter.unused().isEmpty()) {
      throw new MalformedModelException(
          weights.file()
              + " has tensors that the detector has not, such as "
              + emitter.unused().get(0)
              + "; use the weights that its trainer wrote");
    }
    emitter.requireFinite();
    emitter.metadata("facepipeline.source.sha256", weights.sha256());
    return emitter.output(faces, OUTPUT, 1, NUMBERS, -1).build();
  }
}
