package io.facepipeline.onnx.graph.quantize;

import io.facepipeline.onnx.MalformedModelException;
import io.facepipeline.onnx.graph.Attribute;
import io.facepipeline.onnx.graph.Bytes;
import io.facepipeline.onnx.graph.Graph;
import io.facepipeline.onnx.graph.GraphEditor;
import io.facepipeline.onnx.graph.Node;
import io.facepipeline.onnx.graph.Port;
import io.facepipeline.onnx.graph.Tensor;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;

/**
 * The ranges of a network's values, and the means of its layers' inputs, over some inputs. Not
 * thread-safe.
 */
public final class Calibration {
  private final Int8Plan plan;
  private final Graph measuring;

  /** The outputs that tell the least, the greatest and the mean of a value. */
  private final Map<String, String> least = new LinkedHashMap<>();

  private final Map<String, String> greatest = new LinkedHashMap<>();
  private final Map<String, String> mean = new LinkedHashMap<>();
  private final Map<String, Range> ranges = new HashMap<>();
  private final Map<String, double[]> sums = new HashMap<>();
  private int count;

  public Calibration(Int8Plan plan) {
    this.plan = plan;
    GraphEditor editor = plan.graph().edit();
    editor.outputs.clear();
    for (String value : plan.values()) {
      least.put(value, reduce(editor, "ReduceMin", value));
      greatest.put(value, reduce(editor, "ReduceMax", value));
    }
    for (Node layer : plan.layers()) {
      String input = layer.input(0);
      if (!mean.containsKey(input)) {
        // A dense layer's input is its channels already.
        String op = layer.is("Conv") ? "GlobalAveragePool" : "Identity";
        mean.put(input, added(editor, op, input, Map.of()));
      }
    }
    measuring = editor.toGraph();
  }

  private static String reduce(GraphEditor editor, String op, String value) {
    return added(editor, op, value, Map.of("keepdims", Attribute.of(0)));
  }

  private static String added(
      GraphEditor editor, String op, String value, Map<String, Attribute> attributes) {
    String name = editor.fresh(value + "." + op);
    editor.nodes.add(new Node(op, List.of(value), List.of(name), attributes));
    editor.outputs.add(new Port(name, Tensor.FLOAT, null, Bytes.EMPTY));
    return name;
  }

  /** The network that measures: run on one input at a time, it gives what {@link #add} takes. */
  public Graph measuring() {
    return measuring;
  }

  /** Takes what the measuring network gave for an input. */
  public void add(Map<String, float[]> measured) {
    for (String value : plan.values()) {
      float from = measured(measured, least, value)[0];
      float to = measured(measured, greatest, value)[0];
      if (!Float.isFinite(from) || !Float.isFinite(to)) {
        throw new MalformedModelException(
            "the model's value '"
                + value
                + "' is not finite for a face, so it cannot be int8; use it without int8");
      }
      ranges.merge(value, new Range(from, to), Range::and);
    }
    for (String value : mean.keySet()) {
      float[] means = measured(measured, mean, value);
      double[] sum = sums.computeIfAbsent(value, v -> new double[means.length]);
      for (int c = 0; c < means.length; c++) {
        sum[c] += means[c];
      }
    }
    count++;
  }

  private static float[] measured(
      Map<String, float[]> measured, Map<String, String> outputs, String value) {
    return Objects.requireNonNull(measured.get(outputs.get(value)), value);
  }

  Int8Plan plan() {
    return plan;
  }

  /** The range of all the values that the same bytes stand for, by the value that names them. */
  Map<String, Range> ranges() {
    Map<String, Range> shared = new HashMap<>();
    ranges.forEach((value, range) -> shared.merge(plan.scaleOf(value), range, Range::and));
    return shared;
  }

  /** The means of the channels of a layer's input. */
  float[] means(String value) {
    double[] sum = Objects.requireNonNull(sums.get(value), value);
    float[] means = new float[sum.length];
    for (int c = 0; c < means.length; c++) {
      means[c] = (float) (sum[c] / count);
    }
    return means;
  }

  /**
   * The network in bytes.
   *
   * @throws IllegalStateException if nothing was measured
   */
  public Graph quantized() {
    if (count == 0) {
      throw new IllegalStateException("nothing was measured; add the outputs for some inputs");
    }
    return new Int8Emitter(this).emit();
  }
}
