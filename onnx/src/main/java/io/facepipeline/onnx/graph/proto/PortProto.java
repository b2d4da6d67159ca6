package io.facepipeline.onnx.graph.proto;

import io.facepipeline.onnx.graph.Bytes;
import io.facepipeline.onnx.graph.Dim;
import io.facepipeline.onnx.graph.Port;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Inputs and outputs on the wire. */
public final class PortProto {
  private PortProto() {}

  public static void write(ProtoWriter out, Port port) {
    out.text(1, port.name());
    if (port.elementType() == 0) {
      out.raw(port.opaque());
      return;
    }
    out.message(
        2,
        type ->
            type.message(
                1,
                tensor -> {
                  tensor.integer(1, port.elementType());
                  List<Dim> dims = port.dims();
                  if (dims != null) {
                    tensor.message(
                        2, shape -> dims.forEach(d -> shape.message(1, m -> writeDim(m, d))));
                  }
                }));
  }

  private static void writeDim(ProtoWriter out, Dim dim) {
    if (dim.size() >= 0) {
      out.integer(1, dim.size());
    } else if (!dim.name().isEmpty()) {
      out.text(2, dim.name());
    }
  }

  static Port read(ProtoReader in) {
    String name = "";
    @Nullable Port plain = null;
    List<Bytes> kept = new ArrayList<>();
    ProtoReader again = in.copy();
    while (in.next()) {
      switch (in.field()) {
        case 1 -> name = in.text();
        case 2 -> plain = readType(in.message());
        default -> in.rawField();
      }
    }
    if (plain != null) {
      return plain.renamed(name);
    }
    while (again.next()) {
      Bytes field = again.rawField();
      if (again.field() != 1) {
        kept.add(field);
      }
    }
    return new Port(name, 0, null, Bytes.join(kept));
  }

  /** The type as a nameless port, or null where it is more than a tensor of known element type. */
  private static @Nullable Port readType(ProtoReader in) {
    @Nullable Port port = null;
    while (in.next()) {
      if (in.field() == 1) {
        port = readTensor(in.message());
      } else if (in.field() == 6) {
        in.rawField();
      } else {
        return null;
      }
    }
    return port;
  }

  private static @Nullable Port readTensor(ProtoReader in) {
    int type = 0;
    @Nullable List<Dim> dims = null;
    while (in.next()) {
      switch (in.field()) {
        case 1 -> type = in.smallInteger();
        case 2 -> dims = readShape(in.message());
        default -> in.rawField();
      }
    }
    return type == 0 ? null : new Port("", type, dims, Bytes.EMPTY);
  }

  private static List<Dim> readShape(ProtoReader in) {
    List<Dim> dims = new ArrayList<>();
    while (in.next()) {
      if (in.field() == 1) {
        dims.add(readDim(in.message()));
      } else {
        in.rawField();
      }
    }
    return dims;
  }

  private static Dim readDim(ProtoReader in) {
    Dim dim = Dim.of(-1);
    while (in.next()) {
      switch (in.field()) {
        // Exporters write negative sizes for unknown extents, though the format has another way to
        // say so.
        case 1 -> dim = Dim.of(Math.max(-1, in.integer()));
        case 2 -> dim = Dim.named(in.text());
        default -> in.rawField();
      }
    }
    return dim;
  }
}
