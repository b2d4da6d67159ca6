package io.facepipeline.embedding;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.facepipeline.AlignedFace;
import io.facepipeline.CropSpec;
import io.facepipeline.Embedding;
import io.facepipeline.FaceEmbedder;
import io.facepipeline.ModelCard;
import io.facepipeline.embedding.internal.Int8Form;
import io.facepipeline.embedding.internal.SampleFaces;
import io.facepipeline.onnx.MalformedModelException;
import io.facepipeline.onnx.OnnxOptions;
import io.facepipeline.onnx.cache.ConvertedModels;
import io.facepipeline.onnx.checkpoint.Checkpoint;
import io.facepipeline.onnx.graph.Graph;
import io.facepipeline.onnx.graph.GraphSurgery;
import io.facepipeline.onnx.graph.proto.OnnxFile;
import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/** Networks in bytes, with weights by formula. */
class Int8EmbedderTest {
  private static final EmbedderOptions INT8 = EmbedderOptions.defaults().withInt8(true);

  @TempDir Path folder;

  /** And the least cosine to the float model; measured, they lie 0.001 to 0.003 above it. */
  static Stream<Arguments> networks() {
    return Stream.of(
        Arguments.of("mobilefacenet", FormulaCheckpoints.mobileFaceNet(), 0.995),
        Arguments.of("lightcnn-9", FormulaCheckpoints.lightCnn9(), 0.998),
        Arguments.of("lightcnn-29v2", FormulaCheckpoints.lightCnn29v2(), 0.998),
        Arguments.of("ir-50", FormulaCheckpoints.improvedResidualNet(false, 3, 4, 14, 3), 0.993),
        Arguments.of("ir-se-50", FormulaCheckpoints.improvedResidualNet(true, 3, 4, 14, 3), 0.994),
        Arguments.of("facenet-vggface2", FormulaCheckpoints.inceptionResnetV1(), 0.999));
  }

  @ParameterizedTest
  @MethodSource("networks")
  void bytesGiveNearlyTheSameEmbedding(String id, Checkpoint checkpoint, double least) {
    Backbone backbone = Backbone.named(id).orElseThrow();
    Graph floats = OnnxFile.read(backbone.convert(checkpoint));
    List<AlignedFace> faces = SampleFaces.cut(backbone.crop());
    byte[] bytes = OnnxFile.write(Int8Form.of(floats, faces.subList(0, 6), id));
    List<AlignedFace> unseen = faces.subList(20, 23);
    try (FaceEmbedder one =
            OnnxFaceEmbedder.ofModel(OnnxFile.write(floats), id, EmbedderOptions.defaults());
        FaceEmbedder other = OnnxFaceEmbedder.ofModel(bytes, id, EmbedderOptions.defaults())) {
      List<Embedding> expected = one.embed(unseen);
      List<Embedding> given = other.embed(unseen);
      for (int i = 0; i < unseen.size(); i++) {
        double cosine = dot(expected.get(i), given.get(i));
        assertTrue(cosine > least, id + ": " + cosine);
        // In a batch as alone.
        assertTrue(dot(given.get(i), other.embed(unseen.subList(i, i + 1)).get(0)) > 0.999999);
      }
      assertEquals(one.card().id() + "-int8", other.card().id());
      assertEquals(one.card().sourceSha256(), other.card().sourceSha256());
    }
  }

  /** A checkpoint of weights by formula, beside its ONNX file. */
  private Path lightCnn() throws IOException {
    Path file = folder.resolve("light.onnx");
    try (FileChannel out =
        FileChannel.open(file, StandardOpenOption.CREATE, StandardOpenOption.WRITE)) {
      Backbone.LIGHTCNN_9.convert(FormulaCheckpoints.lightCnn9(), true, out);
    }
    return file;
  }

  @Test
  void aFileIsQuantizedOnceAndKept() throws IOException {
    Path file = lightCnn();
    ConvertedModels kept = new ConvertedModels(folder.resolve("cache"));
    Graph floats = OnnxFile.read(Files.readAllBytes(file));
    int[] made = new int[1];
    for (int i = 0; i < 2; i++) {
      Optional<OnnxFaceEmbedder> opened =
          Int8Models.open(
              "light.onnx",
              "light",
              Backbone.LIGHTCNN_9.crop(),
              List.of("a hash"),
              () -> {
                made[0]++;
                return floats;
              },
              INT8.withCalibration(SampleFaces.cut(Backbone.LIGHTCNN_9.crop()).subList(0, 4)),
              kept);
      opened.ifPresent(FaceEmbedder::close);
    }
    assertEquals(1, made[0]);
  }

