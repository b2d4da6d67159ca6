package io.facepipeline.embedding.architecture;

import io.facepipeline.embedding.Architecture;
import io.facepipeline.onnx.checkpoint.Checkpoint;
import io.facepipeline.onnx.layers.Layers;
import io.facepipeline.onnx.layers.Window;
import java.util.ArrayList;
import java.util.List;

/**
 * EdgeFace (George et al., EdgeFace: Efficient Face Recognition Model for Edge Devices, 2023) as
 * github.com/otroshi/edgeface builds it: EdgeNeXt (Maaz et al. 2022) as timm 0.6 has it, for crops
 * of 112x112. Each stage ends with attention between channels, behind depthwise convolutions of
 * several scales. In the forms with a gamma, a dense layer is the product of two narrow ones.
 */
final class EdgeFace implements Architecture {
  private static final float EPSILON = 1e-6f;
  private static final float LEAST_LENGTH = 1e-12f;
  private static final float FIRST_GAMMA = 1e-6f;
  private static final int EXPANSION = 4;
  private static final int[] KERNELS = {3, 5, 7, 9};
  private static final int[] SCALES = {1, 2, 3, 4};

  /** Width and height of the images of each stage. */
  private static final int[] SIDES = {28, 14, 7, 3};

  private static final int POSITIONED_STAGE = 1;
  private static final int FREQUENCIES = 32;
  private static final double TEMPERATURE = 10_000;

  private final String name;
  private final int[] depths;
  private final int[] widths;
  private final int heads;
  private final double rankRatio;

  private EdgeFace(String name, int[] depths, int[] widths, int heads, double rankRatio) {
    this.name = name;
    this.depths = depths;
    this.widths = widths;
    this.heads = heads;
    this.rankRatio = rankRatio;
  }

  static List<Architecture> forms() {
    int[] shallow = {2, 2, 6, 2};
    int[] deep = {3, 3, 9, 3};
    int[] narrow = {32, 64, 100, 192};
    return List.of(
        new EdgeFace("EdgeFace XXS", shallow, new int[] {24, 48, 88, 168}, 4, 1),
        new EdgeFace("EdgeFace XS", deep, narrow, 4, 1),
        new EdgeFace("EdgeFace XS (gamma 0.6)", deep, narrow, 4, 0.6),
        new EdgeFace("EdgeFace S (gamma 0.5)", deep, new int[] {48, 96, 160, 304}, 8, 0.5));
  }

  @Override
  public String name() {
    return name;
  }

  @Override
  public int outputSize(Checkpoint checkpoint) {
    return checkpoint.tensor(isNarrow() ? "head.fc.linear2.weight" : "head.fc.weight").shape()[0];
  }

  @Override
  public <V> V forward(Layers<V> layers, V x, int outputs) {
    x = layers.conv2d(x, "stem.0", widths[0], Window.square(4, 4, 0), true);
    x = normAcross(layers, x, "stem.1", widths[0]);
    for (int stage = 0; stage < widths.length; stage++) {
      String at = "stages." + stage;
      if (stage > 0) {
        x = normAcross(layers, x, at + ".downsample.0", widths[stage - 1]);
        Window halving = Window.square(2, 2, 0);
        x = layers.conv2d(x, at + ".downsample.1", widths[stage], halving, true);
      }
      for (int i = 0; i < depths[stage]; i++) {
        boolean attends = stage > 0 && i == depths[stage] - 1;
        String block = at + ".blocks." + i;
        x = attends ? attention(layers, x, block, stage) : convolution(layers, x, block, stage);
      }
    }
    int last = widths[widths.length - 1];
    x = layers.flatten(layers.globalAveragePool(x));
    x = layers.layerNorm(x, "head.norm", last, EPSILON);
    return dense(layers, x, "head.fc", last, outputs);
  }

  private <V> V convolution(Layers<V> layers, V x, String block, int stage) {
    int width = widths[stage];
    int kernel = KERNELS[stage];
    Window window = Window.square(kernel, 1, kernel / 2);
    V inner = layers.conv2d(x, block + ".conv_dw", width, window, width, true);
    return layers.add(
        x, images(layers, perceptron(layers, rows(layers, inner, width), block, width), stage));
  }

  private <V> V attention(Layers<V> layers, V x, String block, int stage) {
    int width = widths[stage];
    V inner = scales(layers, x, block, width, SCALES[stage]);
    if (stage == POSITIONED_STAGE) {
      V positions = positions(layers, block, SIDES[stage]);
      Window point = Window.square(1, 1, 0);
      String projection = block + ".pos_embd.token_projection";
      inner = layers.add(inner, layers.conv2d(positions, projection, width, point, true));
    }
    V tokens = rows(layers, inner, width);
    V attended = layers.layerNorm(tokens, block + ".norm_xca", width, EPSILON);
    attended = crossCovariance(layers, attended, block + ".xca", stage);
    attended = layers.mul(layers.parameter(block + ".gamma_xca", FIRST_GAMMA, width), attended);
    tokens = layers.add(tokens, attended);
    return layers.add(x, images(layers, perceptron(layers, tokens, block, width), stage));
  }

