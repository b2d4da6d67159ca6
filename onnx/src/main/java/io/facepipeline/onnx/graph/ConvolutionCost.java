package io.facepipeline.onnx.graph;

/** What a graph's convolutions on images cost, as far as their extents are known. */
public final class ConvolutionCost {
  private ConvolutionCost() {}

  /**
   * {@return the multiplications of an average convolution, for one image; 0 where no extents are
   * known}
   *
   * @param graph the graph
   */
  public static double meanMultiplications(Graph graph) {
    ImageShapes images = new ImageShapes(graph);
    return graph.nodes().stream()
        .filter(node -> node.is("Conv"))
        .mapToDouble(node -> multiplications(graph, node, images))
        .filter(cost -> cost > 0)
        .average()
        .orElse(0);
  }

  private static double multiplications(Graph graph, Node node, ImageShapes images) {
    double pixels =
        images
            .of(node.output())
            .filter(ImageShapes.Shape::isKnown)
            .map(shape -> (double) shape.height() * shape.width())
            .orElse(0.0);
    return pixels * graph.weights(node.input(1)).map(Weights::size).orElse(0);
  }
}
