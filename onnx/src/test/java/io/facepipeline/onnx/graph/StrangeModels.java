package io.facepipeline.onnx.graph;

import io.facepipeline.onnx.graph.proto.PortProto;
import io.facepipeline.onnx.graph.proto.ProtoWriter;
import java.util.Arrays;
import java.util.Map;
import java.util.function.Consumer;

/** Models as a stranger might send them, which the graph's builder does not make. */
public final class StrangeModels {
  private static final int TENSOR_ATTRIBUTE = 4;
  private static final int GRAPH_ATTRIBUTE = 5;

  private StrangeModels() {}

  /**
   * y = x + w, where w, two floats, is in another file.
   *
   * @param location the file as the model names it
   */
  public static byte[] external(String location) {
    return external(Map.of("location", location, "offset", "0", "length", "8"), 2);
  }

  /**
   * y = x + w, where w is in another file.
   *
   * @param place what the model says about it
   * @param extent the number of floats
   */
  public static byte[] external(Map<String, String> place, long extent) {
    return model(
        g -> {
          g.message(1, n -> node(n, "Add", new String[] {"x", "w"}, "y"));
          g.text(2, "external");
          g.message(5, t -> elsewhere(t, place, extent));
        });
  }

  /** The same, where w is an attribute of a node. */
  public static byte[] externalAttribute(String location) {
    return model(
        g -> {
          g.message(
              1,
              n -> {
                node(n, "Constant", new String[0], "w");
                n.message(
                    5,
                    a -> {
                      a.text(1, "value");
                      a.message(5, t -> elsewhere(t, Map.of("location", location), 2));
                      a.integer(20, TENSOR_ATTRIBUTE);
                    });
              });
          g.message(1, n -> node(n, "Add", new String[] {"x", "w"}, "y"));
          g.text(2, "external");
        });
  }

  private static void elsewhere(ProtoWriter tensor, Map<String, String> place, long extent) {
    tensor.integer(1, extent);
    tensor.integer(2, Tensor.FLOAT);
    tensor.text(8, "w");
    place.forEach(
        (key, value) ->
            tensor.message(
                13,
                e -> {
                  e.text(1, key);
                  e.text(2, value);
                }));
    tensor.integer(14, 1);
  }

  /** y = x, if a constant says so; the choice is made when the model runs. */
  public static byte[] choice() {
    return model(
        g -> {
          g.message(
              1,
              n -> {
                node(n, "If", new String[] {"c"}, "y");
                branch(n, "then_branch", "Identity");
                branch(n, "else_branch", "Neg");
              });
          g.text(2, "choice");
          g.message(
              5,
              t -> {
                t.integer(2, 9);
                t.text(8, "c");
                t.integer(5, 1);
              });
        });
  }

  /** Half of the bytes of a node's nested graphs name a loop, which nobody can stop. */
  public static byte[] hiddenLoop() {
    return model(
        g -> {
          g.message(
              1,
              n -> {
                node(n, "Identity", new String[] {"x"}, "y");
                branch(n, "body", "Loop");
              });
          g.text(2, "loop");
        });
  }

  private static void node(ProtoWriter n, String op, String[] inputs, String output) {
    Arrays.stream(inputs).forEach(input -> n.text(1, input));
    n.text(2, output);
    n.text(3, op);
    n.text(4, op);
  }

  private static void branch(ProtoWriter node, String name, String op) {
    node.message(
        5,
        a -> {
          a.text(1, name);
          a.message(
              6,
              g -> {
                g.message(1, n -> node(n, op, new String[] {"x"}, name + ".y"));
                g.text(2, name);
                g.message(12, p -> port(p, name + ".y"));
              });
          a.integer(20, GRAPH_ATTRIBUTE);
        });
  }

  private static byte[] model(Consumer<ProtoWriter> graph) {
    return ProtoWriter.toBytes(
        m -> {
          m.integer(1, 8);
          m.message(
              7,
              g -> {
                graph.accept(g);
                g.message(11, p -> port(p, "x"));
                g.message(12, p -> port(p, "y"));
              });
          m.message(
              8,
              o -> {
                o.text(1, "");
                o.integer(2, 17);
              });
        });
  }

  private static void port(ProtoWriter out, String name) {
    PortProto.write(out, Port.floats(name, 2));
  }
}
