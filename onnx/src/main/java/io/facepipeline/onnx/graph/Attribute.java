package io.facepipeline.onnx.graph;

import java.util.Arrays;
import java.util.List;
import java.util.stream.LongStream;

/** The value of a node's attribute. Immutable. */
public sealed interface Attribute {
  /**
   * An integer.
   *
   * @param value the integer
   */
  record Int(long value) implements Attribute {}

  /**
   * A list of integers.
   *
   * @param values the integers
   */
  record Ints(List<Long> values) implements Attribute {
    /** Copies the list. */
    public Ints {
      values = List.copyOf(values);
    }
  }

  /**
   * A float.
   *
   * @param value the float
   */
  record Real(float value) implements Attribute {}

  /**
   * A list of floats.
   *
   * @param values the floats
   */
  record Reals(List<Float> values) implements Attribute {
    /** Copies the list. */
    public Reals {
      values = List.copyOf(values);
    }
  }

  /**
   * A string.
   *
   * @param value the string
   */
  record Text(String value) implements Attribute {}

  /**
   * A tensor, graph, list of strings or other kind, kept as the fields of its AttributeProto
   * message but for the name.
   *
   * @param type ONNX's code of the attribute type; 5 and 10 are graphs
   * @param proto the message's fields as they were read
   */
  record Raw(int type, Bytes proto) implements Attribute {
    boolean isGraph() {
      return type == 5 || type == 10;
    }
  }

  /**
   * An integer attribute.
   *
   * @param value the integer
   * @return the attribute
   */
  static Attribute of(long value) {
    return new Int(value);
  }

  /**
   * A float attribute.
   *
   * @param value the float
   * @return the attribute
   */
  static Attribute of(float value) {
    return new Real(value);
  }

  /**
   * A string attribute.
   *
   * @param value the string
   * @return the attribute
   */
  static Attribute of(String value) {
    return new Text(value);
  }

  /**
   * An attribute that lists integers.
   *
   * @param values the integers
   * @return the attribute
   */
  static Attribute ints(long... values) {
    return new Ints(LongStream.of(values).boxed().toList());
  }

  /**
   * An attribute that lists integers.
   *
   * @param values the integers
   * @return the attribute
   */
  static Attribute ints(int... values) {
    return new Ints(Arrays.stream(values).asLongStream().boxed().toList());
  }
}
