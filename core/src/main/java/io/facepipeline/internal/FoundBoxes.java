package io.facepipeline.internal;

import io.facepipeline.Box;
import io.facepipeline.Face;
import io.facepipeline.Image;
import io.facepipeline.LandmarkFinder;
import io.facepipeline.Landmarks;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;

/** Makes faces of the boxes that a detector without landmarks has found. */
public final class FoundBoxes {
  private FoundBoxes() {}

  /**
   * {@return the faces, largest first}
   *
   * @param image the image
   * @param boxes the boxes, each with a pixel inside the image
   * @param scores the score of each box
   * @param finder finds the landmarks
   */
  public static List<Face> faces(
      Image image, List<Box> boxes, List<Float> scores, LandmarkFinder finder) {
    if (boxes.isEmpty()) {
      return List.of();
    }
    List<Landmarks> landmarks = finder.landmarks(image, boxes);
    List<Face> faces = new ArrayList<>(boxes.size());
    for (int i = 0; i < boxes.size(); i++) {
      faces.add(new Face(boxes.get(i), landmarks.get(i), scores.get(i)));
    }
    faces.sort(Comparator.comparingDouble((Face face) -> face.box().area()).reversed());
    return faces;
  }
}
