package io.facepipeline.embedding.internal;

import com.google.common.hash.Hashing;
import io.facepipeline.onnx.MalformedModelException;
import io.facepipeline.onnx.graph.Graph;
import io.facepipeline.onnx.graph.proto.OnnxFile;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;

/** Reads model files whole. */
public final class ModelFiles {
  /** What an ONNX file begins with: the number of its first field, the format's version. */
  private static final int VERSION_FIELD = 0x08;

  private static final int MAX_VERSION = 64;

  private ModelFiles() {}

  public static byte[] read(Path file) {
    try {
      return Files.readAllBytes(file);
    } catch (IOException e) {
      throw new MalformedModelException(
          "the model file " + file + " cannot be read; check its name and rights: " + e, e);
    }
  }

  /** Whether a file begins as ONNX files do; false if it cannot be read. */
  public static boolean looksLikeOnnx(Path file) {
    try (InputStream in = Files.newInputStream(file)) {
      int field = in.read();
      int version = in.read();
      return field == VERSION_FIELD && version > 0 && version < MAX_VERSION;
    } catch (IOException e) {
      return false; // whoever reads the file next says why it cannot be read
    }
  }

  public static Graph graph(Path file, byte[] bytes) {
    try {
      return OnnxFile.read(bytes);
    } catch (MalformedModelException e) {
      throw new MalformedModelException(file + ": " + e.getMessage(), e);
    }
  }

  public static String sha256(byte[] bytes) {
    return Hashing.sha256().hashBytes(bytes).toString();
  }

  /** Refuses an ONNX model that holds weights that are no numbers. */
  public static void requireFinite(Path file, Graph graph) {
    graph
        .firstNotFinite()
        .ifPresent(
            name -> {
              throw new MalformedModelException(
                  file
                      + ": initializer "
                      + name
                      + " holds NaN or infinity; the training diverged or the file is damaged: use"
                      + " another model");
            });
  }
}
