package io.facepipeline.embedding;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.google.gson.JsonArray;
import com.google.gson.JsonObject;
import com.google.gson.JsonParser;
import io.facepipeline.AlignedFace;
import io.facepipeline.Box;
import io.facepipeline.CropSpec;
import io.facepipeline.Embedding;
import io.facepipeline.Face;
import io.facepipeline.FaceEmbedder;
import io.facepipeline.Landmarks;
import io.facepipeline.testkit.SharedData;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.io.Reader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/**
 * Published checkpoints, where they are at hand, against their authors' networks on PyTorch, by
 * crops that a formula fills: nobody's embeddings are kept.
 */
class PublishedEmbeddersTest {
  private static final Face FACE =
      new Face(new Box(0, 0, 10, 10), Landmarks.of(3, 3, 7, 3, 5, 5, 3, 8, 7, 8), 1);

  @ParameterizedTest
  @CsvSource({
    "edgeface_xxs_q.pt, edgeface-xxs-int8, 512",
    "edgeface_xs_q.pt, edgeface-xs-int8, 512",
    "068.ckpt, mobilefacenet-xiaoccer, 128",
  })
  void equalsTheReference(String file, String id, int size) throws IOException {
    Path weights = SharedData.path("models/embedders/" + file);
    assertEquals(id, Backbone.detect(weights).id());
    JsonArray recorded = recorded(file);
    assertEquals(2, recorded.size());
    try (FaceEmbedder embedder = Backbone.named(id).orElseThrow().load(weights)) {
      assertEquals(id, embedder.card().id());
      assertEquals(size, embedder.card().embeddingSize());
      for (int k = 0; k < recorded.size(); k++) {
        AlignedFace crop = waves(embedder.crop(), k);
        Embedding actual = embedder.embed(List.of(crop)).get(0);
        float[] expected = new float[size];
        for (int i = 0; i < size; i++) {
          expected[i] = recorded.get(k).getAsJsonArray().get(i).getAsFloat();
        }
        float cosine = actual.similarity(Embedding.of(actual.fingerprint(), expected));
        assertTrue(cosine >= 0.9999f, "crop " + k + ": cosine " + cosine);
      }
    }
  }

  /** Waves in another direction in each channel. */
  private static AlignedFace waves(CropSpec spec, int k) {
    byte[] rgb = new byte[spec.width() * spec.height() * 3];
    for (int y = 0; y < spec.height(); y++) {
      for (int x = 0; x < spec.width(); x++) {
        for (int c = 0; c < 3; c++) {
          double across = (0.11 + 0.05 * c + 0.02 * k) * x;
          double down = (0.07 + 0.03 * k) * y * (1 + 0.3 * c);
          rgb[(y * spec.width() + x) * 3 + c] =
              (byte) Math.floor(128 + 120 * Math.sin(across + down + c));
        }
      }
    }
    return AlignedFace.of(FACE, spec, rgb);
  }

  private static JsonArray recorded(String file) throws IOException {
    try (InputStream in = PublishedEmbeddersTest.class.getResourceAsStream("published.json");
        Reader reader = new InputStreamReader(in, StandardCharsets.UTF_8)) {
      JsonObject all = JsonParser.parseReader(reader).getAsJsonObject();
      return all.getAsJsonArray(file);
    }
  }
}
