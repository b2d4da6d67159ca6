package io.facepipeline.training.mtcnn;

import io.facepipeline.evaluation.AnnotatedFace;
import java.nio.file.Path;
import java.util.List;

/**
 * A photo that a detector is measured on.
 *
 * @param file the photo
 * @param faces the faces that people marked in it
 */
record ValidationPhoto(Path file, List<AnnotatedFace> faces) {
  ValidationPhoto {
    faces = List.copyOf(faces);
  }
}
