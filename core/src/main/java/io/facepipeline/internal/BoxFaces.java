package io.facepipeline.internal;

import io.facepipeline.Box;
import io.facepipeline.Face;
import io.facepipeline.FacePipelineException;
import io.facepipeline.Image;
import io.facepipeline.LandmarkFinder;
import io.facepipeline.Landmarks;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;

/**
 * Makes faces of the boxes of a detector without landmarks, by a finder that it owns. As
 * thread-safe as the finder.
 */
public final class BoxFaces implements AutoCloseable {
  private final LandmarkFinder finder;

  /**
   * @param finder finds the landmarks; closed with this if it can be closed
   */
  public BoxFaces(LandmarkFinder finder) {
    this.finder = finder;
  }

  /**
   * {@return the faces, largest first}
   *
   * @param image the image
   * @param boxes the boxes, each with a pixel inside the image
   * @param scores the score of each box
   */
  public List<Face> of(Image image, List<Box> boxes, List<Float> scores) {
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

  @Override
  public void close() {
    if (finder instanceof AutoCloseable closeable) {
      try {
        closeable.close();
      } catch (RuntimeException e) {
        throw e;
      } catch (Exception e) {
        throw new FacePipelineException("the landmark finder cannot be closed: " + e, e);
      }
    }
  }
}
