package io.facepipeline.embedding.internal;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.google.common.io.Resources;
import com.google.common.primitives.Floats;
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
import io.facepipeline.ModelCard;
import io.facepipeline.embedding.Architecture;
import io.facepipeline.embedding.EmbedderOptions;
import io.facepipeline.embedding.FormulaLayers;
import io.facepipeline.embedding.OnnxFaceEmbedder;
import io.facepipeline.embedding.internal.ClassificationNetwork.Head;
import io.facepipeline.onnx.MalformedModelException;
import io.facepipeline.onnx.OnnxModel;
import io.facepipeline.onnx.OnnxOptions;
import io.facepipeline.onnx.catalog.CatalogEntry;
import io.facepipeline.onnx.catalog.CatalogEntry.Kind;
import io.facepipeline.onnx.catalog.ModelCatalog;
import io.facepipeline.onnx.checkpoint.Checkpoint;
import io.facepipeline.onnx.checkpoint.Tensor;
import io.facepipeline.onnx.graph.Graph;
import io.facepipeline.onnx.graph.LayerEmitter;
import io.facepipeline.onnx.graph.Value;
import io.facepipeline.onnx.graph.proto.OnnxFile;
import io.facepipeline.onnx.graph.rewrite.CpuRewrites;
import io.facepipeline.testkit.FormulaWeights;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.FloatBuffer;
import java.nio.charset.StandardCharsets;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** The networks of ImageNet with weights made by formula, against PyTorch's outputs. */
class ImageNetworksTest {
  private static final double RELATIVE = 1e-4;
  private static final int CLASSES = 1000;

  private static JsonObject golden(String reference) throws IOException {
    String text =
        Resources.toString(
            Resources.getResource(ImageNetworksTest.class, "/golden/torchvision.json"),
            StandardCharsets.UTF_8);
    return JsonParser.parseString(text).getAsJsonObject().getAsJsonObject(reference);
  }

  /** The entry of the catalog, and the architecture that it names. */
  private static Architecture classes(String id) {
    CatalogEntry entry = ModelCatalog.installed().require(Kind.IMAGE_CLASSIFIER, id);
    return Architecture.named(entry.architecture()).withClasses().orElseThrow();
  }

  @ParameterizedTest
  @CsvSource({
    "resnet18-imagenet, torchvision/resnet18",
    "resnet34-imagenet, torchvision/resnet34",
    "resnet50-imagenet, torchvision/resnet50",
    "resnet101-imagenet, torchvision/resnet101",
    "resnext50-imagenet, torchvision/resnext50_32x4d",
    "densenet121-imagenet, torchvision/densenet121",
    "mobilenetv2-imagenet, torchvision/mobilenet_v2",
    "shufflenetv2-imagenet, torchvision/shufflenet_v2_x1_0",
    "vgg16-imagenet, torchvision/vgg16",
    "vgg16-bn-imagenet, torchvision/vgg16_bn",
    "se-resnext50-imagenet, cadene/se_resnext50_32x4d",
    "dpn68-imagenet, cadene/dpn68"
  })
  void equalsTheReference(String id, String reference) throws IOException {
    JsonObject golden = golden(reference);
    Architecture network = classes(id);
    Checkpoint checkpoint = FormulaLayers.checkpoint(network, CLASSES);
    assertEquals(golden.get("tensors").getAsInt(), checkpoint.tensors().size());
    assertEquals(golden.get("parameters").getAsLong(), parameters(checkpoint, true));
    assertEquals(golden.get("trainable").getAsLong(), parameters(checkpoint, false));
    assertEquals(CLASSES, network.outputSize(checkpoint));
    assertRecognized(id, network, checkpoint);
    Graph large = graph(network, checkpoint, 224);
    if (golden.has("112")) {
      assertGolden(large, 224, golden.getAsJsonArray("224"));
      Graph small = CpuRewrites.apply(graph(network, checkpoint, 112));
      assertGolden(small, 112, golden.getAsJsonArray("112"));
    } else {
      assertGolden(CpuRewrites.apply(large), 224, golden.getAsJsonArray("224"));
    }
  }

