package io.facepipeline.opencv;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.facepipeline.Box;
import io.facepipeline.Face;
import io.facepipeline.FaceDetector;
import io.facepipeline.Image;
import io.facepipeline.LandmarkFinder;
import io.facepipeline.Landmarks;
import io.facepipeline.Point;
import io.facepipeline.detection.onestage.DetectorModel;
import io.facepipeline.internal.FaceSuppression;
import io.facepipeline.onnx.graph.Graph;
import io.facepipeline.onnx.graph.GraphSurgery;
import io.facepipeline.onnx.graph.Port;
import io.facepipeline.onnx.graph.proto.OnnxFile;
import io.facepipeline.testkit.PlainDetectors;
import io.facepipeline.testkit.SharedData;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.bytedeco.javacpp.BytePointer;
import org.bytedeco.javacpp.FloatPointer;
import org.bytedeco.javacpp.PointerScope;
import org.bytedeco.opencv.global.opencv_core;
import org.bytedeco.opencv.global.opencv_dnn;
import org.bytedeco.opencv.global.opencv_imgproc;
import org.bytedeco.opencv.opencv_core.Mat;
import org.bytedeco.opencv.opencv_core.MatVector;
import org.bytedeco.opencv.opencv_core.Rect;
import org.bytedeco.opencv.opencv_core.Scalar;
import org.bytedeco.opencv.opencv_core.Size;
import org.bytedeco.opencv.opencv_core.StringVector;
import org.bytedeco.opencv.opencv_dnn.Net;
import org.junit.jupiter.api.Test;

/**
 * The published one-stage detectors, where their weights are at hand, against the same files on
 * OpenCV's dnn with OpenCV's resizing and the authors' decoding.
 */
class OneStageReferenceTest {
  private static final LandmarkFinder NOWHERE =
      (image, boxes) -> boxes.stream().map(OneStageReferenceTest::nowhere).toList();

  private static Landmarks nowhere(Box box) {
    float x = box.center().x();
    float y = box.center().y();
    return Landmarks.of(x, y, x, y, x, y, x, y, x, y);
  }

  /** A network and how its authors feed it. */
  private record Fed(Net net, List<String> names, int width, int height, boolean stretched)
      implements AutoCloseable {
    @Override
    public void close() {
      net.close();
    }
  }

  private static Fed open(Path file, int width, int height, boolean stretched) throws IOException {
    Graph graph = OnnxFile.read(Files.readAllBytes(file));
    String input = graph.dataInputs().get(0).name();
    byte[] fixed =
        OnnxFile.write(
            GraphSurgery.prepend(
                graph, input, Port.floats(input, 1, 3, height, width), (b, value) -> value));
    try (BytePointer bytes = new BytePointer(fixed)) {
      Net net = opencv_dnn.readNetFromONNX(bytes, fixed.length);
      return new Fed(
          net, graph.outputs().stream().map(Port::name).toList(), width, height, stretched);
    }
  }

  /** The outputs by name, and the width and height that the photo has in the input. */
  @SuppressWarnings("try") // the scope frees all that is made in between
  private static Map<String, float[]> run(
      Fed fed, Image image, boolean rgb, Scalar mean, double scale, int[] seen) {
    try (PointerScope scope = new PointerScope()) {
      double ratio = (double) image.height() / image.width();
      boolean isTall = ratio > (double) fed.height() / fed.width();
      seen[0] = fed.stretched() || !isTall ? fed.width() : (int) (fed.height() / ratio);
      seen[1] = fed.stretched() || isTall ? fed.height() : (int) (fed.width() * ratio);
      Mat canvas = new Mat(fed.height(), fed.width(), opencv_core.CV_8UC3, new Scalar(0, 0, 0, 0));
      Mat part = new Mat(canvas, new Rect(0, 0, seen[0], seen[1]));
      opencv_imgproc.resize(
          Mats.bgr(image), part, new Size(seen[0], seen[1]), 0, 0, opencv_imgproc.INTER_LINEAR);
      Size size = new Size(fed.width(), fed.height());
      Mat blob =
          opencv_dnn.blobFromImage(canvas, scale, size, mean, rgb, false, opencv_core.CV_32F);
      fed.net().setInput(blob);
      MatVector results = new MatVector();
      StringVector names = new StringVector(fed.names().toArray(String[]::new));
      fed.net().forward(results, names);
      Map<String, float[]> values = new LinkedHashMap<>();
      for (int i = 0; i < results.size(); i++) {
        float[] copy = new float[(int) results.get(i).total()];
        new FloatPointer(results.get(i).data()).get(copy);
        values.put(fed.names().get(i), copy);
      }
      return values;
    }
  }

  @Test
  void scrfd500m() throws IOException {
    scrfd("scrfd_500m.onnx");
  }

  @Test
  void scrfd2500m() throws IOException {
    scrfd("scrfd_2.5g.onnx");
  }

  /** With names for its outputs, an extent for the batch, and an input of one size. */
  @Test
  void scrfd500mOfOneSize() throws IOException {
    scrfd("scrfd_500m_bnkps.onnx");
  }

