package io.facepipeline.training.faces;

import io.facepipeline.Box;
import io.facepipeline.Landmarks;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What a photo is held to show.
 *
 * @param faces the faces to find
 * @param ignored boxes in which nothing is held to be known
 */
public record TrueFaces(List<TrueFace> faces, List<Box> ignored) {
  /** Of a window that shares more than this with an ignored box, nothing is known. */
  private static final float IGNORED_SHARE = 0.3f;

  public TrueFaces {
    faces = List.copyOf(faces);
    ignored = List.copyOf(ignored);
  }

  /**
   * A face to find.
   *
   * @param box where it is
   * @param landmarks its landmarks where they are known
   */
  public record TrueFace(Box box, @Nullable Landmarks landmarks) {}

  /** {@return the face that a window shares most with; null without a face} */
  public @Nullable TrueFace nearest(Box window) {
    TrueFace nearest = null;
    float most = -1;
    for (TrueFace face : faces) {
      float overlap = face.box().intersectionOverUnion(window);
      if (overlap > most) {
        most = overlap;
        nearest = face;
      }
    }
    return nearest;
  }

  /** {@return whether nothing is known of a window} */
  public boolean ignores(Box window) {
    for (Box box : ignored) {
      float width = Math.min(box.x2(), window.x2()) - Math.max(box.x1(), window.x1());
      float height = Math.min(box.y2(), window.y2()) - Math.max(box.y1(), window.y1());
      if (width > 0
          && height > 0
          && width * height > IGNORED_SHARE * Math.min(box.area(), window.area())) {
        return true;
      }
    }
    return false;
  }
}
