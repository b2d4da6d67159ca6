package io.facepipeline.opencv;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.facepipeline.Face;
import io.facepipeline.FaceDetector;
import io.facepipeline.Image;
import io.facepipeline.Point;
import io.facepipeline.detection.onestage.DetectorModel;
import io.facepipeline.onnx.graph.Graph;
import io.facepipeline.onnx.graph.GraphSurgery;
import io.facepipeline.onnx.graph.Port;
import io.facepipeline.onnx.graph.proto.OnnxFile;
import io.facepipeline.testkit.SharedData;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.stream.Stream;
import org.bytedeco.javacpp.BytePointer;
import org.bytedeco.javacpp.PointerScope;
import org.bytedeco.javacpp.indexer.FloatIndexer;
import org.bytedeco.opencv.global.opencv_imgproc;
import org.bytedeco.opencv.opencv_core.Mat;
import org.bytedeco.opencv.opencv_core.Size;
import org.bytedeco.opencv.opencv_objdetect.FaceDetectorYN;
import org.junit.jupiter.api.Test;

/** YuNet against OpenCV's own, with the same file on the same pixels. */
class YuNetReferenceTest {
  private static final float THRESHOLD = 0.6f;
  private static final float SUPPRESSION = 0.3f;

  /** What OpenCV found: x, y, width, height, five points, score. */
  @SuppressWarnings("try") // the scope frees all that is made in between
  private static List<float[]> reference(Graph graph, Image image) {
    try (PointerScope scope = new PointerScope()) {
      Size size = new Size(image.width(), image.height());
      byte[] model = OnnxFile.write(ofSize(graph, padded(image.width()), padded(image.height())));
      FaceDetectorYN detector =
          FaceDetectorYN.create(
              new BytePointer("onnx"),
              model,
              new byte[0],
              size,
              THRESHOLD,
              SUPPRESSION,
              5000,
              0,
              0);
      Mat bgr = Mats.bgr(image);
      Mat found = new Mat();
      detector.detect(bgr, found);
      List<float[]> rows = new ArrayList<>();
      if (!found.empty()) {
        FloatIndexer numbers = found.createIndexer();
        for (int i = 0; i < found.rows(); i++) {
          float[] row = new float[15];
          numbers.get(i, row);
          rows.add(row);
        }
      }
      return rows;
    }
  }

  /** OpenCV cannot read a model whose input may be of any size. */
  private static Graph ofSize(Graph graph, long width, long height) {
    String input = graph.dataInputs().get(0).name();
    return GraphSurgery.prepend(
        graph, input, Port.floats(input, 1, 3, height, width), (builder, value) -> value);
  }

  private static long padded(int side) {
    return (side + 31) / 32 * 32L;
  }

  @Test
  void findsWhatOpenCvFinds() throws Exception {
    assertSame(0, 100);
  }

  /** OpenCV shrinks the photos. */
  @Test
  void findsWhatOpenCvFindsInSmallerPhotos() throws Exception {
    assertSame(320, 20);
  }

  /**
   * @param inputSize the longer side of what the network sees; 0 for the photo's own
   * @param most how many photos of FDDB, beside the portraits and groups
   */
  private static void assertSame(int inputSize, int most) throws IOException {
    Path file = SharedData.path("models/others/yunet_n_dynamic.onnx");
    Graph graph = OnnxFile.read(Files.readAllBytes(file));
    int faces = 0;
    double pixels = 0;
    double score = 0;
    List<Path> photos =
        Stream.concat(
                SharedData.files("data/photos").stream(),
                SharedData.files("data/fddb/images").stream().limit(most))
            .toList();
    for (Path photo : photos) {
      Image image = Image.read(photo);
      int longer = Math.max(image.width(), image.height());
      int input = inputSize == 0 ? longer : inputSize;
      Image seen = inputSize == 0 ? image : shrunk(image, input, longer);
      List<float[]> expected = reference(graph, seen);
      double scale = (double) image.width() / seen.width();
      DetectorModel model =
          DetectorModel.of(file)
              .withInputSize(input)
              .withScoreThreshold(THRESHOLD)
              .withSuppression(SUPPRESSION);
      try (FaceDetector detector = model.open()) {
        List<Face> found = detector.detect(image);
        assertEquals(expected.size(), found.size(), photo + ": " + found);
        for (Face face : found) {
          float[] nearest = nearest(face, expected, image, seen);
          pixels = Math.max(pixels, distance(face, nearest, image, seen) / Math.max(1, scale));
          score = Math.max(score, Math.abs(nearest[14] - face.score()));
          faces++;
        }
      }
    }
    System.out.println(
        "yunet and OpenCV's: " + faces + " faces, at most " + pixels + " px and " + score);
    assertTrue(faces > most, faces + " faces");
    assertTrue(pixels < 0.1, pixels + " pixels");
    assertEquals(0, score, 1e-4);
  }

  private static Image shrunk(Image image, int input, int longer) {
    Size size = new Size(image.width() * input / longer, image.height() * input / longer);
    try (Mat bgr = Mats.bgr(image);
        Mat small = new Mat()) {
      opencv_imgproc.resize(bgr, small, size, 0, 0, opencv_imgproc.INTER_LINEAR);
      return Mats.image(small);
    }
  }

  private static float[] nearest(Face face, List<float[]> rows, Image image, Image seen) {
    return rows.stream()
        .min(Comparator.comparingDouble(row -> distance(face, row, image, seen)))
        .orElseThrow();
  }

  /** How far the edges and points are from those of a row at most, in pixels of the photo. */
  private static double distance(Face face, float[] row, Image image, Image seen) {
    List<Point> expected = new ArrayList<>();
    expected.add(new Point(row[0], row[1]));
    expected.add(new Point(row[0] + row[2], row[1] + row[3]));
    for (int k = 0; k < 5; k++) {
      expected.add(new Point(row[4 + 2 * k], row[5 + 2 * k]));
    }
    List<Point> found = new ArrayList<>();
    found.add(new Point(face.box().x1(), face.box().y1()));
    found.add(new Point(face.box().x2(), face.box().y2()));
    found.addAll(face.landmarks().points());
    double furthest = 0;
    for (int k = 0; k < found.size(); k++) {
      double x = (double) expected.get(k).x() * image.width() / seen.width();
      double y = (double) expected.get(k).y() * image.height() / seen.height();
      furthest = Math.max(furthest, Math.abs(found.get(k).x() - x));
      furthest = Math.max(furthest, Math.abs(found.get(k).y() - y));
    }
    return furthest;
  }
}
