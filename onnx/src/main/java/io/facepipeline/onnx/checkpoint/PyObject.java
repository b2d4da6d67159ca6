package io.facepipeline.onnx.checkpoint;

/**
 * A pickled value that a checkpoint may hold but that no tensor depends on; its state is ignored.
 */
final class PyObject {
  /** Python's None. */
  static final PyObject NONE = new PyObject();

  PyObject() {}
}
