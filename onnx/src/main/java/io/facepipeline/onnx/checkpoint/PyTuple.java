package io.facepipeline.onnx.checkpoint;

import java.util.List;

/** A pickled tuple. Equality is identity, as comparing contents could recurse without end. */
final class PyTuple {
  static final PyTuple EMPTY = new PyTuple(List.of());

  private final List<Object> items;

  PyTuple(List<Object> items) {
    this.items = List.copyOf(items);
  }

  int size() {
    return items.size();
  }

  Object get(int index) {
    return items.get(index);
  }

  List<Object> items() {
    return items;
  }
}
