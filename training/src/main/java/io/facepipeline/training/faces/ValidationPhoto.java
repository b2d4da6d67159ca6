package io.facepipeline.training.faces;

import io.facepipeline.evaluation.detection.AnnotatedFace;
import io.facepipeline.evaluation.detection.AnnotatedFace.FaceRegion;
import java.nio.file.Path;
import java.util.List;

/**
 * A photo that a detector is measured on.
 *
 * @param file the photo
 * @param faces the faces that people marked in it
 */
public record ValidationPhoto(Path file, List<AnnotatedFace> faces) {
  public ValidationPhoto {
    faces = List.copyOf(faces);
  }

  /**
   * {@return photos of a table of labels to measure with; without those in which a face is neither
   * to be found nor to be left out}
   *
   * @param labelled the photos
   */
  public static List<ValidationPhoto> of(List<LabelledPhoto> labelled) {
    return labelled.stream()
        .filter(photo -> photo.faces().stream().noneMatch(LabelledFace::ignored))
        .map(
            photo ->
                new ValidationPhoto(
                    photo.file(),
                    photo.faces().stream()
                        .map(
                            face ->
                                new AnnotatedFace(
                                    new FaceRegion.Rectangle(face.box()), face.landmarks()))
                        .toList()))
        .toList();
  }
}
