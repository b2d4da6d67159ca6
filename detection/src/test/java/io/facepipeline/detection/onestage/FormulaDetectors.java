package io.facepipeline.detection.onestage;

import io.facepipeline.onnx.graph.GraphBuilder;
import io.facepipeline.onnx.graph.Value;
import io.facepipeline.onnx.graph.Weights;
import io.facepipeline.onnx.graph.proto.OnnxFile;
import io.facepipeline.onnx.layers.Window;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;

/**
 * Networks with the outputs of the published detectors and random weights: each number is a linear
 * function of the pixels of its cell, so that noise gives faces everywhere.
 */
final class FormulaDetectors {
  private final GraphBuilder graph;
  private final Value input;
  private final Random random;
  private final double range;
  private int names;

  /**
   * @param range how far pixels are from zero, so that the outputs are of order one
   */
  private FormulaDetectors(String name, long height, long width, double range) {
    this.range = range;
    graph = new GraphBuilder(name);
    input = graph.input("input", 1, 3, height, width);
    random = new Random(name.hashCode());
  }

  private Path write(Path folder, String file) {
    try {
      return Files.write(folder.resolve(file), OnnxFile.write(graph.build()));
    } catch (IOException e) {
      throw new java.io.UncheckedIOException(e);
    }
  }

  /** Rows of numbers, {@code anchors} per cell: weights times pixels, plus an offset. */
  private Value rows(int stride, int anchors, int numbers, double weight, double offset) {
    int channels = anchors * numbers;
    float[] kernel = new float[channels * 3 * stride * stride];
    for (int i = 0; i < kernel.length; i++) {
      kernel[i] = (float) (weight / range / stride * random.nextGaussian());
    }
    float[] bias = new float[channels];
    for (int i = 0; i < bias.length; i++) {
      bias[i] = (float) offset;
    }
    Value cells =
        graph
            .named("conv" + names++)
            .conv(
                input,
                new Weights(new int[] {channels, 3, stride, stride}, kernel),
                Weights.vector(bias),
                Window.square(stride, stride, 0),
                1);
    return graph.reshape(graph.transpose(cells, 0, 2, 3, 1), 1, -1, numbers);
  }

  private void out(Value value, String name, int numbers) {
    graph.output(value, name, 1, -1, numbers);
  }

  static Path yunet(Path folder) {
    FormulaDetectors net = new FormulaDetectors("yunet", -1, -1, 80);
    List<Value> all = new ArrayList<>();
    for (int kind = 0; kind < 4; kind++) {
      for (int stride : new int[] {8, 16, 32}) {
        all.add(
            kind < 2
                ? net.graph.sigmoid(net.rows(stride, 1, 1, 1, 0))
                : net.rows(stride, 1, kind == 2 ? 4 : 10, 0.2, 0.3));
      }
    }
    // In another order than the published file has: names tell them apart.
    for (int i : new int[] {2, 0, 1, 4, 3, 5, 11, 10, 9, 6, 8, 7}) {
      String kind = List.of("cls", "obj", "bbox", "kps").get(i / 3);
      net.out(all.get(i), kind + "_" + (8 << i % 3), i < 6 ? 1 : i < 9 ? 4 : 10);
    }
    return net.write(folder, "yunet_formula.onnx");
  }

  /** SCRFD with names that tell nothing, as its authors' exports have, and a fixed input or any. */
  static Path scrfd(Path folder, boolean landmarks, int levels, int side) {
    FormulaDetectors net = new FormulaDetectors("scrfd" + landmarks + levels, side, side, 0.5);
    int anchors = levels == 3 ? 2 : 1;
    for (int kind = 0; kind < (landmarks ? 3 : 2); kind++) {
      for (int level = 0; level < levels; level++) {
        int stride = 8 << level;
        int numbers = List.of(1, 4, 10).get(kind);
        Value rows =
            kind == 0
                ? net.graph.sigmoid(net.rows(stride, anchors, 1, 1, 0))
                : net.rows(stride, anchors, numbers, 0.2, 1.5);
        if (side < 0) {
          rows = net.graph.reshape(rows, -1, numbers);
          // As an export of another size may state it.
          net.graph.output(
              rows, String.valueOf(440 + 20 * level + kind), 12800 >> (2 * level), numbers);
        } else {
          long count = (long) anchors * (side / stride) * (side / stride);
          net.graph.output(rows, "out" + (kind * levels + level), 1, count, numbers);
        }
      }
    }
    return net.write(folder, "scrfd_" + landmarks + "_" + levels + "_" + side + ".onnx");
  }

  static Path retinaFace(Path folder) {
    FormulaDetectors net = new FormulaDetectors("retinaface", -1, -1, 80);
    net.out(net.joined(List.of(2, 2, 2), 4, 1, 0.2), "loc", 4);
    net.out(net.graph.softmax(net.joined(List.of(2, 2, 2), 2, 1, 0), 2), "conf", 2);
    net.out(net.joined(List.of(2, 2, 2), 10, 1, 0.2), "landms", 10);
    return net.write(folder, "retinaface_formula.onnx");
  }

  static Path ultraLight(Path folder) {
    FormulaDetectors net = new FormulaDetectors("ultralight", 256, 320, 0.5);
    List<Integer> boxes = List.of(3, 2, 2, 3);
    Value scores = net.graph.softmax(net.joined(boxes, 2, 1, 0), 2);
    net.graph.output(scores, "scores", 1, rowsOfUltraLight(), 2);
    Value corner = net.graph.affine(net.graph.sigmoid(net.joined(boxes, 2, 2, 0)), 0.7f, 0);
    Value size = net.graph.affine(net.graph.sigmoid(net.joined(boxes, 2, 1, 0)), 0.2f, 0.05f);
    Value both = net.graph.concat(2, corner, net.graph.add(corner, size));
    net.graph.output(both, "boxes", 1, rowsOfUltraLight(), 4);
    return net.write(folder, "ultralight_formula.onnx");
  }

  /** The library's own: the numbers of all cells as planes, the scores as logits. */
  static Path scan(Path folder) {
    FormulaDetectors net = new FormulaDetectors("scan", -1, -1, 0.5);
    List<Integer> ones = List.of(1, 1, 1);
    Value rows =
        net.graph.concat(
            2,
            net.joined(ones, 1, 1, 0),
            net.joined(ones, 4, 0.2, 0.3),
            net.joined(ones, 10, 0.2, 0.3));
    net.graph.output(net.graph.transpose(rows, 0, 2, 1), "faces", 1, 15, -1);
    return net.write(folder, "scan_formula.onnx");
  }

  private static long rowsOfUltraLight() {
    return 3 * 40 * 32 + 2 * 20 * 16 + 2 * 10 * 8 + 3 * 5 * 4;
  }

  private Value joined(List<Integer> anchors, int numbers, double weight, double offset) {
    Value[] parts = new Value[anchors.size()];
    for (int level = 0; level < parts.length; level++) {
      parts[level] = rows(8 << level, anchors.get(level), numbers, weight, offset);
    }
    return graph.concat(1, parts);
  }
}
