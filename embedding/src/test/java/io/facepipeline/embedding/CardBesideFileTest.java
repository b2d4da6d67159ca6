package io.facepipeline.embedding;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.facepipeline.AlignedFace;
import io.facepipeline.Box;
import io.facepipeline.CropSpec;
import io.facepipeline.Face;
import io.facepipeline.FaceEmbedder;
import io.facepipeline.Landmarks;
import io.facepipeline.ModelCard;
import io.facepipeline.onnx.MalformedModelException;
import io.facepipeline.onnx.graph.GraphBuilder;
import io.facepipeline.onnx.graph.Value;
import io.facepipeline.onnx.graph.proto.OnnxFile;
import io.facepipeline.onnx.internal.CardFile;
import io.facepipeline.onnx.internal.CardMetadata;
import io.facepipeline.onnx.layers.Window;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Models of others with their card as JSON beside the file. */
class CardBesideFileTest {
  private static final Face FACE =
      new Face(new Box(0, 0, 10, 10), Landmarks.of(3, 3, 7, 3, 5, 5, 3, 8, 7, 8), 1);

  /** Red 10, green 50, blue 210 everywhere; what is embedded is the mean of each channel. */
  private static final int[] COLOR = {10, 50, 210};

  @TempDir Path folder;

  /** A network whose features are the means of its channels. */
  private Path network(boolean channelsLast, int channels) throws Exception {
    GraphBuilder graph = new GraphBuilder("means");
    Value input =
        channelsLast ? graph.input("x", -1, 8, 8, channels) : graph.input("x", -1, channels, 8, 8);
    Value planes = channelsLast ? graph.transpose(input, 0, 3, 1, 2) : input;
    // A single number would be the same for every picture once it is of length one.
    Value means =
        channels == 1
            ? graph.averagePool(planes, Window.of(8, 4, 4, 0, 0), false)
            : graph.globalAveragePool(planes);
    graph.output(graph.flatten(means), "y", -1, Math.max(2, channels));
    return Files.write(folder.resolve("means.onnx"), OnnxFile.write(graph.build()));
  }

  private void card(String name, String rest) throws Exception {
    Files.writeString(
        folder.resolve(name),
        "{\"id\": \"means\", \"crop\": {\"width\": 8, \"height\": 8, \"rule\": \"margin 0\"}, "
            + "\"mean\": [0], \"deviation\": [1], "
            + rest
            + "}");
  }

  private float[] embed(Path onnx) {
    byte[] rgb = new byte[8 * 8 * 3];
    for (int i = 0; i < rgb.length; i++) {
      rgb[i] = (byte) COLOR[i % 3];
    }
    return embed(onnx, rgb);
  }

  private static float[] embed(Path onnx, byte[] rgb) {
    try (FaceEmbedder embedder = OnnxFaceEmbedder.load(onnx, EmbedderOptions.defaults())) {
      return embedder.embed(List.of(AlignedFace.of(FACE, embedder.crop(), rgb))).get(0).toArray();
    }
  }

  private static float[] unit(float... values) {
    double norm = 0;
    for (float v : values) {
      norm += v * v;
    }
    for (int i = 0; i < values.length; i++) {
      values[i] /= (float) Math.sqrt(norm);
    }
    return values;
  }

  @Test
  void orderOfChannelsAndAxes() throws Exception {
    card("means.json", "\"embeddingSize\": 3");
    assertArrayEquals(unit(10, 50, 210), embed(network(false, 3)), 1e-5f);
    assertArrayEquals(unit(10, 50, 210), embed(network(true, 3)), 1e-5f);
    // The other name comes first.
    card("means.card.json", "\"embeddingSize\": 3, \"colorOrder\": \"BGR\"");
    assertArrayEquals(unit(210, 50, 10), embed(network(false, 3)), 1e-5f);
    assertArrayEquals(unit(210, 50, 10), embed(network(true, 3)), 1e-5f);
    card("means.card.json", "\"embeddingSize\": 2, \"colorOrder\": \"GREY\"");
    assertArrayEquals(unit(1, 1), embed(network(false, 1)), 1e-5f);
    assertArrayEquals(unit(1, 1), embed(network(true, 1)), 1e-5f);
  }

