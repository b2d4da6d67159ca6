package io.facepipeline.onnx.graph;

import io.facepipeline.onnx.MalformedModelException;
import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * One operation of a graph. Immutable.
 *
 * @param name a name for people; may be empty
 * @param op the operator, such as {@code Conv}
 * @param domain the operator's domain; empty for ONNX's own operators
 * @param inputs names of the values it reads; the empty string stands for an optional input that is
 *     left out
 * @param outputs names of the values it defines
 * @param attributes its attributes, in a fixed order
 * @param extra fields of the NodeProto that this package does not interpret, as they were read
 */
public record Node(
    String name,
    String op,
    String domain,
    List<String> inputs,
    List<String> outputs,
    Map<String, Attribute> attributes,
    Bytes extra) {
  /** Copies the collections. */
  public Node {
    inputs = List.copyOf(inputs);
    outputs = List.copyOf(outputs);
    attributes = Collections.unmodifiableMap(new LinkedHashMap<>(attributes));
  }

  /**
   * An operation of ONNX's own operator set, named after its first output.
   *
   * @param op the operator
   * @param inputs names of the values it reads
   * @param outputs names of the values it defines, at least one
   * @param attributes its attributes
   */
  public Node(
      String op, List<String> inputs, List<String> outputs, Map<String, Attribute> attributes) {
    this(outputs.get(0), op, "", inputs, outputs, attributes, Bytes.EMPTY);
  }

  /**
   * Whether this is the named operator of ONNX's own operator set.
   *
   * @param operator such as {@code Conv}
   * @return whether it is
   */
  public boolean is(String operator) {
    return op.equals(operator) && (domain.isEmpty() || domain.equals("ai.onnx"));
  }

  /**
   * An input's name.
   *
   * @param index its position
   * @return the name, or the empty string where the input is left out
   */
  public String input(int index) {
    return index < inputs.size() ? inputs.get(index) : "";
  }

  /**
   * The first output's name.
   *
   * @return the name
   */
  public String output() {
    return outputs.get(0);
  }

  /**
   * An integer attribute.
   *
   * @param key the attribute's name
   * @param absent the operator's default
   * @return the value or the default
   * @throws MalformedModelException if the attribute is of another kind
   */
  public long integer(String key, long absent) {
    return attribute(key, Attribute.Int.class).map(Attribute.Int::value).orElse(absent);
  }

  /**
   * A float attribute.
   *
   * @param key the attribute's name
   * @param absent the operator's default
   * @return the value or the default
   * @throws MalformedModelException if the attribute is of another kind
   */
  public float real(String key, float absent) {
    return attribute(key, Attribute.Real.class).map(Attribute.Real::value).orElse(absent);
  }

  /**
   * A string attribute.
   *
   * @param key the attribute's name
   * @param absent the operator's default
   * @return the value or the default
   * @throws MalformedModelException if the attribute is of another kind
   */
  public String text(String key, String absent) {
    return attribute(key, Attribute.Text.class).map(Attribute.Text::value).orElse(absent);
  }

  /**
   * An attribute that lists integers.
   *
   * @param key the attribute's name
   * @return the integers, or nothing where the attribute is absent
   * @throws MalformedModelException if the attribute is of another kind
   */
  public Optional<List<Long>> integers(String key) {
    return attribute(key, Attribute.Ints.class).map(Attribute.Ints::values);
  }

  private <T extends Attribute> Optional<T> attribute(String key, Class<T> kind) {
    Attribute found = attributes.get(key);
    if (found != null && !kind.isInstance(found)) {
      throw new MalformedModelException(
          "attribute '"
              + key
              + "' of node '"
              + name
              + "' ("
              + op
              + ") is a "
              + found.getClass().getSimpleName()
              + " but the operator needs a "
              + kind.getSimpleName()
              + "; export the model again");
    }
    return Optional.ofNullable(kind.cast(found));
  }

  /**
   * The same operation on other inputs.
   *
   * @param newInputs the inputs' names
   * @return the changed copy
   */
  public Node withInputs(List<String> newInputs) {
    return new Node(name, op, domain, newInputs, outputs, attributes, extra);
  }

  /**
   * The same operation with one input exchanged; inputs left out in front of it are filled with the
   * empty string.
   *
   * @param index the input's position
   * @param value the new name
   * @return the changed copy
   */
  public Node withInput(int index, String value) {
    List<String> changed = new ArrayList<>(inputs);
    while (changed.size() <= index) {
      changed.add("");
    }
    changed.set(index, value);
    return withInputs(changed);
  }

  /**
   * The same operation with other output names.
   *
   * @param newOutputs the outputs' names
   * @return the changed copy
   */
  public Node withOutputs(List<String> newOutputs) {
    return new Node(name, op, domain, inputs, newOutputs, attributes, extra);
  }

  /**
   * The same operation with one attribute set.
   *
   * @param key the attribute's name
   * @param value its value
   * @return the changed copy
   */
  public Node withAttribute(String key, Attribute value) {
    Map<String, Attribute> changed = new LinkedHashMap<>(attributes);
    changed.put(key, value);
    return new Node(name, op, domain, inputs, outputs, changed, extra);
  }

  Node withName(String newName) {
    return new Node(newName, op, domain, inputs, outputs, attributes, extra);
  }

  boolean hasSubgraph() {
    return attributes.values().stream().anyMatch(a -> a instanceof Attribute.Raw r && r.isGraph());
  }

  @Override
  public String toString() {
    return name + ": " + outputs + " = " + op + inputs;
  }
}
