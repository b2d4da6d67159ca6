package io.facepipeline.embedding;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.google.gson.JsonArray;
import com.google.gson.JsonElement;
import com.google.gson.JsonObject;
import io.facepipeline.AlignedFace;
import io.facepipeline.Box;
import io.facepipeline.Embedding;
import io.facepipeline.Face;
import io.facepipeline.FaceEmbedder;
import io.facepipeline.Image;
import io.facepipeline.Landmarks;
import io.facepipeline.onnx.MalformedModelException;
import io.facepipeline.onnx.checkpoint.Checkpoint;
import io.facepipeline.onnx.checkpoint.Tensor;
import io.facepipeline.testkit.SharedData;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

/** FaceNet with its published weights, and how checkpoints are told apart. */
class FaceNetTest {
  private static final String CHECKPOINT = "models/facenet/facenet_inception_resnet_v1_fp16.pt";
  private static final Face FACE =
      new Face(new Box(0, 0, 10, 10), Landmarks.of(3, 3, 7, 3, 5, 5, 3, 8, 7, 8), 1);

  @Test
  void embedsTheGoldenCropsAsTheReference() {
    JsonArray golden =
        SharedData.json("golden/embeddings.json").getAsJsonObject().getAsJsonArray("facenet");
    assertEquals(Backbone.FACENET_VGGFACE2, Backbone.detect(SharedData.path(CHECKPOINT)));
    try (FaceEmbedder embedder = Backbone.FACENET_VGGFACE2.load(SharedData.path(CHECKPOINT))) {
      for (JsonElement element : golden) {
        JsonObject entry = element.getAsJsonObject();
        String file = entry.get("crop").getAsString();
        Image crop = Image.read(SharedData.path("golden/facenet_crops/" + file));
        Embedding actual =
            embedder.embed(List.of(AlignedFace.of(FACE, embedder.crop(), crop.toRgb()))).get(0);
        JsonArray values = entry.getAsJsonArray("embedding");
        float[] expected = new float[values.size()];
        for (int i = 0; i < expected.length; i++) {
          expected[i] = values.get(i).getAsFloat();
        }
        float cosine = actual.similarity(Embedding.of(actual.fingerprint(), expected));
        assertTrue(cosine >= 0.9999f, file + ": cosine " + cosine);
      }
    }
  }

  @Test
  void aClassifierIsIgnoredAndAnyOtherTensorNamed() {
    Map<String, Tensor> tensors =
        new LinkedHashMap<>(FormulaCheckpoints.inceptionResnetV1().tensors());
    tensors.put("logits.weight", Tensor.of(new int[] {1, 2}, 1f, 2f));
    assertTrue(Backbone.FACENET_VGGFACE2.convert(Checkpoint.of(tensors)).length > 0);
    tensors.remove("last_linear.weight");
    MalformedModelException e =
        assertThrows(MalformedModelException.class, () -> Backbone.detect(Checkpoint.of(tensors)));
    assertTrue(e.getMessage().contains("InceptionResnetV1"), e.getMessage());
    assertTrue(e.getMessage().contains("last_linear.weight"), e.getMessage());
  }

  @Test
  void aMisshapenTensorIsNamed() {
    Map<String, Tensor> tensors = new LinkedHashMap<>(FormulaCheckpoints.lightCnn9().tensors());
    tensors.put("features.4.conv.filter.weight", Tensor.of(new int[] {2, 1, 1, 1}, 1, 1));
    tensors.put("features.4.conv.filter.bias", Tensor.of(new int[] {2}, 1, 1));
    MalformedModelException e =
        assertThrows(
            MalformedModelException.class,
            () -> Backbone.LIGHTCNN_9.convert(Checkpoint.of(tensors)));
    assertTrue(e.getMessage().contains("LightCNN-9"), e.getMessage());
    assertTrue(e.getMessage().contains("features.4.conv.filter.weight"), e.getMessage());
  }

  @Test
  void greyNetworksConvert() {
    Checkpoint checkpoint = FormulaCheckpoints.lightCnn9();
    assertEquals(Backbone.LIGHTCNN_9, Backbone.detect(checkpoint));
    assertTrue(Backbone.LIGHTCNN_9.convert(checkpoint).length > 0);
  }

  @Test
  void foldedBatchNormalisationsMeanTheSame() {
    Checkpoint plain = FormulaCheckpoints.inceptionResnetV1();
    Checkpoint folded = Checkpoint.of(folded(plain.tensors()));
    assertEquals(Backbone.FACENET_VGGFACE2, Backbone.detect(folded));
    try (FaceEmbedder a = embedder(plain);
        FaceEmbedder b = embedder(folded)) {
      byte[] rgb = new byte[a.crop().bytes()];
      for (int i = 0; i < rgb.length; i++) {
        rgb[i] = (byte) (i * 31 + i / 480 * 7);
      }
      List<AlignedFace> crops = List.of(AlignedFace.of(FACE, a.crop(), rgb));
      assertEquals(
          1,
          a.embed(crops)
              .get(0)
              .similarity(
                  Embedding.of(
                      a.embed(crops).get(0).fingerprint(), b.embed(crops).get(0).toArray())),
          1e-4);
    }
  }

  private static FaceEmbedder embedder(Checkpoint checkpoint) {
    return OnnxFaceEmbedder.ofModel(
        Backbone.FACENET_VGGFACE2.convert(checkpoint), "formula", EmbedderOptions.defaults());
  }

  /** Takes each normalization into the layer before it. */
  private static Map<String, Tensor> folded(Map<String, Tensor> tensors) {
    Map<String, Tensor> folded = new LinkedHashMap<>(tensors);
    for (String variance : tensors.keySet()) {
      if (!variance.endsWith(".running_var")) {
        continue;
      }
      String norm = variance.substring(0, variance.length() - ".running_var".length());
      String layer =
          norm.equals("last_bn") ? "last_linear" : norm.substring(0, norm.length() - 2) + "conv";
      float[] gamma = take(folded, norm + ".weight").floats();
      float[] beta = take(folded, norm + ".bias").floats();
      float[] mean = take(folded, norm + ".running_mean").floats();
      float[] var = take(folded, variance).floats();
      Tensor weight = take(folded, layer + ".weight");
      float[] values = weight.floats();
      int perOutput = values.length / gamma.length;
      for (int i = 0; i < values.length; i++) {
        values[i] *= scale(gamma, var, i / perOutput);
      }
      for (int c = 0; c < beta.length; c++) {
        beta[c] -= mean[c] * scale(gamma, var, c);
      }
      folded.put(layer + ".weight", Tensor.of(weight.shape(), values));
      folded.put(layer + ".bias", Tensor.of(new int[] {beta.length}, beta));
    }
    return folded;
  }

  private static float scale(float[] gamma, float[] variance, int channel) {
    return gamma[channel] / (float) Math.sqrt(variance[channel] + 1e-3);
  }

  private static Tensor take(Map<String, Tensor> tensors, String name) {
    Tensor taken = tensors.remove(name);
    if (taken == null) {
      throw new IllegalArgumentException("no tensor " + name);
    }
    return taken;
  }
}
