package io.facepipeline.detection.onestage;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.facepipeline.Box;
import io.facepipeline.Face;
import io.facepipeline.FaceDetector;
import io.facepipeline.Image;
import io.facepipeline.LandmarkFinder;
import io.facepipeline.Landmarks;
import io.facepipeline.Point;
import io.facepipeline.internal.FaceSuppression;
import io.facepipeline.onnx.OnnxModel;
import io.facepipeline.onnx.OnnxOptions;
import io.facepipeline.testkit.PlainDetectors;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.FloatBuffer;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/**
 * Every family on networks with random weights: the detector finds what the authors' programs make
 * of the same outputs.
 */
class DecoderTest {
  private static final double[] NONE = {0};

  /** Landmarks that tell the box they belong to. */
  private static final LandmarkFinder IN_THE_BOX =
      (image, boxes) -> boxes.stream().map(DecoderTest::corners).toList();

  @TempDir Path folder;

  private static Landmarks corners(Box b) {
    return Landmarks.of(
        b.x1(), b.y1(), b.x2(), b.y1(), b.x1(), b.y2(), b.x2(), b.y2(), b.x2(), b.y2());
  }

  private static Image noise(int width, int height) {
    byte[] rgb = new byte[3 * width * height];
    new Random(7).nextBytes(rgb);
    return Image.ofRgb(width, height, rgb);
  }

  @Test
  void yunet() {
    Path file = FormulaDetectors.yunet(folder);
    Image image = noise(150, 90);
    Map<String, float[]> outputs = outputs(file, image, 160, 96, true, NONE, 1);
    List<double[]> rows = PlainDetectors.yunet(outputs, 160, 96, 0.7);
    assertSame(rows, 0.3, true, image, DetectorModel.of(file).withInputSize(150), 0.7f);
    assertSame(rows, 0.3, true, image, DetectorModel.of(file).withFullSize(), 0.7f);
  }

  @ParameterizedTest
  @CsvSource({"true, 3, 128", "true, 3, -1", "false, 3, -1", "true, 5, -1", "false, 5, 256"})
  void scrfd(boolean landmarks, int levels, int side) {
    Path file = FormulaDetectors.scrfd(folder, landmarks, levels, side);
    int input = levels == 3 ? 128 : 256;
    Image image = noise(input, input); // black beside it would give equal scores
    double[] mean = {127.5};
    Map<String, float[]> outputs = outputs(file, image, input, input, false, mean, 128);
    List<float[]> inOrder =
        outputs.entrySet().stream()
            .sorted(
                Comparator.comparingInt(
                    e ->
                        side > 0
                            ? Integer.parseInt(e.getKey().substring(3))
                            : byKind(Integer.parseInt(e.getKey()))))
            .map(Map.Entry::getValue)
            .toList();
    List<double[]> rows = PlainDetectors.scrfd(inOrder, levels, landmarks, input, 0.7);
    DetectorModel model = DetectorModel.of(file).withInputSize(input);
    assertSame(rows, 0.4, landmarks, image, model.withLandmarks(() -> IN_THE_BOX), 0.7f);
  }

  /** Turns 440, 441, 442, 460, … into an order by kind and then by stride. */
  private static int byKind(int name) {
    return name % 20 * 100 + name / 20;
  }

  @Test
  void retinaFace() {
    Path file = FormulaDetectors.retinaFace(folder);
    Image image = noise(160, 96);
    double[] mean = {104, 117, 123};
    Map<String, float[]> outputs = outputs(file, image, 160, 96, true, mean, 1);
    List<double[]> rows = PlainDetectors.retinaFace(outputs, 160, 96, 0.7);
    assertSame(rows, 0.4, true, image, DetectorModel.of(file).withInputSize(160), 0.7f);
  }

  @Test
  void ultraLight() {
    Path file = FormulaDetectors.ultraLight(folder);
    Image image = noise(320, 256);
    double[] mean = {127};
    Map<String, float[]> outputs = outputs(file, image, 320, 256, false, mean, 128);
    List<double[]> rows = PlainDetectors.ultraLight(outputs, 320, 256, 0.7);
    DetectorModel model = DetectorModel.of(file).withLandmarks(() -> IN_THE_BOX);
    assertSame(rows, 0.3, false, image, model, 0.7f);
  }

