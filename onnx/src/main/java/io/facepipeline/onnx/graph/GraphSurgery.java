package io.facepipeline.onnx.graph;

import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.BiFunction;

/**
 * Changes at a model's edge, to fit a third-party model to a caller: what comes in, what goes out,
 * and their names.
 */
public final class GraphSurgery {
  private GraphSurgery() {}

  /**
   * Puts operations in front of an input, such as a cast, a scale or a swap of channels.
   *
   * @param graph the model
   * @param input the input's name
   * @param replacement the input that callers feed from now on; its name may be the old one's
   * @param operations emits the operations; its result takes the old input's place
   * @return the changed copy
   * @throws IllegalArgumentException if there is no such input, or the replacement's name is taken
   */
  public static Graph prepend(
      Graph graph,
      String input,
      Port replacement,
      BiFunction<GraphBuilder, Value, Value> operations) {
    GraphEditor editor = graph.edit();
    int index = indexOf(editor.inputs, input, "input");
    Set<String> taken = editor.names();
    taken.remove(input);
    GraphBuilder fragment = new GraphBuilder(graph.opset(), taken);
    Value result = operations.apply(fragment, fragment.input(replacement));
    boolean passedThrough = editor.isOutput(input);
    editor.inputs.set(index, replacement);
    editor.redirect(input, result.name());
    if (passedThrough) {
      throw new IllegalArgumentException(
          "input '"
              + input
              + "' is an output too, so nothing can stand in front of it; append to the output"
              + " instead");
    }
    editor.nodes.addAll(0, fragment.editor().nodes);
    editor.initializers.putAll(fragment.editor().initializers);
    editor.irVersion = Math.max(editor.irVersion, 4);
    return editor.toGraph();
  }

  /**
   * Puts operations behind an output, such as L2 normalization. The output keeps its name; its
   * shape is left to the runtime.
   *
   * @param graph the model
   * @param output the output's name
   * @param operations emits the operations on the old output; its float32 result becomes the output
   * @return the changed copy
   * @throws IllegalArgumentException if there is no such output
   */
  public static Graph append(
      Graph graph, String output, BiFunction<GraphBuilder, Value, Value> operations) {
    GraphEditor editor = graph.edit();
    int index = indexOf(editor.outputs, output, "output");
    List<Dim> dims = editor.outputs.get(index).dims();
    GraphBuilder fragment = new GraphBuilder(graph.opset(), editor.names());
    String inner = output;
    if (editor.producer(output).isPresent()) {
      inner = editor.fresh(output + ".inner");
      editor.renameValue(output, inner);
    }
    Value result =
        operations.apply(fragment, fragment.foreign(inner, dims == null ? -1 : dims.size()));
    editor.nodes.addAll(fragment.editor().nodes);
    editor.initializers.putAll(fragment.editor().initializers);
    editor.irVersion = Math.max(editor.irVersion, 4);
    if (inner.equals(output)) {
      throw new IllegalArgumentException(
          "output '"
              + output
              + "' is an input or a constant, so nothing computes it; prepend to the input"
              + " instead");
    }
    editor.renameValue(result.name(), output);
    editor.outputs.set(index, new Port(output, Tensor.FLOAT, null, Bytes.EMPTY));
    return editor.toGraph();
  }

  /**
   * Renames an input.
   *
   * @param graph the model
   * @param from its name
   * @param to a name that is free
   * @return the changed copy
   * @throws IllegalArgumentException if there is no such input, or the new name is taken
   */
  public static Graph renameInput(Graph graph, String from, String to) {
    GraphEditor editor = graph.edit();
    int index = indexOf(editor.inputs, from, "input");
    requireFree(editor, to);
    if (editor.isOutput(from)) {
      throw new IllegalArgumentException(
          "input '" + from + "' is an output too; rename it by building the graph again");
    }
    editor.inputs.set(index, editor.inputs.get(index).renamed(to));
    editor.renameValue(from, to);
    return editor.toGraph();
  }

  /**
   * Renames an output.
   *
   * @param graph the model
   * @param from its name
   * @param to a name that is free
   * @return the changed copy
   * @throws IllegalArgumentException if there is no such output, or the new name is taken
   */
  public static Graph renameOutput(Graph graph, String from, String to) {
    GraphEditor editor = graph.edit();
    int index = indexOf(editor.outputs, from, "output");
    requireFree(editor, to);
    editor.outputs.set(index, editor.outputs.get(index).renamed(to));
    if (editor.producer(from).isPresent()) {
      editor.renameValue(from, to);
    } else {
      editor.nodes.add(new Node("Identity", List.of(from), List.of(to), Map.of()));
    }
    return editor.toGraph();
  }

  /**
   * Keeps some outputs and drops the others with what only they need.
   *
   * @param graph the model
   * @param names the outputs to keep, in the order wanted
   * @return the changed copy
   * @throws IllegalArgumentException if there is no such output
   */
  public static Graph keepOutputs(Graph graph, List<String> names) {
    GraphEditor editor = graph.edit();
    List<Port> kept = new ArrayList<>();
    for (String name : new ArrayList<>(names)) {
      kept.add(editor.outputs.get(indexOf(editor.outputs, name, "output")));
    }
    if (new HashSet<>(names).size() != names.size() || names.isEmpty()) {
      throw new IllegalArgumentException(
          "outputs to keep are " + names + "; name at least one, and each once");
    }
    editor.outputs.clear();
    editor.outputs.addAll(kept);
    return editor.toGraph();
  }

  /**
   * Sets an entry of the model's metadata.
   *
   * @param graph the model
   * @param key its key
   * @param value its value
   * @return the changed copy
   */
  public static Graph withMetadata(Graph graph, String key, String value) {
    GraphEditor editor = graph.edit();
    editor.metadata.put(key, value);
    return editor.toGraph();
  }

  /**
   * Adds an output that is computed from another, which stays.
   *
   * @param graph the model
   * @param output the name of the output to start from
   * @param name the new output's name
   * @param operations emits the operations on it; their float32 result is the new output
   * @return the changed copy
   * @throws IllegalArgumentException if there is no such output, or the new name is taken
   */
  public static Graph derive(
      Graph graph, String output, String name, BiFunction<GraphBuilder, Value, Value> operations) {
    GraphEditor editor = graph.edit();
    int index = indexOf(editor.outputs, output, "output");
    requireFree(editor, name);
    List<Dim> dims = editor.outputs.get(index).dims();
    GraphBuilder fragment = new GraphBuilder(graph.opset(), editor.names());
    Value result =
        operations.apply(fragment, fragment.foreign(output, dims == null ? -1 : dims.size()));
    editor.nodes.addAll(fragment.editor().nodes);
    editor.initializers.putAll(fragment.editor().initializers);
    editor.irVersion = Math.max(editor.irVersion, 4);
    editor.renameValue(result.name(), name);
    editor.outputs.add(new Port(name, Tensor.FLOAT, null, Bytes.EMPTY));
    return editor.toGraph();
  }

  private static int indexOf(List<Port> ports, String name, String what) {
    List<String> names = ports.stream().map(Port::name).toList();
    int index = names.indexOf(name);
    if (index < 0) {
      throw new IllegalArgumentException(
          "the model has no " + what + " '" + name + "'; it has " + names);
    }
    return index;
  }

  private static void requireFree(GraphEditor editor, String name) {
    if (editor.names().contains(name)) {
      throw new IllegalArgumentException(
          "the name '" + name + "' is taken in the model; choose another");
    }
  }
}
