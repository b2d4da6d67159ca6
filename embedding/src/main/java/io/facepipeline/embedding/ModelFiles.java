package io.facepipeline.embedding;

import io.facepipeline.onnx.MalformedModelException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

/** Reads model files whole. */
final class ModelFiles {
  private ModelFiles() {}

  static byte[] read(Path file) {
    try {
      return Files.readAllBytes(file);
    } catch (IOException e) {
      throw new MalformedModelException(
          "the model file " + file + " cannot be read; check its name and rights: " + e, e);
    }
  }
}
