package io.facepipeline.detection.mtcnn.cascade;

import io.facepipeline.onnx.OnnxModel;
import io.facepipeline.onnx.OnnxOptions;
import io.facepipeline.onnx.checkpoint.Checkpoint;
import io.facepipeline.onnx.graph.Graph;
import io.facepipeline.onnx.graph.LayerEmitter;
import io.facepipeline.onnx.graph.Value;
import io.facepipeline.onnx.graph.proto.OnnxFile;
import io.facepipeline.onnx.layers.Window;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.FloatBuffer;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/** One of the three networks as it was published: a softmax and separate heads. */
public interface PlainNetwork extends AutoCloseable {
  /** The two class scores, of which the second is the probability of a face. */
  String PROBABILITY = "probability";

  /** The box regression. */
  String REGRESSION = "regression";

  /** O-Net's landmarks: five x, then five y, in shares of the box. */
  String LANDMARKS = "landmarks";

  /**
   * Runs the network.
   *
   * @param rgb direct buffer of planes, values 0 to 255, from position 0 to its limit
   * @return each output by name, row by row
   */
  Map<String, float[]> run(FloatBuffer rgb, int batch, int height, int width);

  @Override
  void close();

  static FloatBuffer buffer(int floats) {
    return ByteBuffer.allocateDirect(floats * Float.BYTES)
        .order(ByteOrder.nativeOrder())
        .asFloatBuffer();
  }

  /** The published network. */
  static PlainNetwork published(String name, Checkpoint checkpoint, OnnxOptions options) {
    OnnxModel model = OnnxModel.load(onnx(name, checkpoint), options);
    return new PlainNetwork() {
      @Override
      public Map<String, float[]> run(FloatBuffer rgb, int batch, int height, int width) {
        return model.run(rgb, new long[] {batch, 3, height, width});
      }

      @Override
      public void close() {
        model.close();
      }
    };
  }

  /** The published network as an ONNX file. */
  static byte[] onnx(String name, Checkpoint checkpoint) {
    return OnnxFile.write(graph(name, checkpoint));
  }

  private static Graph graph(String name, Checkpoint checkpoint) {
    MtcnnGraphs net = new MtcnnGraphs(name, checkpoint);
    LayerEmitter graph = net.graph;
    if (name.equals("pnet")) {
      Value x = net.pnetTrunk();
      Value classes = graph.conv2d(x, "conv4_1", 2, Window.square(1, 1, 0), true);
      return graph
          .output(graph.softmax(classes, 1), PROBABILITY, -1, 2, -1, -1)
          .output(
              graph.conv2d(x, "conv4_2", 4, Window.square(1, 1, 0), true),
              REGRESSION,
              -1,
              4,
              -1,
              -1)
          .build();
    }
    boolean rnet = name.equals("rnet");
    Value x = rnet ? net.rnetTrunk() : net.onetTrunk();
    String head = net.denseHead(rnet ? 5 : 6);
    int inputs = rnet ? 128 : 256;
    graph.output(
        graph.softmax(graph.linear(x, head + "_1", inputs, 2, true), 1), PROBABILITY, -1, 2);
    graph.output(graph.linear(x, head + "_2", inputs, 4, true), REGRESSION, -1, 4);
    if (!rnet) {
      graph.output(graph.linear(x, head + "_3", inputs, 10, true), LANDMARKS, -1, 10);
    }
    return graph.build();
  }

  /** A network with joined heads, its output taken apart. */
  static PlainNetwork apart(String name, Network network) {
    int channels = name.equals("onet") ? Network.FACE_CHANNELS : Network.BOX_CHANNELS;
    return new PlainNetwork() {
      @Override
      public Map<String, float[]> run(FloatBuffer rgb, int batch, int height, int width) {
        boolean image = name.equals("pnet");
        int rows = image ? Pyramid.outputSize(height) : 1;
        int columns = image ? Pyramid.outputSize(width) : 1;
        FloatBuffer heads = buffer(batch * channels * rows * columns);
        network.run(
            rgb,
            batch,
            height,
            width,
            heads,
            image ? new long[] {1, channels, rows, columns} : new long[] {batch, channels});
        Map<String, float[]> out = new HashMap<>();
        int cells = rows * columns;
        float[] face = channels(heads, channels, cells, Network.LOGIT, 1);
        float[] probability = new float[2 * face.length];
        for (int i = 0; i < face.length; i++) {
          // Images hold a plane a class, rows a pair.
          int at = image ? cells + i : 2 * i + 1;
          probability[at] = FaceLogit.probability(face[i]);
          probability[image ? i : 2 * i] = 1 - probability[at];
        }
        out.put(PROBABILITY, probability);
        out.put(REGRESSION, channels(heads, channels, cells, Network.REGRESSION, 4));
        if (channels == Network.FACE_CHANNELS) {
          out.put(LANDMARKS, channels(heads, channels, cells, Network.LANDMARKS, 10));
        }
        return out;
      }

      @Override
      public void close() {
        network.close();
      }
    };
  }

  private static float[] channels(FloatBuffer heads, int all, int cells, int from, int count) {
    int images = heads.capacity() / all / cells;
    float[] values = new float[images * count * cells];
    for (int i = 0; i < images; i++) {
      heads.get((i * all + from) * cells, values, i * count * cells, count * cells);
    }
    return values;
  }

  /** The names of a network's outputs, in the order in which the reference gives them. */
  static List<String> outputs(String name) {
    return name.equals("onet")
        ? List.of(REGRESSION, LANDMARKS, PROBABILITY)
        : List.of(REGRESSION, PROBABILITY);
  }
}
