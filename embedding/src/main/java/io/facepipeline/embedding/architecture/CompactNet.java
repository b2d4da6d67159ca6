package io.facepipeline.embedding.architecture;

import io.facepipeline.embedding.Architecture;
import io.facepipeline.onnx.checkpoint.Checkpoint;
import io.facepipeline.onnx.layers.Layers;
import io.facepipeline.onnx.layers.Window;

/**
 * The library's own compact network: a plain residual network of 3x3 convolutions with ReLU on
 * crops that are shrunk from 112x112 to 80x80 by area, four convolutions of stride 2 with residual
 * blocks behind them (He et al. 2016), as many as the checkpoint has, and a dense layer. As the
 * trainer builds it, 124 million multiplications and 1.9 million parameters.
 */
final class CompactNet implements Architecture {
  static final int CROP = 112;
  static final int SIDE = 80;
  private static final float EPSILON = 1e-5f;

  private static final int[] WIDTHS = {24, 48, 96, 160};
  private static final int[] BLOCKS = {0, 2, 4, 1};

  /** Of the images behind the last stage. */
  private static final int LAST_SIDE = 5;

  /** A block begins as nearly nothing, so that the depth does not matter at first. */
  private static final float BLOCK_GAIN = 0.2f;

  private final boolean shrinks;

  CompactNet() {
    this(true);
  }

  private CompactNet(boolean shrinks) {
    this.shrinks = shrinks;
  }

  @Override
  public String name() {
    return "CompactNet";
  }

  @Override
  public int outputSize(Checkpoint checkpoint) {
    return checkpoint.tensor("dense.weight").shape()[0];
  }

  /** {@return the network on images of 80x80: crops are shrunk once, not in every step} */
  @Override
  public Architecture inTraining() {
    return new CompactNet(false);
  }

  @Override
  public <V> V forward(Layers<V> layers, V x, int outputs) {
    x = shrinks ? shrunk(layers, x) : x;
    for (int stage = 0; stage < WIDTHS.length; stage++) {
      String name = "stage" + stage;
      int width = WIDTHS[stage];
      x = layers.relu(normalized(layers, x, name + ".down", width, 2, 1));
      for (int block = 0; hasBlock(layers, stage, block); block++) {
        String inside = name + "." + block;
        V inner = layers.relu(normalized(layers, x, inside + ".a", width, 1, 1));
        inner = normalized(layers, inner, inside + ".b", width, 1, BLOCK_GAIN);
        x = layers.relu(layers.add(x, inner));
      }
    }
    int inputs = WIDTHS[WIDTHS.length - 1] * LAST_SIDE * LAST_SIDE;
    x = layers.linear(layers.flatten(x), "dense", inputs, outputs, false);
    return layers.batchNorm(x, "dense.norm", EPSILON);
  }

  private static boolean hasBlock(Layers<?> layers, int stage, int block) {
    return layers.has("stage" + stage + "." + block + ".a.weight", block < BLOCKS[stage]);
  }

  private static <V> V normalized(
      Layers<V> layers, V x, String name, int width, int stride, float gain) {
    x = layers.conv2d(x, name, width, Window.square(3, stride, 1), false);
    return layers.batchNorm(x, name + ".norm", EPSILON, gain);
  }

  private static <V> V shrunk(Layers<V> layers, V x) {
    V rows = layers.constant("shrink.rows", shrink(), SIDE, CROP);
    V columns = layers.constant("shrink.columns", transposed(shrink()), CROP, SIDE);
    return layers.matMul(layers.matMul(rows, x), columns);
  }

  /** Row by row, what share of an output pixel each input pixel makes up. */
  private static float[] shrink() {
    float[] shares = new float[SIDE * CROP];
    double step = (double) CROP / SIDE;
    for (int to = 0; to < SIDE; to++) {
      for (int from = 0; from < CROP; from++) {
        double overlap = Math.min(from + 1, (to + 1) * step) - Math.max(from, to * step);
        shares[to * CROP + from] = (float) (Math.max(0, overlap) / step);
      }
    }
    return shares;
  }

  private static float[] transposed(float[] shares) {
    float[] turned = new float[shares.length];
    for (int to = 0; to < SIDE; to++) {
      for (int from = 0; from < CROP; from++) {
        turned[from * SIDE + to] = shares[to * CROP + from];
      }
    }
    return turned;
  }
}
