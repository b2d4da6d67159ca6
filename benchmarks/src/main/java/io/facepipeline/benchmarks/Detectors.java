package io.facepipeline.benchmarks;

import io.facepipeline.FaceDetector;
import io.facepipeline.detection.mtcnn.Mtcnn;
import io.facepipeline.detection.mtcnn.cascade.PlainMtcnn;
import io.facepipeline.detection.onestage.DetectorModel;

/** The detectors that are compared, by name. */
final class Detectors {
  private static final int CORES = Runtime.getRuntime().availableProcessors();

  /** The longer side of photos that one-stage detectors see in one size. */
  private static final int SIDE = 640;

  private Detectors() {}

  static FaceDetector named(String name, int minFace) {
    return switch (name) {
      case "facepipeline" -> Mtcnn.builder().minFaceSize(minFace).build();
      case "facepipeline-1" -> Mtcnn.builder().minFaceSize(minFace).parallelism(1).build();
      case "plain-onnxruntime" -> PlainMtcnn.onnxRuntime(minFace, CORES);
      case "plain-onnxruntime-1" -> PlainMtcnn.onnxRuntime(minFace, 1);
      case "yunet" -> DetectorModel.YUNET.withMinFaceSize(minFace).open();
      case "yunet-640" -> DetectorModel.YUNET.withInputSize(SIDE).open();
      case "scrfd-500m-640" -> DetectorModel.SCRFD_500M.withInputSize(SIDE).open();
      case "opencv-yunet-640" -> new OpenCvYuNet(SIDE);
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
