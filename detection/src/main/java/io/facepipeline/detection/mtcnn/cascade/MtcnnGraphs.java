package io.facepipeline.detection.mtcnn.cascade;

import io.facepipeline.onnx.MalformedModelException;
import io.facepipeline.onnx.checkpoint.Checkpoint;
import io.facepipeline.onnx.checkpoint.Tensor;
import io.facepipeline.onnx.graph.Graph;
import io.facepipeline.onnx.graph.LayerEmitter;
import io.facepipeline.onnx.graph.Value;
import io.facepipeline.onnx.graph.Weights;
import io.facepipeline.onnx.layers.Window;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;

/**
 * The three networks of MTCNN (Zhang et al., Joint Face Detection and Alignment using Multi-task
 * Cascaded Convolutional Networks, 2016) from either of PyTorch's forms of their weights:
 * facenet-pytorch's {@code .pt} and face.evoLVe's {@code .npy}. They take bytes as numbers, 0 to
 * 255; the scaling is their first operation. The layers of the heads are one layer, which gives the
 * channels of {@link Network}: the softmax of two classes is the sigmoid of their difference.
 */
public final class MtcnnGraphs {
  static final String INPUT = "rgb";
  static final String HEADS = "heads";

  private static final float SCALE = 1 / 128f;
  private static final float SHIFT = -127.5f / 128f;

  final LayerEmitter graph;
  private final boolean evolve;
  private final String prefix;
  private final Path file;

  MtcnnGraphs(String name, Checkpoint checkpoint) {
    graph = new LayerEmitter(name, checkpoint);
    file = checkpoint.file();
    evolve = checkpoint.contains("features.conv1.weight");
    prefix = evolve ? "features." : "";
    graph
        .metadata("facepipeline.id", "mtcnn/" + name)
        .metadata("facepipeline.architecture", "MTCNN " + name)
        .metadata("facepipeline.source.sha256", checkpoint.sha256());
  }

  /** P-Net: [1, 3, h, w] to [1, 5, h', w']. */
  public static Graph pnet(Checkpoint checkpoint) {
    MtcnnGraphs net = new MtcnnGraphs("pnet", checkpoint);
    Value x = net.pnetTrunk();
    Weights[] heads = net.heads("conv4", 2);
    x = net.graph.named("conv4").conv(x, heads[0], heads[1], 1, 0, 1);
    net.requireWhole();
    return net.graph.output(x, HEADS, -1, Network.BOX_CHANNELS, -1, -1).build();
  }

  /** R-Net: [n, 3, 24, 24] to [n, 5]. */
  public static Graph rnet(Checkpoint checkpoint) {
    MtcnnGraphs net = new MtcnnGraphs("rnet", checkpoint);
    return net.denseHeads(net.rnetTrunk(), net.denseHead(5), 2, Network.BOX_CHANNELS);
  }

  /** O-Net: [n, 3, 48, 48] to [n, 15]. */
  public static Graph onet(Checkpoint checkpoint) {
    MtcnnGraphs net = new MtcnnGraphs("onet", checkpoint);
    return net.denseHeads(net.onetTrunk(), net.denseHead(6), 3, Network.FACE_CHANNELS);
  }

  /** P-Net up to its heads. */
  Value pnetTrunk() {
    Value x = convPrelu(input(-1), 1, 10, 3);
    x = graph.named("pool1").maxPool(x, 2, 2, 0, true);
    x = convPrelu(x, 2, 16, 3);
    return convPrelu(x, 3, 32, 3);
  }

  /** R-Net up to its heads. */
  Value rnetTrunk() {
    Value x = convPrelu(input(24), 1, 28, 3);
    x = graph.named("pool1").maxPool(x, 3, 2, 0, true);
    x = convPrelu(x, 2, 48, 3);
    x = graph.named("pool2").maxPool(x, 3, 2, 0, true);
    x = convPrelu(x, 3, 64, 2);
    return dense(x, 4, 64 * 3 * 3, 128);
  }

