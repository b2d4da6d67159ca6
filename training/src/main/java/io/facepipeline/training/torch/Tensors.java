package io.facepipeline.training.torch;

import io.facepipeline.onnx.checkpoint.Checkpoint;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.Map;
import org.bytedeco.javacpp.FloatPointer;
import org.bytedeco.javacpp.LongPointer;
import org.bytedeco.javacpp.PointerScope;
import org.bytedeco.pytorch.Scalar;
import org.bytedeco.pytorch.ScalarTypeOptional;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.TensorOptions;
import org.bytedeco.pytorch.global.torch;
import org.bytedeco.pytorch.global.torch.ScalarType;

/** Converts between tensors and Java arrays; both directions copy. */
public final class Tensors {
  private Tensors() {}

  /** {@return a tensor of float32} */
  public static Tensor floats(float[] values, long... shape) {
    try (FloatPointer pointer = new FloatPointer(values)) {
      return torch.from_blob(pointer, shape).clone();
    }
  }

  /** {@return a vector of type long, for indexes} */
  public static Tensor indexes(int... values) {
    long[] longs = Arrays.stream(values).asLongStream().toArray();
    try (LongPointer pointer = new LongPointer(longs)) {
      return torch
          .from_blob(pointer, new long[] {longs.length}, new TensorOptions(ScalarType.Long))
          .clone();
    }
  }

  /** {@return the numbers of a tensor of float32, row by row} */
  @SuppressWarnings("try") // the scope is used by closing it
  public static float[] values(Tensor tensor) {
    try (PointerScope scope = new PointerScope()) {
      float[] values = new float[Math.toIntExact(tensor.numel())];
      // What is laid out channels last would else be read in another order.
      new FloatPointer(tensor.detach().contiguous().data_ptr()).get(values);
      return values;
    }
  }

  /**
   * {@return images, each scaled by its own mean and deviation, all channels together, as facenet's
   * prewhiten does: (x - mean) / max(deviation, 1 / sqrt(n)) of its n numbers}
   *
   * @param images [n, channels, height, width]
   */
  public static Tensor whitened(Tensor images) {
    Tensor centered = images.sub(meanOfEach(images));
    double numbers = (double) images.numel() / images.size(0);
    Tensor deviation = meanOfEach(centered.square()).sqrt();
    return centered.div(deviation.clamp_min(new Scalar(1 / Math.sqrt(numbers))));
  }

  private static Tensor meanOfEach(Tensor images) {
    return images.mean(new long[] {1, 2, 3}, true, new ScalarTypeOptional());
  }

  /** {@return a checkpoint with copies of tensors of float32} */
  public static Checkpoint checkpoint(Map<String, Tensor> tensors) {
    Map<String, io.facepipeline.onnx.checkpoint.Tensor> copies = new LinkedHashMap<>();
    tensors.forEach(
        (name, tensor) -> {
          int[] shape = Arrays.stream(tensor.shape()).mapToInt(Math::toIntExact).toArray();
          copies.put(name, io.facepipeline.onnx.checkpoint.Tensor.of(shape, values(tensor)));
        });
    return Checkpoint.of(copies);
  }
}