  @Test
  void scan() {
    Path file = FormulaDetectors.scan(folder);
    Image image = noise(160, 96);
    double[] mean = {127.5};
    Map<String, float[]> outputs = outputs(file, image, 160, 96, false, mean, 128);
    List<double[]> rows = PlainDetectors.scan(outputs.get("faces"), 160, 96, 0.7);
    assertSame(rows, 0.4, true, image, DetectorModel.of(file).withInputSize(160), 0.7f);
    assertSame(rows, 0.4, true, image, DetectorModel.of(file).withFullSize(), 0.7f);
  }

  /** The outputs for an image that fills the input as it is. */
  private static Map<String, float[]> outputs(
      Path file, Image image, int width, int height, boolean bgr, double[] mean, double deviation) {
    FloatBuffer input =
        ByteBuffer.allocateDirect(12 * width * height)
            .order(ByteOrder.nativeOrder())
            .asFloatBuffer();
    for (int c = 0; c < 3; c++) {
      for (int y = 0; y < height; y++) {
        for (int x = 0; x < width; x++) {
          int color = 0;
          if (x < image.width() && y < image.height()) {
            int channel = bgr ? 2 - c : c;
            color = image.rgbAt(x, y) >> (16 - 8 * channel) & 0xff;
          }
          input.put((float) ((color - mean[c % mean.length]) / deviation));
        }
      }
    }
    try (OnnxModel model = OnnxModel.load(file, OnnxOptions.defaults().withOptimized(false))) {
      return model.run(input.flip(), new long[] {1, 3, height, width});
    }
  }

  private static void assertSame(
      List<double[]> rows,
      double suppression,
      boolean landmarks,
      Image image,
      DetectorModel model,
      float threshold) {
    List<Face> all = new ArrayList<>();
    for (double[] row : PlainDetectors.suppressed(rows, suppression)) {
      Face face = face(row, landmarks);
      Box b = face.box();
      if (b.x2() >= 1 && b.y2() >= 1 && b.x1() < image.width() - 1 && b.y1() < image.height() - 1) {
        all.add(face);
      }
    }
    List<Face> expected = FaceSuppression.withoutRepeats(all);
    assertTrue(rows.size() > 20, "only " + rows.size() + " candidates");
    assertTrue(expected.size() > 2, "only " + expected);
    assertTrue(expected.size() < rows.size(), "nothing was suppressed");
    try (FaceDetector detector = model.withScoreThreshold(threshold).open()) {
      List<Face> found = detector.detect(image);
      assertEquals(expected.size(), found.size(), expected + "\n" + found);
      for (Face face : found) {
        assertTrue(expected.stream().anyMatch(e -> isSame(e, face)), face + " of " + expected);
      }
    }
  }

  private static boolean isSame(Face a, Face b) {
    boolean same =
        Math.abs(a.score() - b.score()) < 1e-5
            && Math.abs(a.box().x1() - b.box().x1()) < 1e-2
            && Math.abs(a.box().y1() - b.box().y1()) < 1e-2
            && Math.abs(a.box().x2() - b.box().x2()) < 1e-2
            && Math.abs(a.box().y2() - b.box().y2()) < 1e-2;
    for (int k = 0; k < 5; k++) {
      Point p = a.landmarks().points().get(k);
      Point q = b.landmarks().points().get(k);
      same &= Math.abs(p.x() - q.x()) < 1e-2 && Math.abs(p.y() - q.y()) < 1e-2;
    }
    return same;
  }

  private static Face face(double[] row, boolean landmarks) {
    Box box = new Box((float) row[0], (float) row[1], (float) row[2], (float) row[3]);
    float[] xy = new float[10];
    for (int k = 0; k < 10; k++) {
      xy[k] = (float) row[5 + k];
    }
    return new Face(box, landmarks ? Landmarks.of(xy) : corners(box), (float) row[4]);
  }
}