  @Test
  void aModelThatIsSlowerInBytesRunsInFloats() throws IOException {
    List<AlignedFace> faces = SampleFaces.cut(Backbone.LIGHTCNN_9.crop()).subList(0, 4);
    Graph floats = OnnxFile.read(Files.readAllBytes(lightCnn()));
    Graph bytes = Int8Form.of(floats, faces, "light.onnx");
    Graph slow = GraphSurgery.withMetadata(bytes, "facepipeline.run.int8.time", "1.25");
    OnnxFaceEmbedder embedder = OnnxFaceEmbedder.ofModel(OnnxFile.write(slow), "light.onnx", INT8);
    assertEquals(1.25, embedder.shareOfFloatTime());
    assertTrue(Int8Models.fasterThanFloats(embedder, "light").isEmpty());
    Graph fast = GraphSurgery.withMetadata(bytes, "facepipeline.run.int8.time", "0.5");
    try (OnnxFaceEmbedder quick =
        Int8Models.fasterThanFloats(
                OnnxFaceEmbedder.ofModel(OnnxFile.write(fast), "light.onnx", INT8), "light")
            .orElseThrow()) {
      assertTrue(quick.card().id().endsWith("-int8"), quick.card().id());
    }
  }

  @Test
  void anInt8FileSaysWhatItIsAndRunsAsItIs() throws IOException {
    ModelFile model = ModelFile.read(lightCnn());
    Path target = folder.resolve("light8.onnx");
    double share;
    try (FileChannel out =
        FileChannel.open(target, StandardOpenOption.CREATE, StandardOpenOption.WRITE)) {
      share = model.quantize(null, List.of(), out);
    }
    assertTrue(share > 0, "a run takes time: " + share);
    Map<String, String> metadata = OnnxFile.read(Files.readAllBytes(target)).metadata();
    assertTrue(Int8Form.isInt8(metadata));
    assertEquals(32, Int8Form.calibrationCrops(metadata));
    assertEquals(0, Int8Form.share(metadata), "what was measured here says nothing elsewhere");
    ModelCard floats = model.card().orElseThrow();
    for (EmbedderOptions options : List.of(EmbedderOptions.defaults(), INT8)) {
      try (FaceEmbedder embedder = OnnxFaceEmbedder.load(target, options)) {
        assertEquals(floats.id() + "-int8", embedder.card().id());
        assertEquals(floats.sourceSha256(), embedder.card().sourceSha256());
        assertNotEquals(floats.fingerprint(), embedder.card().fingerprint());
      }
    }
    ModelFile bytes = ModelFile.read(target);
    MalformedModelException refused =
        assertThrows(
            MalformedModelException.class,
            () -> bytes.quantize(null, List.of(), FileChannel.open(target)));
    assertTrue(refused.getMessage().contains("quantized already"), refused.getMessage());
  }

  @Test
  void cropsOfAnotherKindAreRefused() throws IOException {
    ModelFile model = ModelFile.read(lightCnn());
    CropSpec other = Backbone.FACENET_VGGFACE2.crop();
    List<AlignedFace> crops = SampleFaces.cut(other);
    IllegalArgumentException refused =
        assertThrows(
            IllegalArgumentException.class,
            () -> model.quantize(null, crops, FileChannel.open(model.file())));
    assertTrue(refused.getMessage().contains("for calibration"), refused.getMessage());
  }

  @Test
  void anotherProviderIsRefusedAtOnce() {
    EmbedderOptions cuda =
        EmbedderOptions.defaults().withProvider(OnnxOptions.Provider.named("cuda"));
    assertThrows(IllegalArgumentException.class, () -> cuda.withInt8(true));
    assertThrows(IllegalArgumentException.class, () -> INT8.withProvider(cuda.provider()));
    assertNotEquals(EmbedderOptions.defaults(), INT8);
    assertTrue(INT8.toString().endsWith(" in int8"), INT8.toString());
  }

  private static double dot(Embedding a, Embedding b) {
    float[] first = a.values();
    float[] second = b.values();
    double sum = 0;
    for (int i = 0; i < first.length; i++) {
      sum += (double) first[i] * second[i];
    }
    return sum;
  }
}
