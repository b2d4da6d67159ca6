package io.facepipeline.onnx.checkpoint.pickle;

import java.util.List;
import org.jspecify.annotations.Nullable;

/** A PyTorch tensor whose storage has not been read. */
public final class PickledTensor {
  private final StorageRef storage;
  private final long offset;
  private final List<Integer> shape;
  private final List<Long> strides;
  private final @Nullable Quantization quantization;

  /** Offset and strides are in elements. */
  PickledTensor(StorageRef storage, long offset, List<Integer> shape, List<Long> strides) {
    this(storage, offset, shape, strides, null);
  }

  private PickledTensor(
      StorageRef storage,
      long offset,
      List<Integer> shape,
      List<Long> strides,
      @Nullable Quantization quantization) {
    this.quantization = quantization;
    this.storage = storage;
    this.offset = offset;
    this.shape = shape;
    this.strides = strides;
  }

  /** The same tensor, whose whole numbers stand for others. */
  PickledTensor quantized(Quantization how) {
    return new PickledTensor(storage, offset, shape, strides, how);
  }

  /** What the whole numbers stand for; null if they stand for themselves. */
  public @Nullable Quantization quantization() {
    return quantization;
  }

  public StorageRef storage() {
    return storage;
  }

  public long offset() {
    return offset;
  }

  public int[] shape() {
    return shape.stream().mapToInt(Integer::intValue).toArray();
  }

  public long[] strides() {
    return strides.stream().mapToLong(Long::longValue).toArray();
  }
}
