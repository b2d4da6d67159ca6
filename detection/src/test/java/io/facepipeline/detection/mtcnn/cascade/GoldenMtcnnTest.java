package io.facepipeline.detection.mtcnn.cascade;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.google.gson.JsonArray;
import com.google.gson.JsonElement;
import com.google.gson.JsonObject;
import io.facepipeline.Face;
import io.facepipeline.Image;
import io.facepipeline.Point;
import io.facepipeline.detection.mtcnn.Mtcnn;
import io.facepipeline.onnx.OnnxOptions;
import io.facepipeline.onnx.checkpoint.Checkpoint;
import io.facepipeline.onnx.graph.Graph;
import io.facepipeline.onnx.graph.rewrite.CpuRewrites;
import io.facepipeline.testkit.FormulaWeights;
import io.facepipeline.testkit.SharedData;
import java.nio.FloatBuffer;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.function.Function;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** MTCNN with the published weights against facenet-pytorch. */
class GoldenMtcnnTest {
  private static final float PIXELS = 0.05f;
  private static final float PROBABILITY = 1e-4f;
  private static final float NETWORK = 1e-5f;

  @ParameterizedTest
  @ValueSource(strings = {"pt", "npy"})
  void detectsWhatTheReferenceDetects(String form) {
    JsonObject images = golden().getAsJsonObject("images");
    assertEquals(7, images.size());
    for (String name : images.keySet()) {
      Image photo = Image.read(SharedData.path("data/photos/" + name));
      for (JsonElement run : images.getAsJsonObject(name).getAsJsonArray("runs")) {
        JsonObject config = run.getAsJsonObject().getAsJsonObject("config");
        try (Mtcnn mtcnn = configured(config, form)) {
          assertSame(
              run.getAsJsonObject().getAsJsonArray("faces"),
              mtcnn.detect(photo),
              name + " " + config);
        }
      }
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"pt", "npy"})
  void networksEqualTheReference(String form) {
    assertNetwork("pnet", form, MtcnnGraphs::pnet);
    assertNetwork("rnet", form, MtcnnGraphs::rnet);
    assertNetwork("onet", form, MtcnnGraphs::onet);
  }

  private static void assertNetwork(String net, String form, Function<Checkpoint, Graph> emitter) {
    JsonObject recorded = golden().getAsJsonObject("nets").getAsJsonObject(net);
    int[] shape = ints(recorded.getAsJsonArray("input"));
    float[] formula = FormulaWeights.values("input", FormulaWeights.Kind.INPUT, shape);
    FloatBuffer input = PlainNetwork.buffer(formula.length);
    for (float value : formula) {
      input.put(value * 128 + 127.5f);
    }
    input.flip();
    Checkpoint checkpoint = Checkpoint.read(weights(net, form));
    Graph plain = emitter.apply(checkpoint);
    OnnxOptions options = OnnxOptions.defaults();
    for (PlainNetwork candidate :
        List.of(
            PlainNetwork.published(net, checkpoint, options),
            PlainNetwork.apart(net, new OnnxNetwork(plain, options)),
            PlainNetwork.apart(net, new OnnxNetwork(CpuRewrites.apply(plain), options)))) {
      try (PlainNetwork network = candidate) {
        Map<String, float[]> actual = network.run(input, shape[0], shape[2], shape[3]);
        assertOutputs(recorded.getAsJsonArray("outputs"), actual, net);
      }
    }
  }

  private static void assertOutputs(JsonArray expected, Map<String, float[]> actual, String net) {
    List<String> names = PlainNetwork.outputs(net);
    for (int i = 0; i < names.size(); i++) {
      JsonArray values = expected.get(i).getAsJsonObject().getAsJsonArray("values");
      float[] got = actual.get(names.get(i));
      assertEquals(values.size(), got.length, net + " " + names.get(i));
      for (int k = 0; k < got.length; k++) {
        assertEquals(values.get(k).getAsFloat(), got[k], NETWORK, net + " " + names.get(i));
      }
    }
  }

  private static void assertSame(JsonArray expected, List<Face> actual, String what) {
    assertEquals(expected.size(), actual.size(), what);
    for (int i = 0; i < actual.size(); i++) {
      JsonObject golden = expected.get(i).getAsJsonObject();
      Face face = actual.get(i);
      float[] box = floats(golden.getAsJsonArray("box"));
      float[] found = {face.box().x1(), face.box().y1(), face.box().x2(), face.box().y2()};
      for (int k = 0; k < 4; k++) {
        assertEquals(box[k], found[k], PIXELS, what + " box " + i);
      }
      assertEquals(golden.get("probability").getAsFloat(), face.score(), PROBABILITY, what);
      for (int k = 0; k < 5; k++) {
        float[] point = floats(golden.getAsJsonArray("landmarks").get(k).getAsJsonArray());
        Point landmark = face.landmarks().points().get(k);
        assertEquals(point[0], landmark.x(), PIXELS, what + " landmark " + k + " of " + i);
        assertEquals(point[1], landmark.y(), PIXELS, what + " landmark " + k + " of " + i);
      }
    }
  }

  private static Mtcnn configured(JsonObject config, String form) {
    Mtcnn.Builder builder =
        Mtcnn.builder()
            .weights(weights("pnet", form), weights("rnet", form), weights("onet", form));
    if (config.has("min_face_size")) {
      builder.minFaceSize(config.get("min_face_size").getAsInt());
    }
    if (config.has("factor")) {
      builder.factor(config.get("factor").getAsDouble());
    }
    if (config.has("thresholds")) {
      float[] t = floats(config.getAsJsonArray("thresholds"));
      builder.thresholds(t[0], t[1], t[2]);
    }
    assertTrue(
        List.of("min_face_size", "factor", "thresholds").containsAll(config.keySet()),
        config.toString());
    return builder.build();
  }

  private static Path weights(String net, String form) {
    return SharedData.path("models/mtcnn/" + net + "." + form);
  }

  private static JsonObject golden() {
    return SharedData.json("golden/mtcnn.json").getAsJsonObject();
  }

  private static float[] floats(JsonArray array) {
    float[] values = new float[array.size()];
    for (int i = 0; i < values.length; i++) {
      values[i] = array.get(i).getAsFloat();
    }
    return values;
  }

  private static int[] ints(JsonArray array) {
    float[] values = floats(array);
    int[] result = new int[values.length];
    Arrays.setAll(result, i -> (int) values[i]);
    return result;
  }
}
