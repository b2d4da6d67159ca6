package io.facepipeline.training.mtcnn;

import io.facepipeline.Face;
import io.facepipeline.Image;
import io.facepipeline.detection.Mtcnn;
import io.facepipeline.detection.MtcnnStages;
import io.facepipeline.onnx.checkpoint.Checkpoint;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Collectors;

/**
 * A trained MTCNN: finds the faces that were not marked and the landmarks of those that were, and
 * says of every crop how much of a face it is. Thread-safe.
 */
final class Teacher implements AutoCloseable {
  /** Smaller faces than this are too few pixels for landmarks to mean something. */
  private static final int SMALLEST_FACE = 14;

  private final List<Path> files;
  private final Mtcnn detector;
  private final MtcnnStages stages;

  Teacher(Path pnet, Path rnet, Path onet) {
    files = List.of(pnet, rnet, onet);
    stages = new MtcnnStages(Checkpoint.read(pnet), Checkpoint.read(rnet), Checkpoint.read(onet));
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
    return files.stream().map(Checkpoint::sha256).collect(Collectors.joining(" "));
  }

  /** {@return a detector of its networks with the usual settings, to be closed by the caller} */
  Mtcnn detector() {
    return Mtcnn.builder().weights(files.get(0), files.get(1), files.get(2)).parallelism(1).build();
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
