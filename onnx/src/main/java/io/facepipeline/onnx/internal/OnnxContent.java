package io.facepipeline.onnx.internal;

import io.facepipeline.onnx.ModelNotFoundException;
import java.io.IOException;
import java.nio.file.Path;

/** What is in the files of an ONNX model, without loading it into the runtime. */
public final class OnnxContent {
  private OnnxContent() {}

  /**
   * {@return what a model's file names beside its own content}
   *
   * @param file the model's file
   * @throws ModelNotFoundException if it cannot be read
   * @throws io.facepipeline.onnx.MalformedModelException if it is not an ONNX model
   */
  public static ModelScan scan(Path file) {
    try {
      return ModelScan.of(file);
    } catch (IOException e) {
      throw unreadable(file, e);
    }
  }

  private static ModelNotFoundException unreadable(Path file, IOException e) {
    return new ModelNotFoundException(
        "model file " + file + " cannot be read (" + e + "); check its name and rights", e);
  }

  /**
   * {@return whether a model keeps weights in other files}
   *
   * @param file the model's file
   */
  public static boolean hasExternalData(Path file) {
    return scan(file).hasExternalData();
  }

  /**
   * {@return the SHA-256 that identifies a model: that of its file, or, with external weights, one
   * over the hashes of all files}
   *
   * @param file the model's file
   * @throws io.facepipeline.onnx.MalformedModelException if its weights are not in its folder
   */
  public static String sha256(Path file) {
    try {
      return scan(file).sha256(file);
    } catch (IOException e) {
      throw unreadable(file, e);
    }
  }

  /**
   * {@return the content of a model's file; external weights are put inside, so that it needs no
   * other file}
   *
   * @param file the model's file
   * @throws io.facepipeline.onnx.MalformedModelException if its weights are not in its folder or do
   *     not fill their tensors, or all together reach the 2 GiB that Protocol Buffers allows
   */
  public static byte[] readWhole(Path file) {
    try {
      return scan(file).whole(file);
    } catch (IOException e) {
      throw unreadable(file, e);
    }
  }
}
