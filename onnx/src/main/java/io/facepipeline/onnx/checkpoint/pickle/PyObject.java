package io.facepipeline.onnx.checkpoint.pickle;

/**
 * A pickled object that no tensor depends on: what stands in for it knows its class's name, and its
 * items if it has some. Its attributes are ignored, and nothing of it is run.
 */
public final class PyObject {
  /** Python's None. */
  public static final PyObject NONE = new PyObject("None");

  private final String className;
  private final PyDict items = new PyDict();

  PyObject(String className) {
    this.className = className;
  }

  /** The class or function that would have made it, with its module. */
  public String className() {
    return className;
  }

  /** What it holds by key, as classes derived from dict do; mutable. */
  public PyDict items() {
    return items;
  }
}
