package io.facepipeline.benchmarks;

import io.facepipeline.Box;
import io.facepipeline.Face;
import io.facepipeline.FaceDetector;
import io.facepipeline.FacePipelineException;
import io.facepipeline.Image;
import io.facepipeline.Landmarks;
import io.facepipeline.detection.onestage.DetectorModel;
import io.facepipeline.onnx.graph.Graph;
import io.facepipeline.onnx.graph.GraphSurgery;
import io.facepipeline.onnx.graph.Port;
import io.facepipeline.onnx.graph.proto.OnnxFile;
import io.facepipeline.onnx.store.ModelStore;
import io.facepipeline.opencv.Mats;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.bytedeco.javacpp.BytePointer;
import org.bytedeco.javacpp.PointerScope;
import org.bytedeco.javacpp.indexer.FloatIndexer;
import org.bytedeco.opencv.global.opencv_core;
import org.bytedeco.opencv.global.opencv_imgproc;
import org.bytedeco.opencv.opencv_core.Mat;
import org.bytedeco.opencv.opencv_core.Size;
import org.bytedeco.opencv.opencv_objdetect.FaceDetectorYN;
import org.jspecify.annotations.Nullable;

/**
 * OpenCV's own YuNet on photos shrunk to a longer side, made for the size of the first photo. Not
 * thread-safe.
 */
final class OpenCvYuNet implements FaceDetector {
  private static final int MULTIPLE = 32;
  private static final float SCORE = 0.6f;
  private static final float SUPPRESSION = 0.3f;
  private static final int MOST = 5000;

  private final int longer;
  private @Nullable FaceDetectorYN detector;

  OpenCvYuNet(int longer) {
    this.longer = longer;
    opencv_core.setNumThreads(Runtime.getRuntime().availableProcessors());
  }

  /** OpenCV's dnn cannot read a network whose input may be of any size. */
  private static FaceDetectorYN open(int width, int height) {
    Path file =
        ModelStore.fromEnvironment()
            .require(DetectorModel.YUNET.entry().orElseThrow().files())
            .get(0);
    try {
      Graph graph = OnnxFile.read(Files.readAllBytes(file));
      String input = graph.dataInputs().get(0).name();
      Port port = Port.floats(input, 1, 3, padded(height), padded(width));
      byte[] model =
          OnnxFile.write(GraphSurgery.prepend(graph, input, port, (builder, value) -> value));
      try (BytePointer onnx = new BytePointer("onnx");
          Size size = new Size(width, height)) {
        return FaceDetectorYN.create(
            onnx, model, new byte[0], size, SCORE, SUPPRESSION, MOST, 0, 0);
      }
    } catch (IOException e) {
      throw new FacePipelineException("model file " + file + " cannot be read: " + e, e);
    }
  }

  private static long padded(int side) {
    return (side + MULTIPLE - 1L) / MULTIPLE * MULTIPLE;
  }

  @Override
  @SuppressWarnings("try") // the scope frees all that is made in between
  public List<Face> detect(Image image) {
    double scale = (double) longer / Math.max(image.width(), image.height());
    int width = (int) (image.width() * scale);
    int height = (int) (image.height() * scale);
    if (detector == null) {
      detector = open(width, height);
    }
    try (PointerScope scope = new PointerScope()) {
      Mat small = new Mat();
      Size size = new Size(width, height);
      opencv_imgproc.resize(Mats.bgr(image), small, size, 0, 0, opencv_imgproc.INTER_LINEAR);
      Mat found = new Mat();
      detector.detect(small, found);
      List<Face> faces = new ArrayList<>();
      FloatIndexer numbers = found.empty() ? null : found.createIndexer();
      for (int row = 0; numbers != null && row < found.rows(); row++) {
        faces.add(face(numbers, row));
      }
      return faces;
    }
  }

  private static Face face(FloatIndexer numbers, int row) {
    float[] n = new float[15];
    numbers.get(row, n);
    float[] points = new float[10];
    System.arraycopy(n, 4, points, 0, points.length);
    return new Face(
        new Box(n[0], n[1], n[0] + n[2], n[1] + n[3]), Landmarks.of(points), n[points.length + 4]);
  }

  @Override
  public void close() {
    if (detector != null) {
      detector.close();
    }
  }
}
