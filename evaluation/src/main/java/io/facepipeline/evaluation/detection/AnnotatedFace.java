package io.facepipeline.evaluation.detection;

import io.facepipeline.Box;
import io.facepipeline.FacePipelineException;
import io.facepipeline.Landmarks;
import io.facepipeline.evaluation.internal.DetectionTruth;
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
  /** The annotated region of a face, in pixels of the upright image. */
  public sealed interface FaceRegion permits FaceRegion.Rectangle, FaceRegion.Ellipse {
    /** {@return the area in square pixels} */
    double area();

    /** {@return the smallest upright box around the region} */
    Box bounds();

    /**
     * {@return the area in square pixels that the region shares with a box}
     *
     * @param box the box
     */
    double intersection(Box box);

    /**
     * {@return the intersection over union with a box, 0 (apart) to 1 (equal); parts outside the
     * image count too; 0 if both are empty}
     *
     * @param box the box
     */
    default double intersectionOverUnion(Box box) {
      double shared = intersection(box);
      return shared <= 0 ? 0 : shared / (area() + (double) box.width() * box.height() - shared);
    }

    /**
     * A box.
     *
     * @param bounds the box
     */
    record Rectangle(Box bounds) implements FaceRegion {
      @Override
      public double area() {
        return (double) bounds.width() * bounds.height();
      }

      @Override
      public double intersection(Box box) {
        double w = (double) Math.min(bounds.x2(), box.x2()) - Math.max(bounds.x1(), box.x1());
        double h = (double) Math.min(bounds.y2(), box.y2()) - Math.max(bounds.y1(), box.y1());
        return w <= 0 || h <= 0 ? 0 : w * h;
      }
    }

    /**
     * An ellipse, with the five numbers of FDDB's annotations (vis-www.cs.umass.edu/fddb).
     *
     * @param majorRadius half the longer axis in pixels, positive
     * @param minorRadius half the shorter axis in pixels, positive
     * @param angle the angle between the major axis and the horizontal in radians, toward growing y
     * @param centerX the center's x in pixels
     * @param centerY the center's y in pixels
     */
    record Ellipse(
        double majorRadius, double minorRadius, double angle, double centerX, double centerY)
        implements FaceRegion {
      private static final int SLICES = 2048;

      /**
       * Creates an ellipse.
       *
       * @throws IllegalArgumentException if a radius is not positive or a number is not finite
       */
      public Ellipse {
        if (!(majorRadius > 0 && minorRadius > 0)
            || !Double.isFinite(majorRadius + minorRadius + angle + centerX + centerY)) {
          throw new IllegalArgumentException(
              "an ellipse needs positive radii and finite numbers, got "
                  + majorRadius
                  + " "
                  + minorRadius
                  + " "
                  + angle
                  + " "
                  + centerX
                  + " "
                  + centerY);
        }
      }

      @Override
      public double area() {
        return Math.PI * majorRadius * minorRadius;
      }

      @Override
      public Box bounds() {
        double w = halfWidth(angle);
        double h = halfWidth(angle - Math.PI / 2);
        return new Box(
            (float) (centerX - w),
            (float) (centerY - h),
            (float) (centerX + w),
            (float) (centerY + h));
      }

      @Override
      public double intersection(Box box) {
        double h = halfWidth(angle - Math.PI / 2);
        double top = Math.max(box.y1(), centerY - h);
        double bottom = Math.min(box.y2(), centerY + h);
        if (top >= bottom) {
          return 0;
        }
        // The ellipse is q(x, y) <= 1 for a quadratic form; in a slice of constant y that is a
        // chord.
        double cos = Math.cos(angle);
        double sin = Math.sin(angle);
        double a2 = majorRadius * majorRadius;
        double b2 = minorRadius * minorRadius;
        double xx = cos * cos / a2 + sin * sin / b2;
        double xy = cos * sin * (1 / a2 - 1 / b2);
        double yy = sin * sin / a2 + cos * cos / b2;
        double height = (bottom - top) / SLICES;
        double sum = 0;
        for (int i = 0; i < SLICES; i++) {
          double y = top + (i + 0.5) * height - centerY;
          double root = xy * y * xy * y - xx * (yy * y * y - 1);
          if (root > 0) {
            double half = Math.sqrt(root) / xx;
            double middle = centerX - xy * y / xx;
            sum +=
                Math.max(0, Math.min(middle + half, box.x2()) - Math.max(middle - half, box.x1()));
          }
        }
        return sum * height;
      }

      /** Half the extent along the horizontal of the ellipse turned to an angle. */
      private double halfWidth(double turned) {
        return Math.hypot(majorRadius * Math.cos(turned), minorRadius * Math.sin(turned));
      }
    }
  }

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
