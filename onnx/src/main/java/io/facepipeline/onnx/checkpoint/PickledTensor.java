package io.facepipeline.onnx.checkpoint;

import java.util.List;

/** A PyTorch tensor whose storage has not been read. */
final class PickledTensor {
  private final StorageRef storage;
  private final long offset;
  private final List<Integer> shape;
  private final List<Long> strides;

  /** Offset and strides are in elements. */
  PickledTensor(StorageRef storage, long offset, List<Integer> shape, List<Long> strides) {
    this.storage = storage;
    this.offset = offset;
    this.shape = shape;
    this.strides = strides;
  }

  StorageRef storage() {
    return storage;
  }

  long offset() {
    return offset;
  }

  int[] shape() {
    return shape.stream().mapToInt(Integer::intValue).toArray();
  }

  long[] strides() {
    return strides.stream().mapToLong(Long::longValue).toArray();
  }
}
