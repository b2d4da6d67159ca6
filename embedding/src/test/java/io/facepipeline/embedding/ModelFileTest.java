package io.facepipeline.embedding;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.facepipeline.CropSpec;
import io.facepipeline.FaceEmbedder;
import io.facepipeline.FacePipelineException;
import io.facepipeline.ModelCard;
import io.facepipeline.embedding.internal.ClassificationNetwork;
import io.facepipeline.onnx.MalformedModelException;
import io.facepipeline.onnx.checkpoint.Checkpoint;
import io.facepipeline.onnx.checkpoint.Tensor;
import io.facepipeline.onnx.graph.GraphBuilder;
import io.facepipeline.onnx.graph.Value;
import io.facepipeline.onnx.graph.Weights;
import io.facepipeline.onnx.graph.proto.OnnxFile;
import io.facepipeline.onnx.internal.CardFile;
import io.facepipeline.onnx.store.ModelStore;
import io.facepipeline.testkit.SharedData;
import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.UnaryOperator;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What a file of weights is taken for, and what is known of it. */
class ModelFileTest {
  private static final String PUBLISHED = "models/mobilefacenet/mobilefacenet_foamliu.pt";

  @TempDir Path folder;

  /** A checkpoint's tensors as a safetensors file. */
  private Path write(String name, Map<String, Tensor> tensors) {
    return Checkpoint.of(tensors).write(folder.resolve(name));
  }

  private static Map<String, Tensor> with(Checkpoint checkpoint, String name, Tensor tensor) {
    Map<String, Tensor> tensors = new LinkedHashMap<>(checkpoint.tensors());
    tensors.put(name, tensor);
    return tensors;
  }

