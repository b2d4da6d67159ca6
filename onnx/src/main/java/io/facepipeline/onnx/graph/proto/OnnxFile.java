package io.facepipeline.onnx.graph.proto;

import io.facepipeline.onnx.MalformedModelException;
import io.facepipeline.onnx.graph.Attribute;
import io.facepipeline.onnx.graph.Bytes;
import io.facepipeline.onnx.graph.Graph;
import io.facepipeline.onnx.graph.GraphEditor;
import io.facepipeline.onnx.graph.Node;
import java.io.IOException;
import java.nio.channels.WritableByteChannel;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * ONNX's file format, written and read without a Protocol Buffers library (<a
 * href="https://github.com/onnx/onnx/blob/main/onnx/onnx.proto3">onnx.proto3</a>). Reading keeps
 * every field of the model and the graph that it does not interpret; only remarks for people on
 * nodes' attributes and initializers are dropped where these are decoded. Equal graphs are written
 * as equal bytes. Thread-safe.
 */
public final class OnnxFile {
  private OnnxFile() {}

  /**
   * Writes a model into memory.
   *
   * @param graph the model
   * @return the file's content
   * @throws MalformedModelException if it is of 2 GiB or more, which Protocol Buffers does not
   *     allow
   */
  public static byte[] write(Graph graph) {
    return ProtoWriter.toBytes(writer -> writeModel(writer, graph));
  }

  /**
   * Writes a model. Needs no memory beyond the graph's.
   *
   * @param graph the model
   * @param out where to; left open
   * @throws IOException if it cannot be written
   * @throws MalformedModelException if the model is of 2 GiB or more, which Protocol Buffers does
   *     not allow
   */
  public static void write(Graph graph, WritableByteChannel out) throws IOException {
    ProtoWriter.write(out, writer -> writeModel(writer, graph));
  }

  private static void writeModel(ProtoWriter out, Graph graph) {
    out.integer(1, graph.irVersion());
    if (!graph.producer().isEmpty()) {
      out.text(2, graph.producer());
    }
    out.message(7, g -> writeGraph(g, graph));
    graph
        .opsets()
        .forEach(
            (domain, version) ->
                out.message(
                    8,
                    m -> {
                      m.text(1, domain);
                      m.integer(2, version);
                    }));
    graph
        .metadata()
        .forEach(
            (key, value) ->
                out.message(
                    14,
                    m -> {
                      m.text(1, key);
                      m.text(2, value);
                    }));
    out.raw(graph.modelExtra());
  }

  private static void writeGraph(ProtoWriter out, Graph graph) {
    graph.nodes().forEach(node -> out.message(1, m -> writeNode(m, node)));
    out.text(2, graph.name());
    graph
        .initializers()
        .forEach((name, tensor) -> out.message(5, m -> TensorProto.write(m, name, tensor)));
    graph.inputs().forEach(port -> out.message(11, m -> PortProto.write(m, port)));
    graph.outputs().forEach(port -> out.message(12, m -> PortProto.write(m, port)));
    out.raw(graph.valueInfo());
    out.raw(graph.graphExtra());
  }

  private static void writeNode(ProtoWriter out, Node node) {
    node.inputs().forEach(input -> out.text(1, input));
    node.outputs().forEach(output -> out.text(2, output));
    if (!node.name().isEmpty()) {
      out.text(3, node.name());
    }
    out.text(4, node.op());
    node.attributes()
        .forEach((key, value) -> out.message(5, m -> AttributeProto.write(m, key, value)));
    if (!node.domain().isEmpty()) {
      out.text(7, node.domain());
    }
    out.raw(node.extra());
  }

  /**
   * Reads a model. The order of nodes is taken as it stands; {@link Graph#validate()} checks it.
   *
   * @param file the file's content
   * @return the model
   * @throws MalformedModelException if the bytes are not an ONNX model, are cut short or are
   *     damaged
   */
  public static Graph read(byte[] file) {
    GraphEditor model = new GraphEditor();
    model.irVersion = 0;
    boolean seen = false;
    List<Bytes> extra = new ArrayList<>();
    ProtoReader in = new ProtoReader(file);
    while (in.next()) {
      switch (in.field()) {
        case 1 -> model.irVersion = in.integer();
        case 2 -> model.producer = in.text();
        case 7 -> {
          if (seen) {
            throw new MalformedModelException(
                "the model holds two graphs where one is allowed; export it again");
          }
          seen = true;
          readGraph(in.message(), model);
        }
        case 8 -> readOpset(in.message(), model.opsets);
        case 14 -> readEntry(in.message(), model.metadata);
        default -> extra.add(in.rawField());
      }
    }
    if (!seen || model.irVersion <= 0) {
      throw new MalformedModelException(
          "the "
              + file.length
              + " bytes hold "
              + (seen ? "no format version" : "no graph")
              + "; the file is empty, cut short or not ONNX: fetch or export it again");
    }
    model.modelExtra = Bytes.join(extra);
    return new Graph(model);
  }

  private static void readOpset(ProtoReader in, Map<String, Long> opsets) {
    String domain = "";
    long version = 0;
    while (in.next()) {
      switch (in.field()) {
        case 1 -> domain = in.text();
        case 2 -> version = in.integer();
        default -> in.rawField();
      }
    }
    opsets.put(domain, version);
  }

  static void readEntry(ProtoReader in, Map<String, String> entries) {
    String key = "";
    String value = "";
    while (in.next()) {
      switch (in.field()) {
        case 1 -> key = in.text();
        case 2 -> value = in.text();
        default -> in.rawField();
      }
    }
    entries.put(key, value);
  }

  private static void readGraph(ProtoReader in, GraphEditor model) {
    // Collected apart and joined once, so that a file of many small fields is read in linear time.
    List<Bytes> valueInfo = new ArrayList<>();
    List<Bytes> extra = new ArrayList<>();
    while (in.next()) {
      switch (in.field()) {
        case 1 -> model.nodes.add(readNode(in.message()));
        case 2 -> model.name = in.text();
        case 5 -> {
          TensorProto.Named named = TensorProto.read(in.message());
          if (model.initializers.put(named.name(), named.tensor()) != null) {
            throw new MalformedModelException(
                "initializer '" + named.name() + "' is defined twice; export the model again");
          }
        }
        case 11 -> model.inputs.add(PortProto.read(in.message()));
        case 12 -> model.outputs.add(PortProto.read(in.message()));
        case 13 -> valueInfo.add(in.rawField());
        default -> extra.add(in.rawField());
      }
    }
    model.valueInfo = Bytes.join(valueInfo);
    model.graphExtra = Bytes.join(extra);
  }

  private static Node readNode(ProtoReader in) {
    String name = "";
    String op = "";
    String domain = "";
    List<String> inputs = new ArrayList<>();
    List<String> outputs = new ArrayList<>();
    Map<String, Attribute> attributes = new LinkedHashMap<>();
    List<Bytes> extra = new ArrayList<>();
    while (in.next()) {
      switch (in.field()) {
        case 1 -> inputs.add(in.text());
        case 2 -> outputs.add(in.text());
        case 3 -> name = in.text();
        case 4 -> op = in.text();
        case 5 -> {
          AttributeProto.Named named = AttributeProto.read(in.message());
          attributes.put(named.name(), named.value());
        }
        case 7 -> domain = in.text();
        default -> extra.add(in.rawField());
      }
    }
    return new Node(name, op, domain, inputs, outputs, attributes, Bytes.join(extra));
  }
}
