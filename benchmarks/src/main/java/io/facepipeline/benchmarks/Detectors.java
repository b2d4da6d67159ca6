package io.facepipeline.benchmarks;

import io.facepipeline.FaceDetector;
import io.facepipeline.detection.mtcnn.Mtcnn;
import io.facepipeline.detection.mtcnn.cascade.PlainMtcnn;

/** The detectors that are compared, by name. */
final class Detectors {
  private static final int CORES = Runtime.getRuntime().availableProcessors();

  private Detectors() {}

  static FaceDetector named(String name, int minFace) {
    return switch (name) {
      case "facepipeline" -> Mtcnn.builder().minFaceSize(minFace).build();
      case "facepipeline-1" -> Mtcnn.builder().minFaceSize(minFace).parallelism(1).build();
      case "plain-onnxruntime" -> PlainMtcnn.onnxRuntime(minFace, CORES);
      case "plain-onnxruntime-1" -> PlainMtcnn.onnxRuntime(minFace, 1);
      case "opencv-dnn" -> PlainMtcnn.on(minFace, OpenCvNetwork::new);
      default -> {
        if (name.startsWith("haarcascade_") || name.startsWith("lbpcascade_")) {
          yield new CascadeDetector(name, minFace);
        }
        throw new IllegalArgumentException("no detector is called " + name);
      }
    };
  }
}
