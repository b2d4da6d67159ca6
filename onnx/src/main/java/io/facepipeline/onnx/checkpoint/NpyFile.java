package io.facepipeline.onnx.checkpoint;

import io.facepipeline.onnx.checkpoint.bytes.ByteReader;
import io.facepipeline.onnx.checkpoint.bytes.CheckpointFile;
import io.facepipeline.onnx.checkpoint.bytes.DataType;
import io.facepipeline.onnx.checkpoint.bytes.Shapes;
import io.facepipeline.onnx.checkpoint.pickle.PickledArray;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Files of {@code numpy.save}: a magic string, a version, the length of a header, the header as a
 * Python dict literal, and the elements, or for an object array a pickle. See {@code
 * numpy/lib/format.py} ("A simple file format for NumPy arrays", versions 1.0, 2.0 and 3.0). The
 * pickled dicts of face.evoLVe's and FaceNet's MTCNN weights are object arrays of one dict.
 */
final class NpyFile {
  private static final int MAX_HEADER = 1 << 16;
  private static final Pattern TYPE =
      Pattern.compile("['\"]descr['\"]\\s*:\\s*['\"]([^'\"]{1,16})['\"]");
  private static final Pattern ORDER =
      Pattern.compile("['\"]fortran_order['\"]\\s*:\\s*(True|False)");
  private static final Pattern SHAPE = Pattern.compile("['\"]shape['\"]\\s*:\\s*\\(([0-9L, ]*)\\)");

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
    in.skip(6);
    int major = in.u1();
    int minor = in.u1();
    if (major < 1 || major > 3) {
      throw file.problem(
          "has version "
              + major
              + "."
              + minor
              + " of the NumPy format; this library reads 1.0 to 3.0");
    }
    long length = major == 1 ? in.u2() : in.u4();
    if (length > MAX_HEADER) {
      throw file.problem(
          "has a NumPy header of "
              + length
              + " bytes, more than any array needs: the file is damaged");
    }
    String header =
        new String(
            in.bytes(length), major == 3 ? StandardCharsets.UTF_8 : StandardCharsets.ISO_8859_1);
    PickledArray.Type type = new PickledArray.Type(field(file, header, TYPE, "descr"));
    boolean columnMajor = field(file, header, ORDER, "fortran_order").equals("True");
    int[] shape = shape(file, field(file, header, SHAPE, "shape"));
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
            columnMajor,
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

  private static String field(CheckpointFile file, String header, Pattern pattern, String name) {
    Matcher matcher = pattern.matcher(header);
    if (!matcher.find()) {
      throw file.problem(
          "has no simple \""
              + name
              + "\" in its NumPy header; this library reads plain arrays, not records: convert it"
              + " first");
    }
    return matcher.group(1);
  }

  private static int[] shape(CheckpointFile file, String text) {
    try {
      int[] shape =
          Pattern.compile(",")
              .splitAsStream(text)
              .map(String::strip)
              .filter(length -> !length.isEmpty())
              // Python 2 wrote its long integers with an L.
              .mapToInt(
                  length ->
                      Integer.parseInt(
                          length.endsWith("L") ? length.substring(0, length.length() - 1) : length))
              .toArray();
      if (shape.length > Shapes.MAX_RANK) {
        throw file.problem(
            "has " + shape.length + " dimensions, more than NumPy allows: the file is damaged");
      }
      return shape;
    } catch (NumberFormatException e) {
      throw CheckpointFile.problem(
          file.path(), "has a shape with a length that is not 0 to 2^31-1: the file is damaged", e);
    }
  }
}
