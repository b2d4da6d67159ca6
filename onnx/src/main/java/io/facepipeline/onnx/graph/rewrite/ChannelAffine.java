package io.facepipeline.onnx.graph.rewrite;

import io.facepipeline.onnx.graph.GraphEditor;
import io.facepipeline.onnx.graph.Node;
import io.facepipeline.onnx.graph.Weights;
import java.util.Arrays;
import java.util.Optional;

/** {@code scale * x + shift} per channel, in double so that folding rounds once. */
final class ChannelAffine {
  private final double[] scale;
  private final double[] shift;

  private ChannelAffine(double[] scale, double[] shift) {
    this.scale = scale;
    this.shift = shift;
  }

  /** The factors: this object's own array. */
  double[] scale() {
    return scale;
  }

  /** The summands: this object's own array. */
  double[] shift() {
    return shift;
  }

  static ChannelAffine identity(int channels) {
    double[] ones = new double[channels];
    Arrays.fill(ones, 1);
    return new ChannelAffine(ones, new double[channels]);
  }

  /** What a batch normalization with constant statistics does, or nothing where it is not that. */
  static Optional<ChannelAffine> ofBatchNorm(GraphEditor graph, Node node) {
    Weights gamma = graph.weights(node.input(1)).orElse(null);
    Weights beta = graph.weights(node.input(2)).orElse(null);
    Weights mean = graph.weights(node.input(3)).orElse(null);
    Weights variance = graph.weights(node.input(4)).orElse(null);
    if (!node.is("BatchNormalization")
        || node.outputs().size() != 1
        || node.integer("training_mode", 0) != 0
        || node.integer("spatial", 1) != 1
        || gamma == null
        || beta == null
        || mean == null
        || variance == null) {
      return Optional.empty();
    }
    double epsilon = node.real("epsilon", 1e-5f);
    ChannelAffine result = identity(gamma.size());
    for (int c = 0; c < gamma.size(); c++) {
      double scale = gamma.values()[c] / Math.sqrt(variance.values()[c] + epsilon);
      result.scale[c] = scale;
      result.shift[c] = beta.values()[c] - mean.values()[c] * scale;
    }
    return Optional.of(result);
  }

  /** First {@code inner}, then this. */
  ChannelAffine after(ChannelAffine inner) {
    ChannelAffine result = identity(scale.length);
    for (int c = 0; c < scale.length; c++) {
      result.scale[c] = scale[c] * inner.scale[c];
      result.shift[c] = scale[c] * inner.shift[c] + shift[c];
    }
    return result;
  }

  boolean shifts() {
    return Arrays.stream(shift).anyMatch(s -> s != 0);
  }

  int channels() {
    return scale.length;
  }
}
