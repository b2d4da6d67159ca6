package io.facepipeline.detection;

import io.facepipeline.onnx.OnnxModel;
import io.facepipeline.onnx.OnnxOptions;
import io.facepipeline.onnx.graph.Graph;
import io.facepipeline.onnx.graph.OnnxFile;
import java.nio.FloatBuffer;
import java.util.HashMap;
import java.util.Map;

/** A network on ONNX Runtime. */
final class OnnxNetwork implements Network {
  private final OnnxModel model;

  OnnxNetwork(Graph graph, OnnxOptions options) {
    model = OnnxModel.load(OnnxFile.write(graph), options);
  }

  @Override
  public Map<String, float[]> run(FloatBuffer rgb, int batch, int height, int width) {
    long[] shape = {batch, 3, height, width};
    return model.run(
        rgb,
        shape,
        outputs -> {
          Map<String, float[]> values = new HashMap<>();
          for (String name : model.outputs().keySet()) {
            FloatBuffer buffer = outputs.floats(name);
            float[] copy = new float[buffer.remaining()];
            buffer.get(copy);
            values.put(name, copy);
          }
          return values;
        });
  }

  @Override
  public void close() {
    model.close();
  }
}
