package io.facepipeline.training.detector;

import io.facepipeline.Box;
import io.facepipeline.Image;
import io.facepipeline.Landmarks;
import io.facepipeline.training.faces.TrueFaces;
import io.facepipeline.training.faces.TrueFaces.TrueFace;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * A part of a photo in a view: enlarged or shrunk, and mirrored or not.
 *
 * @param x the photo's column at the part's left edge, or at its right edge if it is mirrored
 * @param y the photo's row at the part's upper edge
 * @param scale pixels of the view per pixel of the photo
 * @param mirrored whether left and right are exchanged
 * @param left the part's first column in the view
 * @param top its first row
 * @param width its width in the view
 * @param height its height in the view
 */
record Placed(
    double x, double y, double scale, boolean mirrored, int left, int top, int width, int height) {
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
    for (int row = 0; row < height; row++) {
      for (int column = 0; column < width; column++) {
        int at = CHANNELS * ((top + row) * side + left + (mirrored ? width - 1 - column : column));
        int hits = 0;
        sums[0] = sums[1] = sums[2] = 0;
        for (int i = 0; i < samples; i++) {
          double py = y + (row + (i + 0.5) / samples) / scale - 0.5;
          for (int k = 0; k < samples; k++) {
            double px = x + (column + (k + 0.5) / samples) / scale - 0.5;
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

  private float column(float photoX) {
    double across = (photoX - x) * scale;
    return (float) (left + (mirrored ? width - across : across));
  }

  private float row(float photoY) {
    return (float) (top + (photoY - y) * scale);
  }

  private Box inView(Box box) {
    float one = column(box.x1());
    float other = column(box.x2());
    return new Box(Math.min(one, other), row(box.y1()), Math.max(one, other), row(box.y2()));
  }

  private Landmarks inView(Landmarks landmarks) {
    int[] order = mirrored ? new int[] {1, 0, 2, 4, 3} : new int[] {0, 1, 2, 3, 4};
    float[] xy = new float[2 * order.length];
    for (int i = 0; i < order.length; i++) {
      xy[2 * i] = column(landmarks.points().get(order[i]).x());
      xy[2 * i + 1] = row(landmarks.points().get(order[i]).y());
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