  private static void scrfd(String name) throws IOException {
    Path file = SharedData.path("models/detectors/" + name);
    DetectorModel model = DetectorModel.of(file);
    try (Fed fed = open(file, 640, 640, false);
        FaceDetector detector = model.open()) {
      Scalar mean = new Scalar(127.5, 127.5, 127.5, 0);
      compare(
          name,
          detector,
          true,
          (image, seen) -> {
            Map<String, float[]> outputs = run(fed, image, true, mean, 1 / 128.0, seen);
            List<double[]> rows =
                PlainDetectors.scrfd(List.copyOf(outputs.values()), 3, true, 640, 0.5);
            return PlainDetectors.suppressed(rows, 0.4);
          });
    }
  }

  @Test
  void retinaFace() throws IOException {
    Path file = SharedData.path("models/detectors/FaceDetector.onnx");
    DetectorModel model = DetectorModel.of(file).withInputSize(640);
    try (Fed fed = open(file, 640, 640, false);
        FaceDetector detector = model.open()) {
      Scalar mean = new Scalar(104, 117, 123, 0);
      compare(
          "RetinaFace",
          detector,
          true,
          (image, seen) -> {
            Map<String, float[]> outputs = run(fed, image, false, mean, 1, seen);
            List<float[]> all = List.copyOf(outputs.values());
            Map<String, float[]> named =
                Map.of("loc", all.get(0), "conf", all.get(1), "landms", all.get(2));
            return PlainDetectors.suppressed(PlainDetectors.retinaFace(named, 640, 640, 0.6), 0.4);
          });
    }
  }

  @Test
  void ultraLight320() throws IOException {
    ultraLight("version-RFB-320.onnx", 320, 240);
  }

  @Test
  void ultraLight640() throws IOException {
    ultraLight("version-RFB-640.onnx", 640, 480);
  }

  private static void ultraLight(String name, int width, int height) throws IOException {
    Path file = SharedData.path("models/detectors/" + name);
    DetectorModel model = DetectorModel.of(file).withLandmarks(() -> NOWHERE);
    try (Fed fed = open(file, width, height, true);
        FaceDetector detector = model.open()) {
      Scalar mean = new Scalar(127, 127, 127, 0);
      compare(
          name,
          detector,
          false,
          (image, seen) -> {
            Map<String, float[]> outputs = run(fed, image, true, mean, 1 / 128.0, seen);
            return PlainDetectors.suppressed(
                PlainDetectors.ultraLight(outputs, width, height, 0.7), 0.3);
          });
    }
  }

  /** Finds the rows of a photo, and says which size it had in the input. */
  private interface Reference {
    List<double[]> rows(Image image, int[] seen);
  }

  private static void compare(
      String name, FaceDetector detector, boolean landmarks, Reference reference) {
    List<Path> photos =
        Stream.concat(
                SharedData.files("data/photos").stream(),
                SharedData.files("data/fddb/images").stream().limit(100))
            .toList();
    int faces = 0;
    double pixels = 0;
    double score = 0;
    List<String> others = new ArrayList<>();
    for (Path photo : photos) {
      Image image = Image.read(photo);
      int[] seen = new int[2];
      List<Face> all = new ArrayList<>();
      for (double[] row : reference.rows(image, seen)) {
        all.add(face(row, landmarks, image, seen));
      }
      List<Face> expected = FaceSuppression.withoutRepeats(all);
      List<Face> found = detector.detect(image);
      if (expected.size() != found.size()) {
        others.add(photo.getFileName() + ": " + expected.size() + " and " + found.size());
        continue;
      }
      double scale = Math.max(1, (double) image.width() / seen[0]);
      for (Face face : found) {
        Face nearest =
            expected.stream()
                .min((a, b) -> Double.compare(distance(a, face), distance(b, face)))
                .orElseThrow();
        pixels = Math.max(pixels, distance(nearest, face) / scale);
        score = Math.max(score, Math.abs(nearest.score() - face.score()));
        faces++;
      }
    }
    System.out.println(
        name + ": " + faces + " faces, at most " + pixels + " px and " + score + ", " + others);
    assertEquals(List.of(), others);
    assertTrue(faces > 130, faces + " faces");
    assertTrue(pixels < 0.1, pixels + " pixels");
    assertEquals(0, score, 1e-4);
  }

  private static Face face(double[] row, boolean landmarks, Image image, int[] seen) {
    float[] at = new float[row.length];
    for (int k = 0; k < row.length; k++) {
      boolean isX = k < 4 ? k % 2 == 0 : k % 2 == 1;
      double scale = isX ? (double) image.width() / seen[0] : (double) image.height() / seen[1];
      at[k] = (float) (row[k] * scale);
    }
    Box box = new Box(at[0], at[1], at[2], at[3]);
    Landmarks points =
        landmarks ? Landmarks.of(java.util.Arrays.copyOfRange(at, 5, 15)) : nowhere(box);
    return new Face(box, points, (float) row[4]);
  }

  private static double distance(Face a, Face b) {
    double furthest =
        Math.max(
            Math.max(Math.abs(a.box().x1() - b.box().x1()), Math.abs(a.box().y1() - b.box().y1())),
            Math.max(Math.abs(a.box().x2() - b.box().x2()), Math.abs(a.box().y2() - b.box().y2())));
    for (int k = 0; k < 5; k++) {
      Point p = a.landmarks().points().get(k);
      Point q = b.landmarks().points().get(k);
      furthest = Math.max(furthest, Math.abs(p.x() - q.x()));
      furthest = Math.max(furthest, Math.abs(p.y() - q.y()));
    }
    return furthest;
  }
}
