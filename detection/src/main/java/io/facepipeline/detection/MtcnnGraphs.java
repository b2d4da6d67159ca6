package io.facepipeline.detection;

import io.facepipeline.onnx.checkpoint.Checkpoint;
import io.facepipeline.onnx.emit.LayerEmitter;
import io.facepipeline.onnx.graph.Graph;
import io.facepipeline.onnx.graph.GraphBuilder;
import io.facepipeline.onnx.graph.Value;
import io.facepipeline.onnx.graph.Weights;
import java.util.List;

/**
 * The three networks of MTCNN (Zhang et al., Joint Face Detection and Alignment using Multi-task
 * Cascaded Convolutional Networks, 2016) from either published form of their weights:
 * facenet-pytorch's {@code .pt} and face.evoLVe's {@code .npy}. They take bytes as numbers, 0 to
 * 255; the scaling is their first operation.
 */
final class MtcnnGraphs {
  static final String INPUT = "rgb";

  private static final float SCALE = 1 / 128f;
  private static final float SHIFT = -127.5f / 128f;

  private final LayerEmitter layers;
  private final GraphBuilder graph;
  private final boolean evolve;
  private final String prefix;

  private MtcnnGraphs(String name, Checkpoint checkpoint) {
    graph = new GraphBuilder(name);
    layers = new LayerEmitter(graph, checkpoint);
    evolve = checkpoint.contains("features.conv1.weight");
    prefix = evolve ? "features." : "";
    graph
        .metadata("facepipeline.id", "mtcnn/" + name)
        .metadata("facepipeline.architecture", "MTCNN " + name)
        .metadata("facepipeline.source.sha256", checkpoint.sha256());
  }

  /** P-Net: [1, 3, h, w] to probabilities [1, 2, h', w'] and regressions [1, 4, h', w']. */
  static Graph pnet(Checkpoint checkpoint) {
    MtcnnGraphs net = new MtcnnGraphs("pnet", checkpoint);
    GraphBuilder graph = net.graph;
    Value x = net.input(-1);
    x = net.convPrelu(x, 1);
    x = graph.named("pool1").maxPool(x, 2, 2, 0, true);
    x = net.convPrelu(x, 2);
    x = net.convPrelu(x, 3);
    Value classes = net.layers.conv(x, "conv4_1", 1, 0, 1);
    Value regression = net.layers.conv(x, "conv4_2", 1, 0, 1);
    graph.output(graph.softmax(classes, 1), Network.PROBABILITY, -1, 2, -1, -1);
    graph.output(regression, Network.REGRESSION, -1, 4, -1, -1);
    return graph.build();
  }

  /** R-Net: [n, 3, 24, 24] to probabilities [n, 2] and regressions [n, 4]. */
  static Graph rnet(Checkpoint checkpoint) {
    MtcnnGraphs net = new MtcnnGraphs("rnet", checkpoint);
    GraphBuilder graph = net.graph;
    Value x = net.input(24);
    x = net.convPrelu(x, 1);
    x = graph.named("pool1").maxPool(x, 3, 2, 0, true);
    x = net.convPrelu(x, 2);
    x = graph.named("pool2").maxPool(x, 3, 2, 0, true);
    x = net.convPrelu(x, 3);
    x = net.dense(x, 4);
    net.heads(x, 5, false);
    return graph.build();
  }

  /** O-Net: [n, 3, 48, 48] to probabilities [n, 2], regressions [n, 4] and landmarks [n, 10]. */
  static Graph onet(Checkpoint checkpoint) {
    MtcnnGraphs net = new MtcnnGraphs("onet", checkpoint);
    GraphBuilder graph = net.graph;
    Value x = net.input(48);
    x = net.convPrelu(x, 1);
    x = graph.named("pool1").maxPool(x, 3, 2, 0, true);
    x = net.convPrelu(x, 2);
    x = graph.named("pool2").maxPool(x, 3, 2, 0, true);
    x = net.convPrelu(x, 3);
    x = graph.named("pool3").maxPool(x, 2, 2, 0, true);
    x = net.convPrelu(x, 4);
    x = net.dense(x, 5);
    net.heads(x, 6, true);
    return graph.build();
  }

  private Value input(int side) {
    Value rgb = graph.input(INPUT, -1, 3, side, side);
    return graph
        .named("scaling")
        .affine(rgb, Weights.vector(SCALE, SCALE, SCALE), Weights.vector(SHIFT, SHIFT, SHIFT));
  }

  private Value convPrelu(Value x, int number) {
    Value convolved = layers.conv(x, prefix + "conv" + number, 1, 0, 1);
    return layers.prelu(convolved, prefix + "prelu" + number);
  }

  /**
   * The dense layer behind the convolutions. Its weights are in the order of Caffe, which stored
   * columns first: facenet-pytorch reordered the channels too, face.evoLVe only turned the planes.
   */
  private Value dense(Value x, int number) {
    List<Integer> order = evolve ? List.of(0, 1, 3, 2) : List.of(0, 3, 2, 1);
    Value turned = graph.transpose(x, order.stream().mapToInt(i -> i).toArray());
    String name = evolve ? "features.conv" + number : "dense" + number;
    return layers.prelu(layers.dense(graph.flatten(turned), name), prefix + "prelu" + number);
  }

  private void heads(Value x, int number, boolean landmarks) {
    String name = (evolve ? "conv" : "dense") + number;
    graph.output(graph.softmax(layers.dense(x, name + "_1"), 1), Network.PROBABILITY, -1, 2);
    graph.output(layers.dense(x, name + "_2"), Network.REGRESSION, -1, 4);
    if (landmarks) {
      graph.output(layers.dense(x, name + "_3"), Network.LANDMARKS, -1, 10);
    }
  }
}
