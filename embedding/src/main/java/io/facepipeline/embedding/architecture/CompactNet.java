package io.facepipeline.embedding.architecture;

import io.facepipeline.embedding.Architecture;
import io.facepipeline.onnx.checkpoint.Checkpoint;
import io.facepipeline.onnx.emit.LayerEmitter;
import io.facepipeline.onnx.emit.Operators;
import io.facepipeline.onnx.emit.Value;
import io.facepipeline.onnx.emit.Window;

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

  @Override
  public String name() {
    return "CompactNet";
  }

  @Override
  public int outputSize(Checkpoint checkpoint) {
    return checkpoint.tensor("dense.weight").shape()[0];
  }

  @Override
  public Value emit(LayerEmitter layers, Value x) {
    Operators graph = layers.graph();
    x = shrunk(graph, x);
    for (int stage = 0; layers.has("stage" + stage + ".down.weight"); stage++) {
      String name = "stage" + stage;
      x = graph.relu(normalized(layers, x, name + ".down", 2));
      for (int block = 0; layers.has(name + "." + block + ".a.weight"); block++) {
        Value inner = graph.relu(normalized(layers, x, name + "." + block + ".a", 1));
        inner = normalized(layers, inner, name + "." + block + ".b", 1);
        x = graph.relu(graph.add(x, inner));
      }
    }
    return layers.batchNorm(
        layers.dense(graph.flatten(x), "dense", LayerEmitter.ANY), "dense.norm", EPSILON);
  }

  private static Value normalized(LayerEmitter layers, Value x, String name, int stride) {
    return layers.batchNorm(
        layers.conv(x, name, LayerEmitter.ANY, Window.square(3, stride, 1), 1),
        name + ".norm",
        EPSILON);
  }

  private static Value shrunk(Operators graph, Value x) {
    Value rows = graph.constant("shrink.rows", shrink(), SIDE, CROP);
    Value columns = graph.constant("shrink.columns", transposed(shrink()), CROP, SIDE);
    Value flat = graph.named("shrink.rows").matMul(rows, x);
    return graph.named("shrink.columns").matMul(flat, columns);
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
