package io.facepipeline.detection.onestage;

import io.facepipeline.onnx.OnnxModel;
import io.facepipeline.onnx.OnnxOptions;
import io.facepipeline.onnx.internal.OnnxContent;
import java.nio.file.Path;

/** Where a network comes from: a file, or weights of the library's own architecture. */
interface NetworkFile {
  /** {@return the network, opened; the caller closes it} */
  OnnxModel load(OnnxOptions options);

  /** {@return the bytes of the ONNX file} */
  byte[] content();

  /** {@return what messages call it} */
  @Override
  String toString();

  /** {@return an ONNX file} */
  static NetworkFile of(Path file) {
    return new NetworkFile() {
      @Override
      public OnnxModel load(OnnxOptions options) {
        return OnnxModel.load(file, options);
      }

      @Override
      public byte[] content() {
        return OnnxContent.readWhole(file);
      }

      @Override
      public String toString() {
        return file.toString();
      }
    };
  }

  /** {@return a network that has no file} */
  static NetworkFile of(String name, byte[] model) {
    return new NetworkFile() {
      @Override
      public OnnxModel load(OnnxOptions options) {
        return OnnxModel.load(model, options);
      }

      @Override
      public byte[] content() {
        return model;
      }

      @Override
      public String toString() {
        return name;
      }
    };
  }
}
