package io.facepipeline.detection.mtcnn.cascade;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.facepipeline.Face;
import io.facepipeline.Image;
import io.facepipeline.detection.mtcnn.Mtcnn;
import io.facepipeline.onnx.MalformedModelException;
import io.facepipeline.onnx.ModelNotFoundException;
import io.facepipeline.onnx.checkpoint.Checkpoint;
import io.facepipeline.onnx.checkpoint.Tensor;
import io.facepipeline.testkit.SharedData;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** MTCNN's published weights in the forms of TensorFlow's and Keras's users. */
class MtcnnFormsTest {
  private static final Path FOLDER = Path.of("models/mtcnn");

  @TempDir Path folder;

  private static Checkpoint published(String network) {
    return Checkpoint.read(SharedData.path(FOLDER + "/" + network + ".pt"));
  }

  /** As TensorFlow has a tensor: kernels [rows, columns, in, out], rows and columns swapped. */
  private static Tensor turned(Tensor tensor) {
    int[] shape = tensor.shape();
    float[] from = tensor.floats();
    if (shape.length == 2) {
      float[] to = new float[from.length];
      for (int o = 0; o < shape[0]; o++) {
        for (int i = 0; i < shape[1]; i++) {
          to[i * shape[0] + o] = from[o * shape[1] + i];
        }
      }
      return Tensor.of(new int[] {shape[1], shape[0]}, to);
    }
    if (shape.length == 4) {
      float[] to = new float[from.length];
      int at = 0;
      for (int column = 0; column < shape[3]; column++) {
        for (int row = 0; row < shape[2]; row++) {
          for (int i = 0; i < shape[1]; i++) {
            for (int o = 0; o < shape[0]; o++) {
              to[at++] = from[((o * shape[1] + i) * shape[2] + row) * shape[3] + column];
            }
          }
        }
      }
      return Tensor.of(new int[] {shape[3], shape[2], shape[1], shape[0]}, to);
    }
    return tensor;
  }

  /** The names of davidsandberg/facenet's det1.npy to det3.npy, such as {@code conv5-1.weights}. */
  private static String tensorFlowName(String network, String name) {
    String layer = name.substring(0, name.lastIndexOf('.'));
    boolean slope = layer.startsWith("prelu");
    if (slope) {
      return (network.equals("pnet") ? "PReLU" + layer.substring(5) : layer) + ".alpha";
    }
    return layer.replace("dense", "conv").replace('_', '-')
        + (name.endsWith(".bias") ? ".biases" : ".weights");
  }

  private static Map<String, Tensor> tensorFlow(String network) {
    Map<String, Tensor> tensors = new LinkedHashMap<>();
    published(network)
        .tensors()
        .forEach((name, t) -> tensors.put(tensorFlowName(network, name), turned(t)));
    return tensors;
  }

  /** The names of the first versions of ipazc/mtcnn: dense layers count for themselves. */
  private static Map<String, Tensor> nested() {
    Map<String, Tensor> all = new LinkedHashMap<>();
    for (String network : MtcnnForms.NETWORKS) {
      String title = network.substring(0, 1).toUpperCase(Locale.ROOT) + "Net.";
      tensorFlow(network)
          .forEach(
              (name, tensor) -> {
                String other = name.replace("PReLU", "prelu");
                if (network.equals("rnet")) {
                  other = other.replace("conv4", "fc1").replace("conv5", "fc2");
                } else if (network.equals("onet")) {
                  other = other.replace("conv5", "fc1").replace("conv6", "fc2");
                }
                all.put(title + other, tensor);
              });
    }
    return all;
  }

  /** The lists of Keras's get_weights: slopes are [1, 1, channels] behind convolutions. */
  private static Map<String, Tensor> lists() {
    Map<String, Tensor> all = new LinkedHashMap<>();
    for (String network : MtcnnForms.NETWORKS) {
      int number = 0;
      for (Map.Entry<String, Tensor> entry : ordered(network).entrySet()) {
        Tensor tensor = turned(entry.getValue());
        String name = entry.getKey();
        if (name.matches("prelu[123].*")) {
          tensor = Tensor.of(new int[] {1, 1, (int) tensor.size()}, tensor.floats());
        }
        all.put(network + "." + number++, tensor);
      }
    }
    return all;
  }

  private static Map<String, Tensor> ordered(String network) {
    Map<String, Tensor> tensors = published(network).tensors();
    List<String> layers =
        tensors.keySet().stream().map(n -> n.substring(0, n.lastIndexOf('.'))).distinct().toList();
    Map<String, Tensor> ordered = new LinkedHashMap<>();
    for (String layer : layers) {
      for (String part : List.of(".weight", ".bias")) {
        Tensor tensor = tensors.get(layer + part);
        if (tensor != null) {
          ordered.put(layer + part, tensor);
        }
      }
    }
    return ordered;
  }

