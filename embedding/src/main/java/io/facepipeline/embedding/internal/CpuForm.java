package io.facepipeline.embedding.internal;

import io.facepipeline.onnx.graph.ConvolutionCost;
import io.facepipeline.onnx.graph.Graph;
import io.facepipeline.onnx.graph.GraphSurgery;
import io.facepipeline.onnx.graph.rewrite.CpuRewrites;
import java.util.Map;

/** The form of a network that runs fast on a CPU, and what it says about running it. */
public final class CpuForm {
  private static final String THREADS = "facepipeline.run.threads";

  /**
   * Convolutions of fewer multiplications take about 30 microseconds, and handing half of that to a
   * second thread takes as long: measured, face.evoLVe's MobileFaceNet (1.9 million) is faster on
   * one thread, MobileNetV2's kin (4 million) on two.
   */
  private static final double WORTH_SHARING = 2.5e6;

  private CpuForm() {}

  public static Graph of(Graph plain) {
    Graph fast = CpuRewrites.apply(plain);
    return sharedAsFloats(fast, fast);
  }

  /** A graph that runs on as many threads as is good for another form of it. */
  static Graph sharedAsFloats(Graph graph, Graph floats) {
    double cost = ConvolutionCost.meanMultiplications(floats);
    return cost > 0 && cost < WORTH_SHARING
        ? GraphSurgery.withMetadata(graph, THREADS, "1")
        : graph;
  }

  /** {@return how many threads one run is to use, at most so many} */
  public static int threads(Map<String, String> metadata, int atMost) {
    return metadata.getOrDefault(THREADS, "").equals("1") ? 1 : atMost;
  }
}
