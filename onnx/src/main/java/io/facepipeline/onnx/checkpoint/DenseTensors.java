package io.facepipeline.onnx.checkpoint;

import io.facepipeline.onnx.checkpoint.bytes.CheckpointFile;
import io.facepipeline.onnx.checkpoint.bytes.DataType;
import io.facepipeline.onnx.checkpoint.bytes.Shapes;
import io.facepipeline.onnx.checkpoint.pickle.PickledArray;
import java.nio.ByteOrder;

/** Tensors that use all of their bytes. */
final class DenseTensors {
  private DenseTensors() {}

  /** The tensor of a pickled array. */
  static Tensor of(CheckpointFile file, String what, PickledArray array) {
    PickledArray.Type type = array.type();
    int[] shape = array.shape();
    Object data = array.data();
    if (type == null || shape == null || data == null) {
      throw file.problem(what + " is an array without contents: the file is damaged");
    }
    DataType dataType = type.dataType();
    if (dataType == null) {
      throw file.problem(
          what
              + " has the NumPy type '"
              + type.code()
              + "', which this library does not load; convert it to float32 first");
    }
    if (!(data instanceof byte[] bytes)) {
      throw file.problem(what + " has no bytes as its contents: the file is damaged");
    }
    return of(file, what, dataType, shape, array.columnMajor(), bytes, type.order());
  }

  static Tensor of(
      CheckpointFile file,
      String what,
      DataType type,
      int[] shape,
      boolean columnMajor,
      byte[] bytes,
      ByteOrder order) {
    long[] strides = columnMajor ? Shapes.columnMajor(shape) : Shapes.rowMajor(shape);
    Tensor tensor = Tensor.view(file.path(), what, type, shape, strides, 0, bytes, order, 0);
    if (tensor.size() * type.bytes() != bytes.length) {
      throw file.problem(
          what
              + " has "
              + tensor.size()
              + " elements of "
              + type
              + " in "
              + bytes.length
              + " bytes, which is not their size: the file is damaged");
    }
    return tensor;
  }
}
