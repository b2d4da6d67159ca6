package io.facepipeline.internal;

import io.facepipeline.CropSpec;
import io.facepipeline.Face;
import io.facepipeline.Image;
import io.facepipeline.Point;
import io.facepipeline.align.AffineMatrix;
import io.facepipeline.align.StandardAligner;
import java.util.ArrayList;
import java.util.List;

/** Where points of a crop lie in the photo that it was cut from. */
public final class CropPoints {
  private CropPoints() {}

  /**
   * {@return whether a face is cut by its box alone, so that its landmarks play no part}
   *
   * @param spec how it is cut
   */
  public static boolean isByBox(CropSpec spec) {
    return spec.rule() instanceof CropSpec.Rule.ScaledBox
        || spec.rule() instanceof CropSpec.Rule.Margin;
  }

  /**
   * {@return the places in the photo}
   *
   * @param image the photo
   * @param face the face that was cut out
   * @param spec how it was cut by the standard aligner
   * @param points places in the crop, in pixels
   * @throws io.facepipeline.AlignmentException if the face cannot be cut out
   */
  public static List<Point> inPhoto(Image image, Face face, CropSpec spec, List<Point> points) {
    AffineMatrix map = StandardAligner.toPhoto(image, face, spec);
    List<Point> places = new ArrayList<>(points.size());
    for (Point p : points) {
      places.add(new Point((float) map.mapX(p.x(), p.y()), (float) map.mapY(p.x(), p.y())));
    }
    return List.copyOf(places);
  }
}
