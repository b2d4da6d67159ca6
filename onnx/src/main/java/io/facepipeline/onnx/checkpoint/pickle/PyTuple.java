package io.facepipeline.onnx.checkpoint.pickle;

import java.util.List;

/** A pickled tuple. Equality is identity, as comparing contents could recurse without end. */
public final class PyTuple {
  static final PyTuple EMPTY = new PyTuple(List.of());

  private final List<Object> items;

  PyTuple(List<Object> items) {
    this.items = List.copyOf(items);
  }

  public int size() {
    return items.size();
  }

  public Object get(int index) {
    return items.get(index);
  }

  public List<Object> items() {
    return items;
  }
}
