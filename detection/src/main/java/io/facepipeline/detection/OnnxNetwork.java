package io.facepipeline.detection;

import io.facepipeline.onnx.OnnxModel;
import io.facepipeline.onnx.OnnxOptions;
import io.facepipeline.onnx.graph.Graph;
import io.facepipeline.onnx.graph.OnnxFile;
import java.nio.FloatBuffer;
import java.util.Map;

/** A network on ONNX Runtime. */
final class OnnxNetwork implements Network {
  private final OnnxModel model;

  OnnxNetwork(Graph graph, OnnxOptions options) {
    model = OnnxModel.load(OnnxFile.write(graph), "MTCNN " + graph.name(), options);
  }

  @Override
  public Map<String, float[]> run(FloatBuffer rgb, int batch, int height, int width) {
    return model.run(rgb, batch, 3, height, width);
  }

  @Override
  public void close() {
    model.close();
  }
}