  private static long parameters(Checkpoint checkpoint, boolean running) {
    return checkpoint.tensors().entrySet().stream()
        .filter(e -> running || !e.getKey().contains(".running_"))
        .mapToLong(e -> e.getValue().size())
        .sum();
  }

  /** Recognized by its own tensors, and by no other architecture. */
  private static void assertRecognized(String id, Architecture network, Checkpoint checkpoint) {
    for (Architecture other : Architecture.known()) {
      boolean own = List.of(network.name(), network.name() + " embedding").contains(other.name());
      assertEquals(own, Fit.of(other, checkpoint).fits(), other.name());
    }
    assertEquals(id, KnownModels.near(checkpoint.file()).identify(checkpoint).id());
  }

  /** Two images, the first the reference's, together and one by one. */
  private static void assertGolden(Graph graph, int side, JsonArray expected) {
    int[] shape = {1, 3, side, side};
    float[] first = FormulaWeights.values("input", FormulaWeights.Kind.INPUT, shape);
    float[] second = FormulaWeights.values("another", FormulaWeights.Kind.INPUT, shape);
    try (OnnxModel model = OnnxModel.load(OnnxFile.write(graph), OnnxOptions.defaults())) {
      float[] both = run(model, Floats.concat(first, second), 2, side);
      assertEquals(2 * CLASSES, both.length);
      double[] reference = new double[expected.size()];
      for (int i = 0; i < reference.length; i++) {
        reference[i] = expected.get(i).getAsDouble();
      }
      assertClose(reference, both);
      assertClose(doubles(both, 0), run(model, first, 1, side));
      assertClose(doubles(both, CLASSES), run(model, second, 1, side));
    }
  }

  private static Graph graph(Architecture network, Checkpoint checkpoint, int side) {
    LayerEmitter layers = new LayerEmitter("network", checkpoint);
    Value input = layers.input("input", -1, 3, side, side);
    layers.output(network.forward(layers, input, network.outputSize(checkpoint)), "output");
    return layers.build();
  }

  private static float[] run(OnnxModel model, float[] images, int count, int side) {
    FloatBuffer buffer =
        ByteBuffer.allocateDirect(images.length * Float.BYTES)
            .order(ByteOrder.nativeOrder())
            .asFloatBuffer();
    return model.run(buffer.put(images).flip(), new long[] {count, 3, side, side}, "output");
  }

  private static double[] doubles(float[] values, int from) {
    double[] row = new double[CLASSES];
    for (int i = 0; i < CLASSES; i++) {
      row[i] = values[from + i];
    }
    return row;
  }

  private static void assertClose(double[] expected, float[] actual) {
    double difference = 0;
    double length = 0;
    for (int i = 0; i < expected.length; i++) {
      difference += (expected[i] - actual[i]) * (expected[i] - actual[i]);
      length += expected[i] * expected[i];
    }
    double relative = Math.sqrt(difference / length);
    assertTrue(relative <= RELATIVE, "relative error " + relative);
  }

  @Test
  void densenetLoadsUnderItsPublishedNames() throws IOException {
    Architecture network = classes("densenet121-imagenet");
    Map<String, Tensor> published = new LinkedHashMap<>();
    FormulaLayers.checkpoint(network, CLASSES)
        .tensors()
        .forEach(
            (name, tensor) ->
                published.put(
                    name.replaceFirst("(denselayer\\d+\\.(?:norm|conv))([12])", "$1.$2"), tensor));
    assertTrue(published.containsKey("features.denseblock1.denselayer1.norm.1.weight"));
    Checkpoint checkpoint = Checkpoint.of(published);
    assertRecognized("densenet121-imagenet", network, checkpoint);
    assertGolden(
        graph(network, checkpoint, 112),
        112,
        golden("torchvision/densenet121").getAsJsonArray("112"));
  }

