package io.facepipeline.training.detector;

import io.facepipeline.Box;
import io.facepipeline.Image;
import io.facepipeline.Landmarks;
import io.facepipeline.Point;
import io.facepipeline.training.faces.TrueFaces;
import io.facepipeline.training.faces.TrueFaces.TrueFace;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * A part of a photo in a view: enlarged or shrunk, tilted about its middle, and mirrored or not.
 *
 * @param x the photo's column at the part's left edge, or at its right edge if it is mirrored; of a
 *     tilted part, before it is tilted
 * @param y the photo's row at the part's upper edge
 * @param scale pixels of the view per pixel of the photo
 * @param tilt how far the photo is turned in the part, in radians, clockwise before it is mirrored
 * @param mirrored whether left and right are exchanged
 * @param left the part's first column in the view
 * @param top its first row
 * @param width its width in the view
 * @param height its height in the view
 */
record Placed(
    double x,
    double y,
    double scale,
    double tilt,
    boolean mirrored,
    int left,
    int top,
    int width,
    int height) {
  private static final int CHANNELS = 3;

  /** A face of which less can be seen is neither to be found nor to be left out. */
  private static final double SEEN = 0.6;

  /** Of a face of which less can be seen there is nothing to find. */
  private static final double UNSEEN = 0.1;

  /** Faces with a shorter side than this, in pixels of the view, are ignored. */
  private static final float SMALLEST = 6;

  /** In smaller faces the places of landmarks mean little. */
  private static final float SMALLEST_WITH_LANDMARKS = 10;

  /**
   * Draws the part into a view; what lies beside the photo stays as it is.
   *
   * @param samples averages so many samples squared per pixel; 1 is plain bilinear interpolation,
   *     which leaves out pixels where it shrinks, as the detector's own input does
   */
  void draw(Image photo, int samples, byte[] view, int side) {
    byte[] rgb = photo.unsafeRgb();
    int[] sums = new int[CHANNELS];
    double cos = Math.cos(tilt) / scale;
    double sin = Math.sin(tilt) / scale;
    double middleX = x + width / (2 * scale) - 0.5;
    double middleY = y + height / (2 * scale) - 0.5;
    for (int row = 0; row < height; row++) {
      for (int column = 0; column < width; column++) {
        int at = CHANNELS * ((top + row) * side + left + (mirrored ? width - 1 - column : column));
        int hits = 0;
        sums[0] = sums[1] = sums[2] = 0;
        for (int i = 0; i < samples; i++) {
          double down = row + (i + 0.5) / samples - height / 2.0;
          for (int k = 0; k < samples; k++) {
            double across = column + (k + 0.5) / samples - width / 2.0;
            double px = middleX + cos * across + sin * down;
            double py = middleY - sin * across + cos * down;
            hits += sample(rgb, photo.width(), photo.height(), px, py, sums);
          }
        }
        for (int c = 0; hits > 0 && c < CHANNELS; c++) {
          view[at + c] = (byte) ((sums[c] + 32 * hits) / (64 * hits));
        }
      }
    }
  }

  /** Adds 64 times the color at a place; returns 0 if that is beside the photo. */
  private static int sample(byte[] rgb, int width, int height, double px, double py, int[] sums) {
    if (px < -0.5 || py < -0.5 || px > width - 0.5 || py > height - 0.5) {
      return 0;
    }
    int column = (int) Math.max(0, px);
    int row = (int) Math.max(0, py);
    int right = (int) (8 * Math.max(0, px - column));
    int lower = (int) (8 * Math.max(0, py - row));
    int first = CHANNELS * (row * width + column);
    int next = column + 1 < width ? CHANNELS : 0;
    int below = row + 1 < height ? CHANNELS * width : 0;
    for (int c = 0; c < CHANNELS; c++) {
      int at = first + c;
      sums[c] +=
          (8 - lower) * ((8 - right) * (rgb[at] & 0xff) + right * (rgb[at + next] & 0xff))
              + lower
                  * ((8 - right) * (rgb[at + below] & 0xff)
                      + right * (rgb[at + below + next] & 0xff));
    }
    return 1;
  }

  /**
   * Adds what the part shows.
   *
   * @param truth of the photo, in its pixels
   */
  void add(TrueFaces truth, List<TrueFace> faces, List<Box> ignored) {
    for (TrueFace face : truth.faces()) {
      Box whole = inView(face.box());
      Box seen = seen(whole);
      if (seen == null || seen.area() < UNSEEN * whole.area()) {
        continue;
      }
      float shorter = Math.min(seen.width(), seen.height());
      if (seen.area() < SEEN * whole.area() || shorter < SMALLEST) {
        ignored.add(seen);
      } else {
        Landmarks landmarks = face.landmarks();
        faces.add(
            new TrueFace(
                seen,
                landmarks == null || shorter < SMALLEST_WITH_LANDMARKS ? null : inView(landmarks)));
      }
    }
    for (Box box : truth.ignored()) {
      Box seen = seen(inView(box));
      if (seen != null) {
        ignored.add(seen);
      }
    }
  }

  private Point inView(float photoX, float photoY) {
    double right = (photoX - x) * scale - width / 2.0;
    double lower = (photoY - y) * scale - height / 2.0;
    double across = width / 2.0 + Math.cos(tilt) * right - Math.sin(tilt) * lower;
    double down = height / 2.0 + Math.sin(tilt) * right + Math.cos(tilt) * lower;
    return new Point((float) (left + (mirrored ? width - across : across)), (float) (top + down));
  }

  /** The box of a tilted face is the one around the ellipse in its own box. */
  private Box inView(Box box) {
    Point middle = inView((box.x1() + box.x2()) / 2, (box.y1() + box.y2()) / 2);
    double wide = box.width() * scale / 2;
    double high = box.height() * scale / 2;
    float across = (float) Math.hypot(wide * Math.cos(tilt), high * Math.sin(tilt));
    float down = (float) Math.hypot(wide * Math.sin(tilt), high * Math.cos(tilt));
    return new Box(middle.x() - across, middle.y() - down, middle.x() + across, middle.y() + down);
  }

  private Landmarks inView(Landmarks landmarks) {
    int[] order = mirrored ? new int[] {1, 0, 2, 4, 3} : new int[] {0, 1, 2, 3, 4};
    float[] xy = new float[2 * order.length];
    for (int i = 0; i < order.length; i++) {
      Point photo = landmarks.points().get(order[i]);
      Point place = inView(photo.x(), photo.y());
      xy[2 * i] = place.x();
      xy[2 * i + 1] = place.y();
    }
    return Landmarks.of(xy);
  }

  private @Nullable Box seen(Box box) {
    float x1 = Math.max(left, box.x1());
    float y1 = Math.max(top, box.y1());
    float x2 = Math.min(left + width, box.x2());
    float y2 = Math.min(top + height, box.y2());
    return x1 < x2 && y1 < y2 ? new Box(x1, y1, x2, y2) : null;
  }
}