  /** Against facenet's definition, on features that keep the size of what the network gets. */
  @Test
  void whitenedCropsAreScaledByTheirOwnNumbers() throws Exception {
    GraphBuilder graph = new GraphBuilder("pixels");
    Value input = graph.input("x", -1, 3, 8, 8);
    // One more feature, always 1, tells the size of the others.
    Value none = graph.affine(graph.slice(graph.flatten(input), 1, 0, 1), 0, 1);
    graph.output(graph.concat(1, graph.flatten(input), none), "y", -1, 193);
    Path onnx = Files.write(folder.resolve("pixels.onnx"), OnnxFile.write(graph.build()));
    Files.writeString(
        folder.resolve("pixels.card.json"),
        "{\"id\": \"pixels\", \"crop\": {\"width\": 8, \"height\": 8, \"rule\": \"margin 0\"},"
            + " \"embeddingSize\": 193, \"whitened\": true}");
    byte[] noise = new byte[8 * 8 * 3];
    new Random(4).nextBytes(noise);
    byte[] flat = new byte[noise.length];
    Arrays.fill(flat, (byte) 200);
    flat[5] = (byte) 201;
    byte[] even = new byte[noise.length];
    Arrays.fill(even, (byte) 77);
    assertArrayEquals(unit(whitened(noise)), embed(onnx, noise), 2e-6f);
    // A mean of 200 in single precision; next to nothing is divided by the least deviation.
    assertArrayEquals(unit(whitened(flat)), embed(onnx, flat), 2e-4f);
    assertArrayEquals(unit(whitened(even)), embed(onnx, even), 2e-4f);
    ModelCard card = CardFile.read(folder.resolve("pixels.card.json"));
    assertTrue(card.whitened());
    assertEquals(card, CardFile.parse("again", CardFile.write(card)));
    assertTrue(CardMetadata.read(CardMetadata.write(card)).whitened());
    Files.writeString(
        folder.resolve("pixels.card.json"),
        CardFile.write(card).replace("true", "true, \"mean\": [0], \"deviation\": [1]"));
    assertRefused(onnx, "keep one");
  }

  /** Planes of (x - mean) / max(deviation, 1 / sqrt(n)), and a 1. */
  private static float[] whitened(byte[] rgb) {
    double mean = 0;
    for (byte b : rgb) {
      mean += (b & 0xFF) / (double) rgb.length;
    }
    double variance = 0;
    for (byte b : rgb) {
      variance += Math.pow((b & 0xFF) - mean, 2) / rgb.length;
    }
    double divisor = Math.max(Math.sqrt(variance), 1 / Math.sqrt(rgb.length));
    float[] planes = new float[rgb.length + 1];
    for (int i = 0; i < rgb.length; i++) {
      planes[i % 3 * 64 + i / 3] = (float) (((rgb[i] & 0xFF) - mean) / divisor);
    }
    planes[rgb.length] = 1;
    return planes;
  }

  @Test
  void mismatchesSayWhatWasFoundAndExpected() throws Exception {
    Path onnx = network(false, 3);
    card("means.json", "\"embeddingSize\": 512");
    assertRefused(onnx, "512", "3");
    card("means.json", "\"embeddingSize\": 3, \"colorOrder\": \"GREY\"");
    assertRefused(onnx, "[n, 1, 8, 8]", "3");
    GraphBuilder graph = new GraphBuilder("flat");
    graph.output(graph.input("x", -1, 192), "y", -1, 192);
    Files.write(onnx, OnnxFile.write(graph.build()));
    card("means.json", "\"embeddingSize\": 192");
    assertRefused(onnx, "[n, 3, 8, 8]", "192");
  }

