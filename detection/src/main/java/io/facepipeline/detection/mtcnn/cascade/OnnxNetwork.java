package io.facepipeline.detection.mtcnn.cascade;

import io.facepipeline.onnx.OnnxModel;
import io.facepipeline.onnx.OnnxOptions;
import io.facepipeline.onnx.graph.Graph;
import io.facepipeline.onnx.graph.proto.OnnxFile;
import java.nio.FloatBuffer;

/** A network on ONNX Runtime. */
public final class OnnxNetwork implements Network {
  private final OnnxModel model;

  public OnnxNetwork(Graph graph, OnnxOptions options) {
    model = OnnxModel.load(OnnxFile.write(graph), options);
  }

  @Override
  public void run(
      FloatBuffer rgb, int batch, int height, int width, FloatBuffer heads, long[] outputShape) {
    model.run(rgb, new long[] {batch, 3, height, width}, heads, outputShape);
  }

  @Override
  public void close() {
    model.close();
  }
}
