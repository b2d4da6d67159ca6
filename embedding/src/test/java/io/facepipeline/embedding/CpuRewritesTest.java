package io.facepipeline.embedding;

import static org.junit.jupiter.api.Assertions.assertEquals;

import io.facepipeline.embedding.internal.EmbeddingGraphs;
import io.facepipeline.onnx.OnnxModel;
import io.facepipeline.onnx.OnnxOptions;
import io.facepipeline.onnx.graph.Graph;
import io.facepipeline.onnx.graph.proto.OnnxFile;
import io.facepipeline.onnx.graph.rewrite.CpuRewrites;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.FloatBuffer;
import java.util.Random;
import org.junit.jupiter.api.Test;

/** The rewritten backbone against the plain one. */
class CpuRewritesTest {
  @Test
  void mobileFaceNetMeansTheSame() {
    Graph plain = OnnxFile.read(Backbone.MOBILEFACENET.convert(FormulaCheckpoints.mobileFaceNet()));
    float[] expected = run(plain);
    float[] actual = run(CpuRewrites.apply(plain));
    double norm = 0;
    for (float value : expected) {
      norm += (double) value * value;
    }
    assertEquals(expected.length, actual.length);
    for (int i = 0; i < expected.length; i++) {
      assertEquals(expected[i], actual[i], 1e-5 * Math.sqrt(norm));
    }
  }

  private static float[] run(Graph graph) {
    FloatBuffer rgb =
        ByteBuffer.allocateDirect(3 * 112 * 112 * Float.BYTES)
            .order(ByteOrder.nativeOrder())
            .asFloatBuffer();
    Random random = new Random(9);
    while (rgb.hasRemaining()) {
      rgb.put(random.nextInt(256));
    }
    try (OnnxModel model = OnnxModel.load(OnnxFile.write(graph), OnnxOptions.defaults())) {
      return model.run(rgb.flip(), new long[] {1, 3, 112, 112}, EmbeddingGraphs.FEATURES);
    }
  }
}
