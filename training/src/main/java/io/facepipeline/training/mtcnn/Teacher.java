package io.facepipeline.training.mtcnn;

import io.facepipeline.Face;
import io.facepipeline.Image;
import io.facepipeline.detection.mtcnn.Mtcnn;
import io.facepipeline.detection.mtcnn.cascade.MtcnnStages;
import io.facepipeline.onnx.checkpoint.Checkpoint;
import java.util.List;
import java.util.stream.Collectors;

/**
 * A trained MTCNN: finds the faces that were not marked and the landmarks of those that were, and
 * says of every crop how much of a face it is. Thread-safe.
 */
final class Teacher implements AutoCloseable {
  /** Smaller faces than this are too few pixels for landmarks to mean something. */
  private static final int SMALLEST_FACE = 14;

  private final List<Checkpoint> weights;
  private final Mtcnn detector;
  private final MtcnnStages stages;

  /**
   * Creates it.
   *
   * @param weights of P-Net, R-Net and O-Net
   */
  Teacher(List<Checkpoint> weights) {
    this.weights = List.copyOf(weights);
    Checkpoint pnet = weights.get(0);
    Checkpoint rnet = weights.get(1);
    Checkpoint onet = weights.get(2);
    stages = new MtcnnStages(pnet, rnet, onet);
    try {
      detector =
          Mtcnn.builder()
              .weights(pnet, rnet, onet)
              .minFaceSize(SMALLEST_FACE)
              .parallelism(1)
              .build();
    } catch (RuntimeException e) {
      stages.close();
      throw e;
    }
  }

  /** {@return the faces that it finds} */
  List<Face> detect(Image image) {
    return detector.detect(image);
  }

  /** {@return the hashes of its files, P-Net's first} */
  String sha256() {
    return weights.stream().map(Checkpoint::sha256).collect(Collectors.joining(" "));
  }

  /** {@return a detector of its networks with the usual settings, to be closed by the caller} */
  Mtcnn detector() {
    return Mtcnn.builder()
        .weights(weights.get(0), weights.get(1), weights.get(2))
        .parallelism(1)
        .build();
  }

  /** {@return its networks one by one} */
  MtcnnStages stages() {
    return stages;
  }

  @Override
  public void close() {
    try (stages) {
      detector.close();
    }
  }
}
