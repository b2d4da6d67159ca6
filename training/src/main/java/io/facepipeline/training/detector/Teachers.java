package io.facepipeline.training.detector;

import io.facepipeline.Face;
import io.facepipeline.FaceDetector;
import io.facepipeline.FacePipelineException;
import io.facepipeline.Image;
import io.facepipeline.Landmarks;
import io.facepipeline.Point;
import io.facepipeline.detection.mtcnn.Mtcnn;
import io.facepipeline.detection.onestage.DetectorModel;
import io.facepipeline.models.DefaultModels;
import io.facepipeline.onnx.store.ModelStore;
import io.facepipeline.training.faces.TruthMaker;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Detectors that say where the faces are that nobody marked, and where their landmarks are. The
 * first one's boxes count; the landmarks are the mean of all that find the face. Thread-safe.
 */
final class Teachers implements AutoCloseable {
  private static final String PUBLISHED = "mtcnn";
  private static final int SMALLEST_FACE = 20;

  /** The least score of one-stage detectors, and that of faces that surely are some. */
  private static final float LEAST_SCORE = 0.5f;

  private static final float SURE = 0.8f;
  private static final float SAME_FACE = 0.4f;

  /** Landmarks that are further apart than this, in eye distances, are not of the same mind. */
  private static final double AGREED = 0.25;

  private final List<FaceDetector> detectors = new ArrayList<>();
  private final float sure;

  /**
   * @param names {@code mtcnn-default}, {@code mtcnn}, a one-stage detector of the catalog or a
   *     file
   * @param store finds published files
   */
  Teachers(List<String> names, ModelStore store) {
    boolean cascade = names.get(0).equals(DefaultModels.MTCNN) || names.get(0).equals(PUBLISHED);
    sure = cascade ? TruthMaker.SURE : SURE;
    try {
      names.forEach(name -> detectors.add(open(name, store)));
    } catch (RuntimeException e) {
      close();
      throw e;
    }
  }

  private static FaceDetector open(String name, ModelStore store) {
    if (name.equals(DefaultModels.MTCNN)) {
      return DefaultModels.mtcnn().minFaceSize(SMALLEST_FACE).parallelism(1).build();
    }
    if (name.equals(PUBLISHED)) {
      return Mtcnn.builder()
          .models(store)
          .minFaceSize(SMALLEST_FACE)
          .parallelism(1)
          .suppressRepeats()
          .build();
    }
    Path file = Path.of(name);
    return DetectorModel.named(name)
        .or(
            () ->
                Files.isRegularFile(file)
                    ? java.util.Optional.of(DetectorModel.of(file))
                    : java.util.Optional.empty())
        .orElseThrow(
            () ->
                new FacePipelineException(
                    "--teacher is "
                        + DefaultModels.MTCNN
                        + ", "
                        + PUBLISHED
                        + ", a one-stage detector of the catalog or an ONNX file of one, got "
                        + name))
        .withModels(store)
        .withScoreThreshold(LEAST_SCORE)
        .withParallelism(1)
        .open();
  }

  /** {@return the score from which on a face that nobody marked is one} */
  float sure() {
    return sure;
  }

  /** {@return the faces of a photo} */
  List<Face> detect(Image image) {
    List<Face> faces = detectors.get(0).detect(image);
    for (FaceDetector other : detectors.subList(1, detectors.size())) {
      List<Face> found = other.detect(image);
      faces = faces.stream().map(face -> withMean(face, found)).toList();
    }
    return faces;
  }

  private static Face withMean(Face face, List<Face> others) {
    Face same = null;
    float most = SAME_FACE;
    for (Face other : others) {
      float overlap = face.box().intersectionOverUnion(other.box());
      if (overlap > most) {
        most = overlap;
        same = other;
      }
    }
    Landmarks mean = same == null ? null : mean(face.landmarks(), same.landmarks());
    return mean == null ? face : new Face(face.box(), mean, face.score());
  }

  private static @Nullable Landmarks mean(Landmarks one, Landmarks other) {
    if (!(one.errorOf(other) < AGREED)) {
      return null;
    }
    float[] xy = new float[10];
    for (int i = 0; i < 5; i++) {
      Point a = one.points().get(i);
      Point b = other.points().get(i);
      xy[2 * i] = (a.x() + b.x()) / 2;
      xy[2 * i + 1] = (a.y() + b.y()) / 2;
    }
    return Landmarks.of(xy);
  }

  @Override
  public void close() {
    for (FaceDetector detector : detectors) {
      detector.close();
    }
  }
}
