package io.facepipeline.attributes;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.facepipeline.Box;
import io.facepipeline.Face;
import io.facepipeline.FaceAttribute;
import io.facepipeline.FaceDetector;
import io.facepipeline.FaceRefiner;
import io.facepipeline.Image;
import io.facepipeline.LandmarkFinder;
import io.facepipeline.Landmarks;
import io.facepipeline.onnx.catalog.ModelCatalog;
import io.facepipeline.onnx.graph.GraphBuilder;
import io.facepipeline.onnx.graph.Value;
import io.facepipeline.onnx.graph.Weights;
import io.facepipeline.onnx.graph.proto.OnnxFile;
import io.facepipeline.testkit.FaceAttributeContract;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The contract on a model that finds six points, always at the same places of its crop. */
class PointsAttributeTest extends FaceAttributeContract {
  private static final float[] POINTS = {
    0.2f, 0.3f, 0.4f, 0.3f, 0.7f, 0.3f, 0.5f, 0.5f, 0.35f, 0.7f, 0.65f, 0.7f
  };
  private static final Image PHOTO = Image.ofRgb(200, 200, new byte[3 * 200 * 200]);

  /** Double the box, so that a face of 40 pixels at 60 has a crop from 40 to 120. */
  private static final Face FACE = face(60, 60, 40);

  private static final Landmarks FOUND = Landmarks.of(64, 64, 96, 64, 80, 80, 68, 96, 92, 96);

  @TempDir Path folder;

  @Override
  protected FaceAttribute attribute() {
    return attribute("scaled-box 2 square padded", true);
  }

  private FaceAttribute attribute(String rule, boolean five) {
    GraphBuilder graph = new GraphBuilder("made");
    Value x = graph.input("x", -1, 8, 8, 3); // as TensorFlow's networks take pictures
    Value none =
        graph.dense(
            graph.flatten(x),
            new Weights(new int[] {12, 192}, new float[12 * 192]),
            new Weights(new int[] {12}, POINTS));
    graph.output(none, "points", -1, 12);
    try {
      Path file = Files.write(folder.resolve("points.onnx"), OnnxFile.write(graph.build()));
      String card =
          "{\"id\": \"made\", \"kind\": \"face-attribute\", \"attribute\": \"points\","
              + " \"architecture\": \"Made\", \"format\": \"onnx\","
              + " \"files\": [{\"name\": \"points.onnx\"}], \"origin\": \"test\","
              + " \"license\": \"MIT\", \"crop\": {\"width\": 8, \"height\": 8, \"rule\": \""
              + rule
              + "\"}, \"colorOrder\": \"RGB\", \"mean\": [0], \"deviation\": [1], \"output\":"
              + " {\"kind\": \"points\", \"count\": 6, \"range\": [0, 1]"
              + (five ? ", \"five\": [[0, 1], [2], [3], [4], [5]]" : "")
              + "}}";
      return OnnxFaceAttribute.open(
          ModelCatalog.parse("a card", card).entries().get(0), List.of(file));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static void assertAlike(Landmarks expected, Landmarks found) {
    assertEquals(0, expected.errorOf(found), 1e-3, found.toString());
  }

  private static class Finding implements FaceDetector {
    boolean closed;

    @Override
    public List<Face> detect(Image image) {
      return List.of(FACE);
    }

    @Override
    public void close() {
      closed = true;
    }
  }

  private static final class Following extends Finding implements FaceRefiner {
    @Override
    public List<Face> refine(Image image, List<Box> boxes) {
      return detect(image);
    }
  }

  @Test
  void aDetectorTakesItsLandmarksFromThePoints() {
    Finding plain = new Finding();
    try (FaceDetector refined = OnnxFaceAttribute.refining(plain, attribute())) {
      Face face = refined.detect(PHOTO).get(0);
      assertEquals(FACE.box(), face.box());
      assertEquals(FACE.score(), face.score());
      assertAlike(FOUND, face.landmarks());
      assertFalse(refined instanceof FaceRefiner);
      List<Landmarks> found =
          ((LandmarkFinder) refined).landmarks(PHOTO, List.of(FACE.box(), FACE.box()));
      assertEquals(2, found.size());
      assertAlike(FOUND, found.get(1));
    }
    assertTrue(plain.closed);
  }

  @Test
  void whatCanFollowFacesStillCan() {
    FaceAttribute points = attribute();
    FaceDetector refined = OnnxFaceAttribute.refining(new Following(), points);
    FaceRefiner refiner = (FaceRefiner) refined;
    assertAlike(FOUND, refiner.refine(PHOTO, List.of(FACE.box())).get(0).landmarks());
    refined.close();
    assertThrows(IllegalStateException.class, () -> points.classify(PHOTO, List.of(FACE)));
  }

  @Test
  void aModelThatCannotRefineIsRefused() {
    try (FaceAttribute unnamed = attribute("scaled-box 2 square padded", false);
        FaceAttribute aligned = attribute("arcface", true)) {
      for (FaceAttribute other : List.of(unnamed, aligned)) {
        Finding detector = new Finding();
        assertThrows(
            IllegalArgumentException.class, () -> OnnxFaceAttribute.refining(detector, other));
        assertFalse(detector.closed);
      }
    }
  }
}