  private static MalformedModelException refused(Map<String, Tensor> tensors) {
    return assertThrows(MalformedModelException.class, () -> ModelFile.of(Checkpoint.of(tensors)));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "20180402-114759-vggface2.pt",
        "facenet_inception_resnet_v1_fp16.pt",
        "mine.safetensors"
      })
  void aStrangersFileHasItsArchitectureAndNoFacts(String name) throws Exception {
    Path file = write(name, FormulaCheckpoints.inceptionResnetV1().tensors());
    ModelFile model = ModelFile.read(file);
    assertEquals(Optional.of("InceptionResnetV1"), model.architecture());
    assertEquals(Optional.empty(), model.publication());
    assertEquals(Optional.empty(), model.accuracy());
    ModelStore store = ModelStore.builder().cache(folder.resolve("cache")).offline(true).build();
    try (FaceEmbedder recognised = ModelFile.embedder(file, EmbedderOptions.defaults(), store);
        FaceEmbedder asked =
            Backbone.FACENET_VGGFACE2.load(file, EmbedderOptions.defaults(), store.converted())) {
      for (ModelCard card : List.of(model.card().orElseThrow(), recognised.card(), asked.card())) {
        assertEquals(name.substring(0, name.lastIndexOf('.')), card.id());
        assertEquals(model.sha256(), card.sourceSha256());
        assertEquals("unknown", card.license());
        assertEquals("unknown", card.origin());
        assertEquals(Optional.empty(), card.measured());
        assertEquals(CropSpec.margin(160, 14), card.crop());
        FacePipelineException e =
            assertThrows(FacePipelineException.class, card::verificationThreshold);
        assertTrue(e.getMessage().contains("threshold"), e.getMessage());
      }
    }
  }

  @Test
  void theSameFileUnderAnotherNameIsCalledByIt() throws Exception {
    Map<String, Tensor> tensors = FormulaCheckpoints.mobileFaceNet().tensors();
    ModelStore store = ModelStore.builder().cache(folder.resolve("cache")).offline(true).build();
    for (String name : List.of("one", "two")) {
      Path file = write(name + ".pth", tensors);
      try (FaceEmbedder embedder = ModelFile.embedder(file, EmbedderOptions.defaults(), store)) {
        assertEquals(name, embedder.card().id());
      }
    }
  }

  @Test
  void aPublishedFileIsKnownByItsHashWhateverItsName() throws Exception {
    Path copy = Files.copy(SharedData.path(PUBLISHED), folder.resolve("x.bin"));
    ModelFile model = ModelFile.read(copy);
    assertEquals("mobilefacenet-foamliu", model.publication().orElseThrow().id());
    assertTrue(model.accuracy().isPresent());
    assertEquals("mobilefacenet-foamliu", model.card().orElseThrow().id());
    assertEquals(0.348f, model.card().orElseThrow().verificationThreshold());
    assertEquals(Backbone.MOBILEFACENET_FOAMLIU, Backbone.detect(copy));
  }

  @Test
  void theHalfPrecisionFormOfFaceNetIsKnownToo() {
    ModelFile model =
        ModelFile.read(SharedData.path("models/facenet/facenet_inception_resnet_v1_fp16.pt"));
    assertEquals("facenet-vggface2", model.publication().orElseThrow().id());
    assertEquals(0.55f, model.card().orElseThrow().verificationThreshold());
  }

  @Test
  void antiSpoofingIsNoMobileFaceNet() {
    // MiniFASNet has MobileFaceNet's names with narrower layers and a classifier of its own.
    Map<String, Tensor> tensors = new LinkedHashMap<>(FormulaCheckpoints.mobileFaceNet().tensors());
    tensors.put("conv1.conv.weight", Tensor.of(new int[] {32, 3, 3, 3}, new float[32 * 27]));
    tensors.put("conv2_dw.conv.weight", Tensor.of(new int[] {32, 1, 3, 3}, new float[32 * 9]));
    tensors.put("prob.weight", Tensor.of(new int[] {3, 128}, new float[3 * 128]));
    MalformedModelException e = refused(tensors);
    assertTrue(e.getMessage().contains("MobileFaceNet"), e.getMessage());
    assertTrue(e.getMessage().contains("conv1.conv.weight"), e.getMessage());
    // Not even where all shapes are MobileFaceNet's.
    MalformedModelException left =
        refused(
            with(
                FormulaCheckpoints.mobileFaceNet(),
                "prob.weight",
                Tensor.of(new int[] {3, 512}, new float[3 * 512])));
    assertTrue(left.getMessage().contains("prob.weight"), left.getMessage());
  }

  @Test
  void adaFacesResidualNetIsNoImprovedResidualNet() {
    // One more normalization behind the first convolution of each unit shifts the others.
    Map<String, Tensor> tensors = new LinkedHashMap<>();
    FormulaCheckpoints.improvedResidualNet(false, 3, 4, 14, 3)
        .tensors()
        .forEach((name, tensor) -> tensors.put(shifted(name), tensor));
    for (String name : List.copyOf(tensors.keySet())) {
      if (name.endsWith(".res_layer.3.weight")) {
        int channels = tensors.get(name).shape()[0];
        for (String part : List.of("weight", "bias", "running_mean", "running_var")) {
          tensors.put(
              name.replace("3.weight", "2." + part),
              Tensor.of(new int[] {channels}, new float[channels]));
        }
      }
    }
    MalformedModelException e = refused(tensors);
    assertTrue(e.getMessage().contains("IR-50"), e.getMessage());
    assertTrue(e.getMessage().contains("res_layer"), e.getMessage());
  }

  private static String shifted(String name) {
    for (int i = 4; i >= 2; i--) {
      if (name.contains(".res_layer." + i + ".")) {
        return name.replace(".res_layer." + i + ".", ".res_layer." + (i + 1) + ".");
      }
    }
    return name;
  }

  @Test
  void everyTensorMustHaveItsShape() {
    Checkpoint sound = FormulaCheckpoints.improvedResidualNet(false, 3, 4, 14, 3);
    assertEquals(Optional.of("IR-50"), ModelFile.of(sound).architecture());
    for (Map.Entry<String, int[]> wrong :
        Map.of(
                "input_layer.0.weight", new int[] {64, 3, 5, 5},
                "input_layer.2.weight", new int[] {1},
                "body.3.res_layer.1.weight", new int[] {96, 64, 3, 3},
                "body.3.res_layer.4.running_mean", new int[] {128, 1},
                "output_layer.3.weight", new int[] {512, 512 * 7 * 6})
            .entrySet()) {
      int size = Arrays.stream(wrong.getValue()).reduce(1, (a, b) -> a * b);
      MalformedModelException e =
          refused(with(sound, wrong.getKey(), Tensor.of(wrong.getValue(), new float[size])));
      String tensor = wrong.getKey();
      assertTrue(e.getMessage().contains(tensor), tensor + " in: " + e.getMessage());
    }
  }

  @Test
  void whatOnlyTrainingNeedsMayBeLeftOver() {
    Map<String, Tensor> tensors = new LinkedHashMap<>(FormulaCheckpoints.mobileFaceNet().tensors());
    tensors.put("head.kernel", Tensor.of(new int[] {512, 2}, new float[1024]));
    tensors.put("conv1.bn.num_batches_tracked", Tensor.of(new int[0], 7));
    assertEquals(Optional.of("MobileFaceNet"), ModelFile.of(Checkpoint.of(tensors)).architecture());
    tensors.put("more.weight", Tensor.of(new int[] {1}, 1f));
    assertTrue(refused(tensors).getMessage().contains("more.weight"));
  }

  @Test
  void classificationNetworksAreKnownAndNoEmbedders() throws Exception {
    ModelFile alexNet = ModelFile.of(FormulaCheckpoints.alexNet());
    assertEquals("alexnet-imagenet", alexNet.imageClassifier().orElseThrow().id());
    assertEquals(Optional.empty(), alexNet.publication());
    assertEquals(Optional.empty(), alexNet.card());
    assertTrue(alexNet.problem().orElseThrow().contains("image classifier"));
    assertFalse(
        ClassificationNetwork.named("alexnet-imagenet")
            .graph(FormulaCheckpoints.alexNet(), ClassificationNetwork.Head.LOGITS)
            .metadata()
            .containsKey("facepipeline.licence"));
  }

  private static Map<String, Tensor> changed(
      Map<String, Tensor> tensors, String ending, UnaryOperator<float[]> change) {
    Map<String, Tensor> result = new LinkedHashMap<>();
    tensors.forEach(
        (name, tensor) ->
            result.put(
                name,
                name.endsWith(ending)
                    ? Tensor.of(tensor.shape(), change.apply(tensor.floats()))
                    : tensor));
    return result;
  }

  @Test
  void weightsThatAreNoNumbersAreRefusedByName() throws Exception {
    Map<String, Tensor> broken =
        changed(
            FormulaCheckpoints.mobileFaceNet().tensors(),
            "conv_23.project.conv.weight",
            values -> {
              values[5] = Float.NaN;
              return values;
            });
    Path file = write("diverged.pth", broken);
    ModelStore store = ModelStore.builder().cache(folder.resolve("cache")).offline(true).build();
    MalformedModelException e =
        assertThrows(
            MalformedModelException.class,
            () -> ModelFile.embedder(file, EmbedderOptions.defaults(), store));
    assertTrue(e.getMessage().contains("conv_23.project.conv.weight"), e.getMessage());
    assertTrue(e.getMessage().contains("diverged.pth"), e.getMessage());
    assertTrue(ModelFile.read(file).problem().orElseThrow().contains("NaN"));
  }

  @Test
  void weightsThatTellNobodyApartAreRefusedByName() throws Exception {
    Map<String, Tensor> sound = FormulaCheckpoints.mobileFaceNet().tensors();
    Map<String, Map<String, Tensor>> useless =
        Map.of(
            "zero", changed(sound, "", values -> new float[values.length]),
            // All that comes out are the biases of the last normalization.
            "constant", changed(sound, "linear.weight", values -> new float[values.length]),
            "negative", changed(sound, "bn.running_var", values -> filled(values.length, -1)));
    ModelStore store = ModelStore.builder().cache(folder.resolve("cache")).offline(true).build();
    for (Map.Entry<String, Map<String, Tensor>> entry : useless.entrySet()) {
      Path file = write(entry.getKey() + ".pth", entry.getValue());
      // Twice, as the second time takes what was converted.
      for (int i = 0; i < 2; i++) {
        MalformedModelException e =
            assertThrows(
                MalformedModelException.class,
                () -> ModelFile.embedder(file, EmbedderOptions.defaults(), store));
        assertTrue(e.getMessage().contains(file.toString()), e.getMessage());
      }
    }
  }

  private static float[] filled(int length, float value) {
    float[] values = new float[length];
    Arrays.fill(values, value);
    return values;
  }

  private Path onnx(float weight) throws IOException {
    GraphBuilder graph = new GraphBuilder("theirs");
    Value pooled = graph.globalAveragePool(graph.input("x", -1, 3, 8, 8));
    float[] values = {weight, 0, 0, 0, weight, 0, 0, 0, weight};
    Value features =
        graph.dense(graph.flatten(pooled), new Weights(new int[] {3, 3}, values), null);
    graph.output(features, "y", -1, 3);
    return Files.write(folder.resolve("theirs.onnx"), OnnxFile.write(graph.build()));
  }

  private static ModelCard card(CropSpec crop) {
    return ModelCard.builder("theirs")
        .embeddingSize(3)
        .crop(crop)
        .license("MIT")
        .thresholds(new ModelCard.Thresholds(0.3f, 0.4f, 1000, "LFW"))
        .build();
  }

  @Test
  void onnxFilesOfNoUseAreRefusedByName() throws Exception {
    Files.writeString(
        folder.resolve("theirs.card.json"), CardFile.write(card(CropSpec.margin(8, 0))));
    for (float weight : new float[] {0, Float.NaN, Float.POSITIVE_INFINITY}) {
      Path file = onnx(weight);
      MalformedModelException e =
          assertThrows(
              MalformedModelException.class,
              () -> OnnxFaceEmbedder.load(file, EmbedderOptions.defaults()));
      assertTrue(e.getMessage().contains("theirs.onnx"), e.getMessage());
    }
  }

  @Test
  void anOnnxFileAndItsCardBecomeOneFile() throws Exception {
    Path source = onnx(1);
    assertTrue(ModelFile.read(source).card().isEmpty());
    assertTrue(ModelFile.read(source).problem().orElseThrow().contains("no card"));
    Path target = folder.resolve("one.onnx");
    ModelFile file = ModelFile.read(source);
    try (FileChannel out =
        FileChannel.open(target, StandardOpenOption.CREATE, StandardOpenOption.WRITE)) {
      file.convert(card(CropSpec.margin(8, 0)), true, out);
    }
    ModelCard inside = file.requireSound(target);
    assertEquals("theirs", inside.id());
    assertEquals(file.sha256(), inside.sourceSha256());
    ModelFile converted = ModelFile.read(target);
    assertTrue(converted.isCardInside());
    assertEquals(Optional.of(inside), converted.card());
    assertEquals(Optional.empty(), converted.problem());
    // What a card says of the preparation is true of the graph already.
    MalformedModelException e =
        assertThrows(
            MalformedModelException.class,
            () -> converted.convert(card(CropSpec.margin(9, 0)), true, null));
    assertTrue(e.getMessage().contains("crop"), e.getMessage());
  }
}
