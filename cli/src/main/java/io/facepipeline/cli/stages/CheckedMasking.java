package io.facepipeline.cli.stages;

import io.facepipeline.Face;
import io.facepipeline.FaceDetector;
import io.facepipeline.Image;
import io.facepipeline.drawing.FaceMasking;
import java.util.List;

/**
 * Hides faces in photos, and then what a detector still finds: it may take a smooth patch for a
 * face, or see one that it did not see before. As thread-safe as the detector.
 *
 * @param detector looks at what was hidden
 * @param masking hides
 */
public record CheckedMasking(FaceDetector detector, FaceMasking masking) {
  /** How often what is found again is hidden. */
  private static final int LOOKS = 3;

  /** Boxes of one face overlap so much. */
  private static final float SAME_FACE = 0.2f;

  /**
   * A photo without faces.
   *
   * @param image the photo
   * @param found how many faces the detector finds in it all the same
   */
  public record Masked(Image image, int found) {}

  /** The photo without faces, but for some. */
  public Masked mask(Image photo, List<Face> hidden, List<Face> shown) {
    Image left = masking.mask(photo, hidden);
    for (int look = 0; ; look++) {
      List<Face> found = notShown(detector.detect(left), shown);
      if (found.isEmpty() || look == LOOKS) {
        return new Masked(left, found.size());
      }
      left = masking.mask(left, found);
    }
  }

  private static List<Face> notShown(List<Face> found, List<Face> shown) {
    return found.stream()
        .filter(
            face ->
                shown.stream()
                    .noneMatch(kept -> kept.box().intersectionOverUnion(face.box()) >= SAME_FACE))
        .toList();
  }
}