  /** Each part of the channels but the last is convolved together with the part before. */
  private static <V> V scales(Layers<V> layers, V x, String block, int channels, int count) {
    int part = (channels + count - 1) / count;
    long[] sizes = new long[count];
    for (int i = 0; i < count; i++) {
      sizes[i] = Math.min(part, channels - i * part);
    }
    List<V> parts = layers.split(x, 1, sizes);
    List<V> convolved = new ArrayList<>();
    for (int i = 0; i < count - 1; i++) {
      V input = i == 0 ? parts.get(0) : layers.add(convolved.get(i - 1), parts.get(i));
      Window around = Window.square(3, 1, 1);
      convolved.add(layers.conv2d(input, block + ".convs." + i, part, around, part, true));
    }
    convolved.add(parts.get(count - 1));
    return layers.concat(1, convolved);
  }

  /** Attention of channels to channels (El-Nouby et al., XCiT, 2021). */
  private <V> V crossCovariance(Layers<V> layers, V tokens, String attention, int stage) {
    int width = widths[stage];
    long perHead = width / heads;
    long places = (long) SIDES[stage] * SIDES[stage];
    V all = dense(layers, tokens, attention + ".qkv", width, 3 * width);
    List<V> parts = layers.split(all, 1, width, width, width);
    // [n, places, heads, perHead] to [n, heads, perHead, places], of keys with the last two
    // changed.
    V queries = byHead(layers, parts.get(0), places, perHead, 0, 2, 3, 1);
    queries = layers.l2Normalize(queries, 3, LEAST_LENGTH);
    V keys = byHead(layers, parts.get(1), places, perHead, 0, 2, 1, 3);
    keys = layers.l2Normalize(keys, 2, LEAST_LENGTH);
    V values = byHead(layers, parts.get(2), places, perHead, 0, 2, 3, 1);
    V temperature = layers.parameter(attention + ".temperature", 1, heads, 1, 1);
    V weights = layers.softmax(layers.mul(layers.matMul(queries, keys), temperature), -1);
    V attended = layers.transpose(layers.matMul(weights, values), 0, 3, 1, 2);
    attended = layers.reshape(attended, -1, width);
    return dense(layers, attended, attention + ".proj", width, width);
  }

  private <V> V byHead(Layers<V> layers, V rows, long places, long perHead, int... axes) {
    return layers.transpose(layers.reshape(rows, -1, places, heads, perHead), axes);
  }

  private <V> V perceptron(Layers<V> layers, V rows, String block, int width) {
    V inner = layers.layerNorm(rows, block + ".norm", width, EPSILON);
    inner = layers.gelu(dense(layers, inner, block + ".mlp.fc1", width, EXPANSION * width));
    inner = dense(layers, inner, block + ".mlp.fc2", EXPANSION * width, width);
    return layers.mul(layers.parameter(block + ".gamma", FIRST_GAMMA, width), inner);
  }

  private boolean isNarrow() {
    return rankRatio < 1;
  }

  private <V> V dense(Layers<V> layers, V rows, String layer, int inputs, int outputs) {
    if (!isNarrow()) {
      return layers.linear(rows, layer, inputs, outputs, true);
    }
    int rank = Math.max(2, (int) (Math.min(inputs, outputs) * rankRatio));
    V narrow = layers.linear(rows, layer + ".linear1", inputs, rank, false);
    return layers.linear(narrow, layer + ".linear2", rank, outputs, true);
  }

  /** A normalization of the channels of each place. */
  private static <V> V normAcross(Layers<V> layers, V x, String norm, int channels) {
    V last = layers.transpose(x, 0, 2, 3, 1);
    return layers.transpose(layers.layerNorm(last, norm, channels, EPSILON), 0, 3, 1, 2);
  }

  /** Images [n, c, side, side] as a row of channels for each place. */
  private static <V> V rows(Layers<V> layers, V x, int channels) {
    return layers.reshape(layers.transpose(x, 0, 2, 3, 1), -1, channels);
  }

  private <V> V images(Layers<V> layers, V rows, int stage) {
    V last = layers.reshape(rows, -1, SIDES[stage], SIDES[stage], widths[stage]);
    return layers.transpose(last, 0, 3, 1, 2);
  }

  /** Sines and cosines of the row, then of the column, at falling frequencies. */
  private static <V> V positions(Layers<V> layers, String block, int side) {
    float[] values = new float[2 * FREQUENCIES * side * side];
    for (int channel = 0; channel < 2 * FREQUENCIES; channel++) {
      int frequency = channel % FREQUENCIES;
      double period = Math.pow(TEMPERATURE, (double) (frequency - frequency % 2) / FREQUENCIES);
      for (int y = 0; y < side; y++) {
        for (int x = 0; x < side; x++) {
          int step = 1 + (channel < FREQUENCIES ? y : x);
          double angle = 2 * Math.PI * step / (side + EPSILON) / period;
          values[(channel * side + y) * side + x] =
              (float) (frequency % 2 == 0 ? Math.sin(angle) : Math.cos(angle));
        }
      }
    }
    return layers.constant(block + ".positions", values, 1, 2 * FREQUENCIES, side, side);
  }
}
