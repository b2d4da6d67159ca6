package io.facepipeline.detection.mtcnn.cascade;

import io.facepipeline.onnx.MalformedModelException;
import io.facepipeline.onnx.checkpoint.Checkpoint;
import io.facepipeline.onnx.checkpoint.Tensor;
import io.facepipeline.onnx.graph.Graph;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Collectors;

/**
 * The forms in which MTCNN's weights go about. PyTorch's are used as they are. TensorFlow's and
 * Keras's are named and turned like facenet-pytorch's, which were made from them:
 *
 * <ul>
 *   <li>a file for each network, its layers by name ({@code conv1.weights}, {@code PReLU1.alpha}),
 *       as github.com/davidsandberg/facenet has {@code det1.npy} to {@code det3.npy};
 *   <li>one file with the three networks in this form, as the first versions of
 *       github.com/ipazc/mtcnn had it;
 *   <li>one file with a list of arrays for each network, as its later versions and CompreFace have
 *       {@code mtcnn_weights.npy}.
 * </ul>
 *
 * <p>TensorFlow's kernels are [rows, columns, in, out], and these networks were run on images that
 * were turned, so that their rows are columns here: all four axes are reversed.
 */
public final class MtcnnForms {
  static final List<String> NETWORKS = List.of("pnet", "rnet", "onet");

  private MtcnnForms() {}

  /** Whether a file holds all three networks. */
  static boolean hasAllNetworks(Checkpoint checkpoint) {
    return NETWORKS.stream().noneMatch(network -> part(checkpoint, network).isEmpty());
  }

  /** Which networks a checkpoint holds, for people; empty if none. */
  public static Optional<String> networksIn(Checkpoint checkpoint) {
    String found =
        NETWORKS.stream()
            .filter(network -> holds(checkpoint, network))
            .map(network -> network.substring(0, 1).toUpperCase(Locale.ROOT) + "-Net")
            .collect(Collectors.joining(", "));
    return found.isEmpty() ? Optional.empty() : Optional.of(found);
  }

  private static boolean holds(Checkpoint checkpoint, String network) {
    try {
      Graph graph = graph(named(checkpoint, network), network);
      return !graph.nodes().isEmpty();
    } catch (MalformedModelException | IllegalArgumentException e) {
      return false; // another network's tensors
    }
  }

  private static Graph graph(Checkpoint checkpoint, String network) {
    return switch (network) {
      case "pnet" -> MtcnnGraphs.pnet(checkpoint);
      case "rnet" -> MtcnnGraphs.rnet(checkpoint);
      default -> MtcnnGraphs.onet(checkpoint);
    };
  }

  /** The layers of a network in order: those with weights and biases, and rectifiers. */
  private static List<String> layers(String network) {
    return switch (network) {
      case "pnet" ->
          List.of("conv1", "prelu1", "conv2", "prelu2", "conv3", "prelu3", "conv4_1", "conv4_2");
      case "rnet" ->
          List.of(
              "conv1",
              "prelu1",
              "conv2",
              "prelu2",
              "conv3",
              "prelu3",
              "dense4",
              "prelu4",
              "dense5_1",
              "dense5_2");
      default ->
          List.of(
              "conv1",
              "prelu1",
              "conv2",
              "prelu2",
              "conv3",
              "prelu3",
              "conv4",
              "prelu4",
              "dense5",
              "prelu5",
              "dense6_1",
              "dense6_2",
              "dense6_3");
    };
  }

  /** The tensors of a network by facenet-pytorch's names, if they go by others. */
  static Checkpoint named(Checkpoint checkpoint, String network) {
    Map<String, Tensor> part = part(checkpoint, network);
    Map<String, Tensor> tensors = part.isEmpty() ? checkpoint.tensors() : part;
    if (tensors.containsKey("0") && tensors.containsKey("1")) {
      return checkpoint.withTensors(listed(checkpoint, network, tensors));
    }
    boolean tensorFlow = tensors.containsKey("conv1.weights");
    if (!tensorFlow) {
      return part.isEmpty() ? checkpoint : checkpoint.withTensors(part);
    }
    Map<String, Tensor> named = new LinkedHashMap<>();
    tensors.forEach((name, tensor) -> named.put(name(network, name), turned(tensor)));
    return checkpoint.withTensors(named);
  }

  /** The tensors of one network of a file with several, less what their names begin with. */
  private static Map<String, Tensor> part(Checkpoint checkpoint, String network) {
    Map<String, Tensor> part = new LinkedHashMap<>();
    checkpoint
        .tensors()
        .forEach(
            (name, tensor) -> {
              if (name.toLowerCase(Locale.ROOT).startsWith(network + ".")) {
                part.put(name.substring(network.length() + 1), tensor);
              }
            });
    return part;
  }

  private static Map<String, Tensor> listed(
      Checkpoint checkpoint, String network, Map<String, Tensor> tensors) {
    Map<String, Tensor> named = new LinkedHashMap<>();
    int number = 0;
    for (String layer : layers(network)) {
      List<String> parts =
          layer.startsWith("prelu") ? List.of(".weight") : List.of(".weight", ".bias");
      for (String part : parts) {
        Tensor tensor = tensors.get(String.valueOf(number));
        if (tensor == null) {
          throw new MalformedModelException(
              checkpoint.file()
                  + ": the list of "
                  + network
                  + " has "
                  + number
                  + " arrays and lacks "
                  + layer
                  + part
                  + "; the file is of another network");
        }
        named.put(layer + part, turned(tensor));
        number++;
      }
    }
    if (tensors.size() > number) {
      throw new MalformedModelException(
          checkpoint.file()
              + ": the list of "
              + network
              + " has "
              + tensors.size()
              + " arrays, but the network has "
              + number
              + "; the file is of another network");
    }
    return named;
  }

  /** facenet-pytorch's name of a TensorFlow variable such as {@code conv5-1.weights}. */
  private static String name(String network, String variable) {
    int dot = variable.lastIndexOf('.');
    String layer = variable.substring(0, dot).toLowerCase(Locale.ROOT).replace('-', '_');
    String kind = variable.substring(dot + 1);
    // The dense layers: "conv4" and "conv5-1" in one naming, "fc1" and "fc2-1" in another.
    if (network.equals("rnet")) {
      layer =
          layer.replaceFirst("^(conv4|fc1)$", "dense4").replaceFirst("^(conv5|fc2)_", "dense5_");
    } else if (network.equals("onet")) {
      layer =
          layer.replaceFirst("^(conv5|fc1)$", "dense5").replaceFirst("^(conv6|fc2)_", "dense6_");
    }
    return layer + (kind.equals("biases") ? ".bias" : ".weight");
  }

  /** The same numbers with the axes in reverse; axes of length one are dropped from slopes. */
  private static Tensor turned(Tensor tensor) {
    int[] shape = tensor.shape();
    float[] values = tensor.floats();
    if (shape.length == 3) {
      return Tensor.of(new int[] {values.length}, values);
    }
    int rank = shape.length;
    int[] turned = new int[rank];
    for (int i = 0; i < rank; i++) {
      turned[i] = shape[rank - 1 - i];
    }
    float[] result = new float[values.length];
    int[] index = new int[rank];
    for (float value : values) {
      int to = 0;
      for (int i = rank - 1; i >= 0; i--) {
        to = to * shape[i] + index[i];
      }
      result[to] = value;
      for (int i = rank - 1; i >= 0 && ++index[i] == shape[i]; i--) {
        index[i] = 0;
      }
    }
    return Tensor.of(turned, result);
  }
}
