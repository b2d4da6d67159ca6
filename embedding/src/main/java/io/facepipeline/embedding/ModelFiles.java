package io.facepipeline.embedding;

import com.google.common.hash.Hashing;
import io.facepipeline.ModelCard;
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

  /** The card with the hash of the file it is for. */
  static ModelCard withSource(ModelCard card, byte[] file) {
    return card.withSourceSha256(Hashing.sha256().hashBytes(file).toString());
  }
}