  /** O-Net up to its heads. */
  Value onetTrunk() {
    Value x = convPrelu(input(48), 1, 32, 3);
    x = graph.named("pool1").maxPool(x, 3, 2, 0, true);
    x = convPrelu(x, 2, 64, 3);
    x = graph.named("pool2").maxPool(x, 3, 2, 0, true);
    x = convPrelu(x, 3, 64, 3);
    x = graph.named("pool3").maxPool(x, 2, 2, 0, true);
    x = convPrelu(x, 4, 128, 2);
    return dense(x, 5, 128 * 3 * 3, 256);
  }

  /** What the names of the dense heads begin with. */
  String denseHead(int number) {
    return (evolve ? "conv" : "dense") + number;
  }

  private Value input(int side) {
    Value rgb = graph.input(INPUT, -1, 3, side, side);
    return graph
        .named("scaling")
        .affine(rgb, Weights.vector(SCALE, SCALE, SCALE), Weights.vector(SHIFT, SHIFT, SHIFT));
  }

  private Value convPrelu(Value x, int number, int channels, int kernel) {
    Window window = Window.square(kernel, 1, 0);
    Value convolved = graph.conv2d(x, prefix + "conv" + number, channels, window, true);
    return graph.prelu(convolved, prefix + "prelu" + number);
  }

  /**
   * The dense layer behind the convolutions. Its weights are in the order of Caffe, which stored
   * columns first: facenet-pytorch reordered the channels too, face.evoLVe only turned the planes.
   */
  private Value dense(Value x, int number, int inputs, int outputs) {
    List<Integer> order = evolve ? List.of(0, 1, 3, 2) : List.of(0, 3, 2, 1);
    Value turned = graph.transpose(x, order.stream().mapToInt(i -> i).toArray());
    String name = evolve ? "features.conv" + number : "dense" + number;
    Value rows = graph.linear(graph.flatten(turned), name, inputs, outputs, true);
    return graph.prelu(rows, prefix + "prelu" + number);
  }

  private Graph denseHeads(Value x, String name, int count, int channels) {
    Weights[] heads = heads(name, count);
    Value rows = graph.named(name).dense(x, heads[0], heads[1]);
    requireWhole();
    return graph.output(rows, HEADS, -1, channels).build();
  }

  /** Nothing that would be ignored is left over, and every weight is a number. */
  private void requireWhole() {
    List<String> unused = graph.unused();
    if (!unused.isEmpty()) {
      throw new MalformedModelException(
          file
              + ": tensor "
              + unused.get(0)
              + " does not belong to MTCNN; the checkpoint is of another network");
    }
    graph.requireFinite();
  }

  /**
   * The weights and biases of the heads {@code name_1} (the classes) to {@code name_count} as one
   * layer's, the two rows of the classes as their difference.
   */
  private Weights[] heads(String name, int count) {
    float[] weight = new float[0];
    float[] bias = new float[0];
    int[] dims = {};
    for (int i = 1; i <= count; i++) {
      Tensor rows = graph.tensor(name + "_" + i + ".weight");
      dims = rows.shape();
      weight = concat(weight, i == 1 ? difference(rows.floats()) : rows.floats());
      float[] b = graph.tensor(name + "_" + i + ".bias").floats();
      bias = concat(bias, i == 1 ? difference(b) : b);
    }
    dims[0] = bias.length;
    return new Weights[] {new Weights(dims, weight), Weights.vector(bias)};
  }

  private static float[] concat(float[] first, float[] second) {
    float[] both = Arrays.copyOf(first, first.length + second.length);
    System.arraycopy(second, 0, both, first.length, second.length);
    return both;
  }

  /** The second half less the first. */
  private static float[] difference(float[] both) {
    float[] result = new float[both.length / 2];
    for (int i = 0; i < result.length; i++) {
      result[i] = both[result.length + i] - both[i];
    }
    return result;
  }
}
