package io.facepipeline.onnx.graph.proto;

import io.facepipeline.onnx.MalformedModelException;
import io.facepipeline.onnx.graph.Attribute;
import io.facepipeline.onnx.graph.Bytes;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;

/** Attributes on the wire. */
public final class AttributeProto {
  private static final int REAL = 1;
  private static final int INT = 2;
  private static final int TEXT = 3;
  private static final int REALS = 6;
  private static final int INTS = 7;

  private AttributeProto() {}

  record Named(String name, Attribute value) {}

  static void write(ProtoWriter out, String name, Attribute attribute) {
    out.text(1, name);
    if (attribute instanceof Attribute.Real real) {
      out.real(2, real.value());
      out.integer(20, REAL);
    } else if (attribute instanceof Attribute.Int integer) {
      out.integer(3, integer.value());
      out.integer(20, INT);
    } else if (attribute instanceof Attribute.Text text) {
      out.text(4, text.value());
      out.integer(20, TEXT);
    } else if (attribute instanceof Attribute.Reals reals) {
      reals.values().forEach(v -> out.real(7, v));
      out.integer(20, REALS);
    } else if (attribute instanceof Attribute.Ints integers) {
      integers.values().forEach(v -> out.integer(8, v));
      out.integer(20, INTS);
    } else if (attribute instanceof Attribute.Raw raw) {
      out.raw(raw.proto());
    }
  }

  static Named read(ProtoReader in) {
    String name = "";
    int type = 0;
    float real = 0;
    long integer = 0;
    byte[] text = new byte[0];
    Repeated reals = new Repeated();
    Repeated integers = new Repeated();
    boolean plain = true;
    ProtoReader again = in.copy();
    int implied = 0;
    while (in.next()) {
      int field = in.field();
      switch (field) {
        case 1 -> name = in.text();
        case 2 -> real = in.real();
        case 3 -> integer = in.integer();
        case 4 -> text = in.bytes();
        case 7 -> in.reals(reals);
        case 8 -> in.integers(integers);
        case 13 -> in.rawField();
        case 20 -> type = in.smallInteger();
        default -> {
          in.rawField();
          plain = false;
        }
      }
      // The first version of the format had no type field: there the field that is present tells.
      implied =
          switch (field) {
            case 2 -> REAL;
            case 3 -> INT;
            case 4 -> TEXT;
            case 7 -> REALS;
            case 8 -> INTS;
            default -> implied;
          };
    }
    Raw raw = new Raw(type, again);
    if (!plain) {
      return new Named(name, raw.keep());
    }
    Attribute value =
        switch (type == 0 ? implied : type) {
          case REAL -> new Attribute.Real(real);
          case INT -> new Attribute.Int(integer);
          case TEXT ->
              isUtf8(text)
                  ? new Attribute.Text(new String(text, StandardCharsets.UTF_8))
                  : raw.keep();
          case REALS -> new Attribute.Reals(boxed(reals.floats()));
          case INTS -> Attribute.ints(integers.longs());
          case 0 ->
              throw new MalformedModelException(
                  "attribute '"
                      + name
                      + "' has neither type nor value; the file is damaged: fetch or export it"
                      + " again");
          default -> raw.keep();
        };
    return new Named(name, value);
  }

  /** The way back to the attribute's own bytes. */
  private record Raw(int type, ProtoReader again) {
    Attribute keep() {
      List<Bytes> kept = new ArrayList<>();
      while (again.next()) {
        Bytes field = again.rawField();
        if (again.field() != 1) {
          kept.add(field);
        }
      }
      return new Attribute.Raw(type, Bytes.join(kept));
    }
  }

  private static List<Float> boxed(float[] values) {
    List<Float> list = new ArrayList<>(values.length);
    for (float v : values) {
      list.add(v);
    }
    return list;
  }

  private static boolean isUtf8(byte[] bytes) {
    try {
      StandardCharsets.UTF_8.newDecoder().decode(ByteBuffer.wrap(bytes));
      return true;
    } catch (CharacterCodingException e) {
      return false;
    }
  }
}