  @ParameterizedTest
  @CsvSource({
    "resnet18-imagenet, layer2.0.downsample.1.running_var",
    "resnext50-imagenet, layer3.2.conv2.weight",
    "densenet121-imagenet, features.transition2.conv.weight",
    "mobilenetv2-imagenet, features.9.conv.1.0.weight",
    "shufflenetv2-imagenet, stage3.4.branch2.5.weight",
    "se-resnext50-imagenet, layer4.1.se_module.fc2.bias",
    "dpn68-imagenet, features.conv4_7.c3x3_b.conv.weight"
  })
  void aTensorThatIsMissingMisshapenOrTooManyIsNamed(String id, String name) {
    ClassificationNetwork network = ClassificationNetwork.named(id);
    Map<String, Tensor> sound = FormulaLayers.checkpoint(classes(id), CLASSES).tensors();
    Map<String, Tensor> missing = new LinkedHashMap<>(sound);
    missing.remove(name);
    Map<String, Tensor> misshapen = new LinkedHashMap<>(sound);
    int[] shape = sound.get(name).shape().clone();
    shape[0] *= 2;
    float[] values = sound.get(name).floats();
    misshapen.put(name, Tensor.of(shape, Floats.concat(values, values)));
    Map<String, Tensor> more = new LinkedHashMap<>(sound);
    more.put(name + ".more", Tensor.of(new int[] {1}, 1f));
    for (Map<String, Tensor> wrong : List.of(missing, misshapen, more)) {
      for (Head head : Head.values()) {
        MalformedModelException e =
            assertThrows(
                MalformedModelException.class, () -> network.graph(Checkpoint.of(wrong), head));
        assertTrue(e.getMessage().contains(name), e.getMessage());
      }
    }
  }

  /** The last layer, dense or a convolution, makes an embedding of the features. */
  @ParameterizedTest
  @CsvSource({"shufflenetv2-imagenet, fc", "dpn68-imagenet, last_linear"})
  void theLastLayerMayGiveAnEmbedding(String id, String last) {
    int size = 64;
    Architecture classes = classes(id);
    Architecture network = Architecture.named(classes.name() + " embedding");
    Checkpoint checkpoint = FormulaLayers.checkpoint(network, size);
    assertEquals(size, network.outputSize(checkpoint));
    ModelCard card =
        ModelCard.builder("own")
            .architecture(network.name())
            .embeddingSize(size)
            .crop(CropSpec.arcFace(112))
            .scaling(List.of(127.5f), List.of(128f))
            .build();
    byte[] rgb = new byte[card.crop().bytes()];
    float[] planes = new float[rgb.length];
    for (int i = 0; i < rgb.length; i++) {
      rgb[i] = (byte) (i * 37 + i / 300 * 11);
      planes[i % 3 * 112 * 112 + i / 3] = ((rgb[i] & 0xff) - 127.5f) / 128;
    }
    float[] features;
    Graph graph = graph(Architecture.named(classes.name()), checkpoint, 112);
    try (OnnxModel model = OnnxModel.load(OnnxFile.write(graph), OnnxOptions.defaults())) {
      features = run(model, planes, 1, 112);
    }
    float[] weight = checkpoint.tensor(last + ".weight").floats();
    float[] expected = checkpoint.tensor(last + ".bias").floats().clone();
    for (int i = 0; i < weight.length; i++) {
      expected[i / features.length] += weight[i] * features[i % features.length];
    }
    Face face = new Face(new Box(0, 0, 9, 9), Landmarks.of(3, 3, 6, 3, 5, 5, 3, 7, 6, 7), 1);
    try (FaceEmbedder embedder =
        OnnxFaceEmbedder.load(checkpoint, card, EmbedderOptions.defaults())) {
      Embedding embedding = embedder.embed(List.of(AlignedFace.of(face, card.crop(), rgb))).get(0);
      assertEquals(size, embedding.toArray().length);
      Embedding reference = Embedding.of(embedding.fingerprint(), expected);
      assertEquals(1, embedding.similarity(reference), 1e-5);
    }
  }
}
