package io.facepipeline.onnx.graph;

import io.facepipeline.onnx.Buffers;
import java.util.Random;

/**
 * Seeded small nets of the kind that rewrites meet: input [n, 3, 12, 12], outputs "a" [n, 4, h, w]
 * and "b".
 */
public final class Nets {
  private Nets() {}

  public static Graph random(long seed) {
    Random r = new Random(seed);
    GraphBuilder g = new GraphBuilder("random" + seed, r.nextBoolean() ? 13 : 17);
    Value x = g.input("x", -1, 3, 12, 12);
    boolean pad = r.nextBoolean();
    if (r.nextBoolean()) {
      x = g.affine(x, vector(r, 3), vector(r, 3));
    } else {
      x = g.affine(x, 0.5f, r.nextBoolean() ? 0 : 0.1f);
    }
    int c = 4 + r.nextInt(5);
    x = conv(g, r, x, 3, c, 3, pad ? 1 : 0, 1);
    x = norm(g, r, x, c);
    x = g.prelu(x, slopes(r, c));
    x = g.maxPool(x, 3, 2, r.nextInt(2), r.nextBoolean());
    x = g.named("depthwise").conv(x, weights(r, c, 1, 3, 3), null, 1, 1, c);
    x = norm(g, r, x, c);
    Value skip = x;
    x = norm(g, r, conv(g, r, g.relu(x), c, c, 1, 0, 1), c);
    x = g.add(x, skip);
    x = norm(g, r, x, c);
    x = g.prelu(x, slopes(r, c));
    Value a = conv(g, r, x, c, 4, 1, 0, 1);
    Value b = conv(g, r, x, c, 2, 1, 0, 1);
    g.output(a, "a").output(g.softmax(b, 1), "b");
    Value features = g.flatten(g.globalAveragePool(x));
    Value dense = g.dense(features, weights(r, 6, c), r.nextBoolean() ? vector(r, 6) : null);
    g.output(g.prelu(norm(g, r, dense, 6), slopes(r, 6)), "c");
    g.output(g.l2Normalize(g.dense(features, weights(r, 5, c), vector(r, 5)), 1, 1e-12f), "d");
    return g.metadata("seed", Long.toString(seed)).metadata("kind", "test").build();
  }

  private static Value conv(
      GraphBuilder g, Random r, Value x, int in, int out, int k, int pad, int stride) {
    return g.conv(
        x, weights(r, out, in, k, k), r.nextBoolean() ? vector(r, out) : null, stride, pad, 1);
  }

  private static Value norm(GraphBuilder g, Random r, Value x, int c) {
    float[] variance = new float[c];
    for (int i = 0; i < c; i++) {
      variance[i] = 0.5f + r.nextFloat();
    }
    return g.batchNorm(
        x, vector(r, c), vector(r, c), vector(r, c), Weights.vector(variance), 1e-3f);
  }

  /** All at most 1, all above 1, or mixed with negative ones. */
  private static Weights slopes(Random r, int c) {
    float[] values = new float[c];
    int kind = r.nextInt(3);
    for (int i = 0; i < c; i++) {
      values[i] =
          kind == 0 ? r.nextFloat() : kind == 1 ? 1.1f + r.nextFloat() : 3 * r.nextFloat() - 1;
    }
    return Weights.vector(values);
  }

  public static Weights vector(Random r, int n) {
    return Weights.vector(Buffers.random(r, n));
  }

  public static Weights weights(Random r, int... dims) {
    return new Weights(dims, Buffers.random(r, (int) Weights.size(dims)));
  }
}
