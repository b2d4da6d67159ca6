package io.facepipeline.evaluation;

import io.facepipeline.evaluation.EvaluationRun.EvaluatedPhoto;
import java.nio.file.Path;
import java.util.List;

/** Photos for tests that no pipeline has seen. */
public final class EvaluatedPhotos {
  private EvaluatedPhotos() {}

  /** A photo in which no face was found. */
  public static EvaluatedPhoto withoutFace(Path file) {
    return EvaluatedPhoto.detected(file, List.of());
  }
}
