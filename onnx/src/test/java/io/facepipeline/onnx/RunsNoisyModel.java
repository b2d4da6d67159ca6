package io.facepipeline.onnx;

import io.facepipeline.onnx.graph.GraphBuilder;
import io.facepipeline.onnx.graph.Value;
import io.facepipeline.onnx.graph.Weights;
import io.facepipeline.onnx.graph.proto.OnnxFile;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.FloatBuffer;
import java.util.Map;

/**
 * A process that runs a model about which ONNX Runtime would say a lot: it claims to give one row,
 * gives three, and holds weights that nothing uses.
 */
final class RunsNoisyModel {
  static final String DONE = "1.0 to 6.0";
  private static final int ROWS = 3;
  private static final int UNUSED = 20;

  private RunsNoisyModel() {}

  /** Prints {@link #DONE}. */
  public static void main(String[] args) {
    GraphBuilder g = new GraphBuilder("noisy");
    Value x = g.input("x", -1, 2);
    for (int i = 0; i < UNUSED; i++) {
      g.constant("unused" + i, new Weights(new int[] {2}, new float[] {1, 2}));
    }
    byte[] model = OnnxFile.write(g.output(g.op("Abs", 2, Map.of(), x), "y", 1, 2).build());
    FloatBuffer input =
        ByteBuffer.allocateDirect(2 * ROWS * Float.BYTES)
            .order(ByteOrder.nativeOrder())
            .asFloatBuffer();
    for (int i = 0; i < 2 * ROWS; i++) {
      input.put(i, -i - 1);
    }
    try (OnnxModel loaded = OnnxModel.load(model, OnnxOptions.defaults())) {
      float[] all = loaded.run(input, new long[] {ROWS, 2}, "y");
      System.out.println(all[0] + " to " + all[all.length - 1]);
    }
  }
}