  private Path write(String name, Map<String, Tensor> tensors) {
    return Checkpoint.of(tensors).write(folder.resolve(name));
  }

  private static void assertPublished(MtcnnWeights weights) {
    Map<String, Checkpoint> networks =
        Map.of("pnet", weights.pnet(), "rnet", weights.rnet(), "onet", weights.onet());
    networks.forEach(
        (network, checkpoint) -> {
          Map<String, Tensor> expected = published(network).tensors();
          assertEquals(expected.keySet(), checkpoint.tensors().keySet(), network);
          expected.forEach(
              (name, tensor) -> {
                assertArrayEquals(tensor.shape(), checkpoint.tensor(name).shape(), name);
                assertArrayEquals(tensor.floats(), checkpoint.tensor(name).floats(), name);
              });
        });
  }

  @Test
  void everyFormHoldsThePublishedNumbers() throws Exception {
    assertPublished(
        MtcnnWeights.read(
            write("det1.npy", tensorFlow("pnet")),
            write("det2.npy", tensorFlow("rnet")),
            write("det3.npy", tensorFlow("onet"))));
    assertPublished(MtcnnWeights.read(folder));
    assertPublished(MtcnnWeights.read(write("first.npy", nested())));
    assertPublished(MtcnnWeights.read(write("mtcnn_weights.npy", lists())));
  }

  @Test
  void aFileOfThreeNetworksFindsTheSameFaces() throws Exception {
    Image image = Image.read(SharedData.path("album/groups/" + group()));
    try (Mtcnn expected = Mtcnn.builder().weights(SharedData.path(FOLDER.toString())).build();
        Mtcnn actual = Mtcnn.builder().weights(write("mtcnn_weights.npy", lists())).build()) {
      List<Face> faces = expected.detect(image);
      assertTrue(faces.size() > 1);
      assertEquals(faces, actual.detect(image));
    }
  }

  private static String group() throws Exception {
    try (var files = Files.list(SharedData.path("album/groups"))) {
      return files.map(f -> f.getFileName().toString()).sorted().findFirst().orElseThrow();
    }
  }

  @Test
  void filesTellWhichNetworksTheyHold() throws Exception {
    assertEquals(Optional.of("R-Net"), MtcnnForms.networksIn(published("rnet")));
    assertEquals(
        Optional.of("O-Net"),
        MtcnnForms.networksIn(Checkpoint.read(write("x.npy", tensorFlow("onet")))));
    assertEquals(
        Optional.of("P-Net, R-Net, O-Net"),
        MtcnnForms.networksIn(Checkpoint.read(write("all.npy", lists()))));
    assertEquals(
        Optional.empty(),
        MtcnnForms.networksIn(Checkpoint.of(Map.of("a", Tensor.of(new int[] {1}, 1)))));
  }

  @Test
  void whatIsMissingOrOfAnotherNetworkIsNamed() throws Exception {
    Path pnet = write("pnet.safetensors", published("pnet").tensors());
    MalformedModelException one =
        assertThrows(MalformedModelException.class, () -> MtcnnWeights.read(pnet));
    assertTrue(one.getMessage().contains("P-Net"), one.getMessage());
    ModelNotFoundException missing =
        assertThrows(ModelNotFoundException.class, () -> MtcnnWeights.read(folder));
    assertTrue(missing.getMessage().contains("rnet.pt"), missing.getMessage());
    Map<String, Tensor> list = lists();
    list.remove("onet.20");
    Path cut = write("cut.npy", list);
    MalformedModelException e =
        assertThrows(MalformedModelException.class, () -> MtcnnWeights.read(cut));
    assertTrue(e.getMessage().contains("dense6_3.bias"), e.getMessage());
  }

  @Test
  void weightsThatAreNoNumbersAndTensorsTooManyAreRefused() {
    Map<String, Tensor> tensors = new LinkedHashMap<>(published("pnet").tensors());
    Tensor bias = published("pnet").tensor("conv2.bias");
    float[] values = bias.floats();
    Arrays.fill(values, Float.NaN);
    tensors.put("conv2.bias", Tensor.of(bias.shape(), values));
    MalformedModelException e =
        assertThrows(MalformedModelException.class, () -> MtcnnGraphs.pnet(Checkpoint.of(tensors)));
    assertTrue(e.getMessage().contains("conv2.bias"), e.getMessage());
    tensors.put("conv2.bias", bias);
    tensors.put("conv9.weight", Tensor.of(new int[] {1}, 1));
    MalformedModelException left =
        assertThrows(MalformedModelException.class, () -> MtcnnGraphs.pnet(Checkpoint.of(tensors)));
    assertTrue(left.getMessage().contains("conv9.weight"), left.getMessage());
  }
}
