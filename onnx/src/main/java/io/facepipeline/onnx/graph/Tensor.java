package io.facepipeline.onnx.graph;

/**
 * The constant value of an initializer: {@link Weights} and {@link Integers} are open to rewrites,
 * every other element type travels unread as a {@link RawTensor}. Immutable.
 */
public sealed interface Tensor permits Weights, Integers, RawTensor {
  /** ONNX's code of the element type float32. */
  int FLOAT = 1;

  /** ONNX's code of the element type uint8. */
  int UINT8 = 2;

  /** ONNX's code of the element type int8. */
  int INT8 = 3;

  /** ONNX's code of the element type int32. */
  int INT32 = 6;

  /** ONNX's code of the element type int64. */
  int INT64 = 7;

  /**
   * The element type, in ONNX's numbering (1 float32, 7 int64, 10 float16 and so on).
   *
   * @return the code
   */
  int elementType();
}