  /** As cards spelled it before. */
  @Test
  void theOlderSpellingOfLicenseIsRead() throws Exception {
    for (String key : List.of("license", "licence")) {
      card("means.json", "\"embeddingSize\": 3, \"" + key + "\": \"MIT\"");
      assertEquals("MIT", CardFile.read(folder.resolve("means.json")).license());
    }
  }

  @Test
  void brokenCardsAreRefusedByTheirKey() throws Exception {
    Path onnx = network(false, 3);
    card("means.json", "\"embeddingSise\": 3");
    assertRefused(onnx, "embeddingSise", "means.json");
    card("means.json", "\"license\": \"MIT\"");
    assertRefused(onnx, "embeddingSize");
    card("means.json", "\"embeddingSize\": 3, \"colorOrder\": \"HSV\"");
    assertRefused(onnx, "HSV");
    Files.writeString(folder.resolve("means.json"), "{ no json");
    assertRefused(onnx, "means.json");
    Files.delete(folder.resolve("means.json"));
    assertRefused(onnx, "no card", ".card.json");
  }

  @Test
  void numbersThatNoFloatHoldsAreRefused() throws Exception {
    Path onnx = network(false, 3);
    for (String scaling :
        List.of("\"mean\": [1e999], \"deviation\": [1]", "\"mean\": [0], \"deviation\": [1e999]")) {
      Files.writeString(
          folder.resolve("means.json"),
          "{\"id\": \"means\", \"embeddingSize\": 3, \"crop\": {\"width\": 8, \"height\": 8,"
              + " \"rule\": \"margin 0\"}, "
              + scaling
              + "}");
      assertRefused(onnx, "means.json", "Infinity");
    }
  }

  @Test
  void aWrittenCardIsReadAsItWas() throws Exception {
    ModelCard card =
        ModelCard.builder("theirs")
            .architecture("IR-18")
            .embeddingSize(256)
            .crop(CropSpec.arcFace(112))
            .colorOrder(ModelCard.ColorOrder.BGR)
            .scaling(127.5f, 128)
            .license("MIT")
            .origin("somewhere")
            .sourceSha256("ab")
            .thresholds(new ModelCard.Thresholds(0.3f, 0.4f, 1000, "LFW"))
            .build();
    Path file = Files.writeString(folder.resolve("card.json"), CardFile.write(card));
    assertEquals(card, CardFile.read(file));
    assertTrue(CardFile.beside(folder.resolve("none.onnx")).isEmpty());
  }

  private static void assertRefused(Path onnx, String... named) {
    MalformedModelException e =
        assertThrows(
            MalformedModelException.class,
            () -> OnnxFaceEmbedder.load(onnx, EmbedderOptions.defaults()));
    for (String part : named) {
      assertTrue(e.getMessage().contains(part), part + " in: " + e.getMessage());
    }
  }

  /** The same file, fed otherwise, makes other embeddings: nothing may take one for the other. */
  @Test
  void theFingerprintNamesHowTheFileIsFed() throws Exception {
    Path onnx = network(false, 3);
    EmbedderOptions plain = EmbedderOptions.defaults();
    card("means.card.json", "\"embeddingSize\": 3");
    String rgb = fingerprint(onnx, plain);
    assertEquals(rgb, fingerprint(onnx, plain.withBatchSize(1).withThreads(1)));
    assertEquals(rgb + "+mirrored", fingerprint(onnx, plain.withMirrored(true)));
    card("means.card.json", "\"embeddingSize\": 3, \"colorOrder\": \"BGR\"");
    assertNotEquals(rgb, fingerprint(onnx, plain));
    assertEquals(rgb.substring(0, rgb.indexOf(':')), fingerprint(onnx, plain).split(":", 2)[0]);
  }

  private static String fingerprint(Path onnx, EmbedderOptions options) {
    try (FaceEmbedder embedder = OnnxFaceEmbedder.load(onnx, options)) {
      assertTrue(embedder.toString().contains(embedder.card().fingerprint()));
      return embedder.card().fingerprint();
    }
  }
}
