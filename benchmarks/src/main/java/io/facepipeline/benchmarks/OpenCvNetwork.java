package io.facepipeline.benchmarks;

import io.facepipeline.detection.mtcnn.cascade.PlainNetwork;
import java.nio.FloatBuffer;
import java.util.HashMap;
import java.util.Map;
import org.bytedeco.javacpp.BytePointer;
import org.bytedeco.javacpp.FloatPointer;
import org.bytedeco.javacpp.PointerScope;
import org.bytedeco.opencv.global.opencv_core;
import org.bytedeco.opencv.global.opencv_dnn;
import org.bytedeco.opencv.opencv_core.Mat;
import org.bytedeco.opencv.opencv_core.MatVector;
import org.bytedeco.opencv.opencv_core.StringVector;
import org.bytedeco.opencv.opencv_dnn.Net;

/** A network on OpenCV's dnn module, with as many threads as there are cores. Not thread-safe. */
final class OpenCvNetwork implements PlainNetwork {
  private final Net net;
  private final StringVector outputs;

  OpenCvNetwork(byte[] onnx) {
    opencv_core.setNumThreads(Runtime.getRuntime().availableProcessors());
    try (BytePointer file = new BytePointer(onnx)) {
      net = opencv_dnn.readNetFromONNX(file, onnx.length);
    }
    outputs = net.getUnconnectedOutLayersNames();
  }

  @Override
  @SuppressWarnings("try") // the scope frees all that is made in between
  public Map<String, float[]> run(FloatBuffer rgb, int batch, int height, int width) {
    try (PointerScope scope = new PointerScope()) {
      Mat blob =
          new Mat(new int[] {batch, 3, height, width}, opencv_core.CV_32F, new FloatPointer(rgb));
      net.setInput(blob);
      MatVector results = new MatVector();
      net.forward(results, outputs);
      Map<String, float[]> values = new HashMap<>();
      for (long i = 0; i < results.size(); i++) {
        Mat result = results.get(i);
        float[] copy = new float[(int) result.total()];
        new FloatPointer(result.data()).get(copy);
        // The name comes with the zero behind it.
        values.put(outputs.get(i).getString().trim(), copy);
      }
      return values;
    }
  }

  @Override
  public void close() {
    outputs.close();
    net.close();
  }
}
