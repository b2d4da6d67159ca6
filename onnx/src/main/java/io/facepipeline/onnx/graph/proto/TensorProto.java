package io.facepipeline.onnx.graph.proto;

import io.facepipeline.onnx.MalformedModelException;
import io.facepipeline.onnx.graph.Bytes;
import io.facepipeline.onnx.graph.Integers;
import io.facepipeline.onnx.graph.RawTensor;
import io.facepipeline.onnx.graph.Tensor;
import io.facepipeline.onnx.graph.Weights;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Initializers on the wire. */
public final class TensorProto {
  private TensorProto() {}

  record Named(String name, Tensor tensor) {}

  static void write(ProtoWriter out, String name, Tensor tensor) {
    if (tensor instanceof RawTensor raw) {
      out.text(8, name);
      out.raw(raw.proto());
      return;
    }
    int[] dims = tensor instanceof Weights w ? w.dims() : ((Integers) tensor).dims();
    for (int d : dims) {
      out.integer(1, d);
    }
    out.integer(2, tensor.elementType());
    out.text(8, name);
    if (tensor instanceof Weights w) {
      out.littleEndian(9, w);
    } else {
      out.littleEndian(9, ((Integers) tensor).values());
    }
  }

  /** The fields of a tensor but for its name, of values that are bytes in ONNX's order already. */
  public static byte[] fields(int elementType, int[] dims, byte[] littleEndian) {
    return ProtoWriter.toBytes(
        out -> {
          for (int d : dims) {
            out.integer(1, d);
          }
          out.integer(2, elementType);
          out.bytes(9, littleEndian);
        });
  }

  static Named read(ProtoReader in) {
    String name = "";
    Repeated dims = new Repeated();
    int type = 0;
    Repeated floats = new Repeated();
    Repeated longs = new Repeated();
    @Nullable ProtoReader rawData = null;
    boolean decodable = true;
    ProtoReader again = in.copy();
    while (in.next()) {
      switch (in.field()) {
        case 1 -> in.integers(dims);
        case 2 -> type = in.smallInteger();
        case 4 -> in.reals(floats);
        case 7 -> in.integers(longs);
        case 8 -> name = in.text();
        case 9 -> rawData = in.message();
        case 12 -> in.rawField();
        default -> {
          // Segments, external data and other element types stay as they are.
          in.rawField();
          decodable = false;
        }
      }
    }
    if (decodable && type == Tensor.FLOAT) {
      float[] values = rawData == null ? floats.floats() : rawData.floatsToEnd();
      return new Named(name, new Weights(extents(name, dims.longs(), values.length), values));
    }
    if (decodable && type == Tensor.INT64) {
      long[] values = rawData == null ? longs.longs() : rawData.longsToEnd();
      return new Named(name, new Integers(extents(name, dims.longs(), values.length), values));
    }
    List<Bytes> kept = new ArrayList<>();
    while (again.next()) {
      Bytes field = again.rawField();
      if (again.field() != 8) {
        kept.add(field);
      }
    }
    return new Named(name, new RawTensor(type, Bytes.join(kept)));
  }

  private static int[] extents(String name, long[] dims, int count) {
    double product = 1;
    boolean negative = false;
    for (long d : dims) {
      product *= d;
      negative |= d < 0 || d > Integer.MAX_VALUE;
    }
    if (negative || product != count) {
      throw new MalformedModelException(
          "initializer '"
              + name
              + "' of shape "
              + Arrays.toString(dims)
              + " holds "
              + count
              + " values; the file is damaged: fetch or export it again");
    }
    return Arrays.stream(dims).mapToInt(d -> (int) d).toArray();
  }
}
