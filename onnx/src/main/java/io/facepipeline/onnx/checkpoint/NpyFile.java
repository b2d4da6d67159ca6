package io.facepipeline.onnx.checkpoint;

import io.facepipeline.internal.NpyArray;
import io.facepipeline.onnx.checkpoint.bytes.ByteReader;
import io.facepipeline.onnx.checkpoint.bytes.CheckpointFile;
import io.facepipeline.onnx.checkpoint.bytes.DataType;
import io.facepipeline.onnx.checkpoint.bytes.Shapes;
import io.facepipeline.onnx.checkpoint.pickle.PickledArray;
import java.io.IOException;
import java.util.List;
import java.util.Map;

/**
 * Files of {@code numpy.save}: a header, and the elements, or for an object array a pickle. The
 * pickled dicts of face.evoLVe's and FaceNet's MTCNN weights are object arrays of one dict.
 */
final class NpyFile {
  /**
   * What a file holds.
   *
   * @param pickled whether the tensors come from a pickle
   * @param contents the tensors
   */
  record Read(boolean pickled, Contents contents) {}

  private NpyFile() {}

  static Read read(CheckpointFile file) throws IOException {
    ByteReader in = new ByteReader(file, 0, file.size());
    NpyArray array;
    try {
      array = NpyArray.read((int length) -> in.bytes(length));
    } catch (NpyArray.FormatException e) {
      throw CheckpointFile.problem(file.path(), String.valueOf(e.getMessage()), e);
    }
    PickledArray.Type type = new PickledArray.Type(array.type());
    int[] shape = shape(file, array.shape());
    if (type.isObject()) {
      return new Read(true, PickledArrays.read(file, in));
    }
    DataType dataType = type.dataType();
    if (dataType == null) {
      throw file.problem(
          "has the NumPy type '"
              + type.code()
              + "', which this library does not load; convert it to float32 first");
    }
    checkSize(file, shape, dataType, in.remaining());
    Tensor tensor =
        DenseTensors.of(
            file,
            "the array",
            dataType,
            shape,
            array.columnMajor(),
            in.bytes(in.remaining()),
            type.order());
    return new Read(false, new Contents("", Map.of(StateDict.ONLY, tensor)));
  }

  /** Before the elements are read, so that a wrong shape costs nothing. */
  private static void checkSize(CheckpointFile file, int[] shape, DataType type, long available) {
    long needed;
    try {
      needed = Math.multiplyExact(Shapes.elements(shape), type.bytes());
    } catch (ArithmeticException e) {
      throw CheckpointFile.problem(
          file.path(), "has a shape of more elements than can be counted: the file is damaged", e);
    }
    if (needed != available) {
      throw file.problem(
          "needs "
              + needed
              + " bytes for its shape but has "
              + available
              + ": the file is truncated or damaged");
    }
  }

  private static int[] shape(CheckpointFile file, List<Long> shape) {
    if (shape.size() > Shapes.MAX_RANK) {
      throw file.problem(
          "has " + shape.size() + " dimensions, more than NumPy allows: the file is damaged");
    }
    if (shape.stream().anyMatch(length -> length > Integer.MAX_VALUE)) {
      throw file.problem("has a shape with a length that is not 0 to 2^31-1: the file is damaged");
    }
    return shape.stream().mapToInt(Long::intValue).toArray();
  }
}
