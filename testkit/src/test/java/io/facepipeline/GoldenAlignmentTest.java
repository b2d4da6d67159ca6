package io.facepipeline;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.google.gson.JsonArray;
import com.google.gson.JsonElement;
import com.google.gson.JsonObject;
import io.facepipeline.align.AffineMatrix;
import io.facepipeline.align.LandmarkFit;
import io.facepipeline.testkit.SharedData;
import java.util.List;
import java.util.stream.StreamSupport;
import org.junit.jupiter.api.Test;

/** The aligner against face.evoLVe's transforms and crops, and facenet-pytorch's margin crops. */
class GoldenAlignmentTest {
  private static final double MATRIX_TOLERANCE = 1e-3;
  private static final double MEAN_LEVELS = 1;

  @Test
  void matricesEqualTheReference() {
    for (JsonElement element : goldenFaces()) {
      JsonObject face = element.getAsJsonObject();
      Landmarks landmarks = landmarks(face.getAsJsonArray("landmarks"));
      assertMatrix(face, "similarity", landmarks, CropSpec.Rule.Fit.SIMILARITY);
      assertMatrix(face, "affine3", landmarks, CropSpec.Rule.Fit.AFFINE_3_POINT);
      assertMatrix(face, "affine5", landmarks, CropSpec.Rule.Fit.AFFINE_LEAST_SQUARES);
    }
  }

  @Test
  void alignedCropsEqualTheReference() {
    for (JsonElement element : goldenFaces()) {
      JsonObject golden = element.getAsJsonObject();
      Image photo = Image.read(SharedData.path("data/photos/" + golden.get("image").getAsString()));
      Landmarks landmarks = landmarks(golden.getAsJsonArray("landmarks"));
      Face face = new Face(new Box(0, 0, 1, 1), landmarks, 1);
      String file = golden.get("aligned").getAsString();
      Image crop = FaceAligner.standard().align(photo, face, CropSpec.arcFace(112)).toImage();
      assertNear(Image.read(SharedData.path("golden/aligned/" + file)), crop, file);
    }
  }

  @Test
  void marginCropsEqualTheReference() {
    JsonObject images =
        SharedData.json("golden/mtcnn.json").getAsJsonObject().getAsJsonObject("images");
    for (String name : images.keySet()) {
      JsonObject image = images.getAsJsonObject(name);
      int width = image.get("width").getAsInt();
      int height = image.get("height").getAsInt();
      JsonArray found =
          image.getAsJsonArray("runs").get(0).getAsJsonObject().getAsJsonArray("faces");
      List<Face> faces =
          StreamSupport.stream(found.spliterator(), false)
              .map(e -> face(e.getAsJsonObject()))
              .toList();
      Face chosen = FaceSelection.centerWeighted().select(faces, width, height).orElseThrow();
      Image photo = Image.read(SharedData.path("data/photos/" + name));
      Image crop = FaceAligner.standard().align(photo, chosen, CropSpec.margin(160, 14)).toImage();
      String file = name.replaceAll("\\.\\w+$", ".png");
      assertNear(Image.read(SharedData.path("golden/facenet_crops/" + file)), crop, file);
    }
  }

  @Test
  void theNarrowTemplateIsTheSquareOneShifted() {
    JsonObject golden = SharedData.json("golden/align.json").getAsJsonObject();
    assertTemplate(golden.getAsJsonArray("reference112"), CropSpec.arcFace(112));
    assertTemplate(golden.getAsJsonArray("reference96x112"), CropSpec.arcFace96x112());
  }

  private static void assertTemplate(JsonArray expected, CropSpec spec) {
    Landmarks template = ((CropSpec.Rule.Template) spec.rule()).template();
    for (int i = 0; i < 5; i++) {
      JsonArray point = expected.get(i).getAsJsonArray();
      assertEquals(point.get(0).getAsFloat(), template.points().get(i).x(), 1e-4f);
      assertEquals(point.get(1).getAsFloat(), template.points().get(i).y(), 1e-4f);
    }
  }

  private static void assertMatrix(
      JsonObject face, String name, Landmarks landmarks, CropSpec.Rule.Fit fit) {
    CropSpec.Rule.Template rule = (CropSpec.Rule.Template) CropSpec.arcFace(112, fit).rule();
    AffineMatrix m = LandmarkFit.toTemplate(landmarks, rule);
    double[] actual = {m.a(), m.b(), m.tx(), m.c(), m.d(), m.ty()};
    JsonArray rows = face.getAsJsonArray(name);
    for (int i = 0; i < 6; i++) {
      double expected = rows.get(i / 3).getAsJsonArray().get(i % 3).getAsDouble();
      assertEquals(
          expected,
          actual[i],
          MATRIX_TOLERANCE * Math.max(1, Math.abs(expected) / 1000),
          face.get("aligned") + " " + name + " " + i);
    }
  }

  private static void assertNear(Image expected, Image actual, String name) {
    byte[] a = expected.toRgb();
    byte[] b = actual.toRgb();
    assertEquals(a.length, b.length, name);
    double sum = 0;
    for (int i = 0; i < a.length; i++) {
      sum += Math.abs((a[i] & 0xff) - (b[i] & 0xff));
    }
    double mean = sum / a.length;
    System.out.printf("%s: mean absolute difference %.4f levels%n", name, mean);
    assertTrue(mean <= MEAN_LEVELS, name + ": mean absolute difference " + mean + " levels");
  }

  private static JsonArray goldenFaces() {
    JsonArray faces =
        SharedData.json("golden/align.json").getAsJsonObject().getAsJsonArray("faces");
    assertTrue(faces.size() > 5, "the reference has faces");
    return faces;
  }

  private static Face face(JsonObject json) {
    JsonArray box = json.getAsJsonArray("box");
    return new Face(
        new Box(
            box.get(0).getAsFloat(),
            box.get(1).getAsFloat(),
            box.get(2).getAsFloat(),
            box.get(3).getAsFloat()),
        landmarks(json.getAsJsonArray("landmarks")),
        json.get("probability").getAsFloat());
  }

  private static Landmarks landmarks(JsonArray points) {
    float[] xy = new float[10];
    for (int i = 0; i < 10; i++) {
      xy[i] = points.get(i / 2).getAsJsonArray().get(i % 2).getAsFloat();
    }
    return Landmarks.of(xy);
  }
}
