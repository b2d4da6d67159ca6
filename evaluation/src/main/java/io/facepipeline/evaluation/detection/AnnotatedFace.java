package io.facepipeline.evaluation.detection;

import io.facepipeline.FacePipelineException;
import io.facepipeline.Landmarks;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * A face that a person annotated in a photo. Immutable.
 *
 * @param region where it is
 * @param marked its landmarks; null if they were not annotated
 */
public record AnnotatedFace(FaceRegion region, @Nullable Landmarks marked) {
  /**
   * {@return a face without landmarks}
   *
   * @param region where it is
   */
  public static AnnotatedFace of(FaceRegion region) {
    return new AnnotatedFace(region, null);
  }

  /**
   * {@return the annotated faces of each photo, by the photo's path below the folder of images}
   * They are read from one of these:
   *
   * <ul>
   *   <li>FDDB's ellipse lists as published (vis-www.cs.umass.edu/fddb), such as {@code
   *       FDDB-fold-01-ellipseList.txt}: for each photo a line with its name without suffix, a line
   *       with the number of faces, and a line per face with its ellipse: major radius, minor
   *       radius, angle, center x, center y, and a last number that means nothing;
   *   <li>JSON, an array of {@code {"file", "ellipses": [[major, minor, angle, x, y]], "boxes":
   *       [[x1, y1, x2, y2]]}}, of which the ellipses are preferred;
   *   <li>JSON, an object {@code {"images": {path: {"faces": [{"box": [x1, y1, x2, y2],
   *       "landmarks": [[x, y], ...]}]}}}}, where landmarks may be left out.
   * </ul>
   *
   * @param file a file of JSON if its name ends in {@code .json}, or else an ellipse list
   * @throws FacePipelineException if the file cannot be read or is of another form
   */
  public static Map<String, List<AnnotatedFace>> read(Path file) {
    return DetectionTruth.read(file);
  }

  /** {@return the landmarks, if they were annotated} */
  public Optional<Landmarks> landmarks() {
    return Optional.ofNullable(marked);
  }
}
