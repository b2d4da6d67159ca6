package io.facepipeline.onnx.graph;

import io.facepipeline.onnx.MalformedModelException;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * The extents of the values in a graph that are certainly images [n, channels, height, width], as
 * far as they follow from the inputs' and the weights'.
 */
public final class ImageShapes {
  private static final int UNKNOWN = -1;
  private static final Set<String> KEEP =
      Set.of("BatchNormalization", "Relu", "PRelu", "Clip", "Sigmoid");
  private static final Set<String> BROADCAST = Set.of("Add", "Sub", "Mul", "Div", "Max");
  private static final Set<String> POOLS = Set.of("MaxPool", "AveragePool");

  private final Map<String, Shape> shapes = new HashMap<>();

  /** Channels, height and width; -1 where they are not known. */
  public record Shape(int channels, int height, int width) {
    public boolean isKnown() {
      return channels >= 0 && height >= 0 && width >= 0;
    }
  }

  public ImageShapes(Graph graph) {
    for (Port input : graph.inputs()) {
      List<Dim> dims = input.dims();
      if (dims != null && dims.size() == 4) {
        shapes.put(input.name(), new Shape(size(dims, 1), size(dims, 2), size(dims, 3)));
      }
    }
    for (Node node : graph.nodes()) {
      shape(graph, node).ifPresent(s -> shapes.put(node.output(), s));
    }
  }

  public boolean isImage(String value) {
    return shapes.containsKey(value);
  }

  public Optional<Shape> of(String value) {
    return Optional.ofNullable(shapes.get(value));
  }

  private Optional<Shape> shape(Graph graph, Node node) {
    Shape input = shapes.get(node.input(0));
    if (node.is("Conv")) {
      Shape unknown = new Shape(UNKNOWN, UNKNOWN, UNKNOWN);
      return graph
          .weights(node.input(1))
          .filter(w -> w.rank() == 4)
          .map(w -> slide(node, w.dim(0), w.dim(2), w.dim(3), input == null ? unknown : input));
    }
    if (BROADCAST.contains(node.op())) {
      return broadcast(graph, node);
    }
    if (input == null) {
      return Optional.empty();
    }
    if (POOLS.contains(node.op())) {
      List<Long> kernel = sizes(node, "kernel_shape", List.of(0L, 0L), 1);
      return Optional.of(
          slide(node, input.channels, kernel.get(0).intValue(), kernel.get(1).intValue(), input));
    }
    return KEEP.contains(node.op()) ? Optional.of(input) : Optional.empty();
  }

  /** Images of one shape, or one image with constants that do not widen it. */
  private Optional<Shape> broadcast(Graph graph, Node node) {
    Shape shape = null;
    for (String input : node.inputs()) {
      Shape other = shapes.get(input);
      boolean narrow = graph.weights(input).filter(w -> w.rank() <= 4).isPresent();
      if (other != null) {
        boolean same = shape == null || shape.equals(other);
        shape = same ? other : new Shape(UNKNOWN, UNKNOWN, UNKNOWN);
      } else if (!narrow) {
        return Optional.empty();
      }
    }
    return Optional.ofNullable(shape);
  }

  private static Shape slide(Node node, int channels, int kernelHeight, int kernelWidth, Shape in) {
    return new Shape(
        channels, slide(node, 0, kernelHeight, in.height), slide(node, 1, kernelWidth, in.width));
  }

  private static int slide(Node node, int axis, int kernel, int size) {
    List<Long> pads = sizes(node, "pads", List.of(0L, 0L, 0L, 0L), 0);
    long stride = sizes(node, "strides", List.of(1L, 1L), 1).get(axis);
    long dilation = sizes(node, "dilations", List.of(1L, 1L), 1).get(axis);
    if (size < 0 || !node.text("auto_pad", "NOTSET").equals("NOTSET")) {
      return UNKNOWN;
    }
    long room = size + pads.get(axis) + pads.get(axis + 2) - dilation * (kernel - 1L) - 1;
    boolean ceil = node.integer("ceil_mode", 0) == 1;
    long steps = (ceil ? -Math.floorDiv(-room, stride) : Math.floorDiv(room, stride)) + 1;
    if (steps < 1 || steps > Integer.MAX_VALUE) {
      throw new MalformedModelException(
          "node "
              + node
              + " slides a window of "
              + kernel
              + " over "
              + size
              + " elements, of which "
              + steps
              + " would come; export the model again");
    }
    return (int) steps;
  }

  /** An attribute of a window, as many numbers as it needs and none out of range. */
  private static List<Long> sizes(Node node, String name, List<Long> usual, long least) {
    List<Long> sizes = node.integers(name).orElse(usual);
    if (sizes.size() != usual.size()
        || sizes.stream().anyMatch(size -> size < least || size > Integer.MAX_VALUE)) {
      throw new MalformedModelException(
          "node "
              + node
              + " has the "
              + name
              + " "
              + sizes
              + " where "
              + usual.size()
              + " numbers of at least "
              + least
              + " are needed; export the model again");
    }
    return sizes;
  }

  private static int size(List<Dim> dims, int axis) {
    long size = dims.get(axis).size();
    return size >= 0 && size <= Integer.MAX_VALUE ? (int) size : UNKNOWN;
  }
}
