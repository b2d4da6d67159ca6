package io.facepipeline.drawing;

import io.facepipeline.Box;
import io.facepipeline.Face;
import io.facepipeline.Identification;
import io.facepipeline.Image;
import java.awt.Color;
import java.util.Collection;
import java.util.List;
import java.util.Locale;
import java.util.Set;

/**
 * Hides faces so that they cannot be shown again: an ellipse around each face is blurred, pixelated
 * or filled. Immutable and thread-safe.
 *
 * <pre>{@code
 * FaceMasking masking = FaceMasking.blur();
 * masking.mask(photo, faces.detect(photo)).writeJpeg(file, 0.9f);
 * masking.maskAllBut(photo, faces.identify(photo), Set.of("ada"));
 * }</pre>
 *
 * <p>Blurred and pixelated faces are made of a few cells ({@link #withCells}), whose mean colors
 * are rounded to {@value #LEVELS} levels; nothing else of the face is used, so nothing else can be
 * restored. What remains is the color of skin and hair, and the light. Whoever has photos of few
 * people and masks them in the same way may still guess which of them fits best; {@link #fill}
 * leaves nothing to guess from. Clothes, place and company tell who someone is, too.
 */
public final class FaceMasking {
  private static final int LEVELS = 16;
  private static final int LEVEL_BITS = 4;
  private static final double DEFAULT_MARGIN = 0.3;
  private static final int BLURRED_CELLS = 3;
  private static final int PIXELATED_CELLS = 4;
  private static final int MOST_CELLS = 6;

  /** A smooth patch of more contrast looks like a face out of focus, to detectors too. */
  private static final double BLURRED_CONTRAST = 0.5;

  /** Cells of a small face are not smaller: pixels of its own would be left. */
  private static final double LEAST_CELL = 4;

  private enum Kind {
    BLUR,
    PIXELATE,
    FILL
  }

  private final Kind kind;
  private final int color;
  private final double margin;
  private final int cells;

  private FaceMasking(Kind kind, int color, double margin, int cells) {
    this.kind = kind;
    this.color = color;
    this.margin = margin;
    this.cells = cells;
  }

  /** {@return masking by a smooth patch in the colors of the face} */
  public static FaceMasking blur() {
    return new FaceMasking(Kind.BLUR, 0, DEFAULT_MARGIN, BLURRED_CELLS);
  }

  /** {@return masking by a few squares in the colors of the face} */
  public static FaceMasking pixelate() {
    return new FaceMasking(Kind.PIXELATE, 0, DEFAULT_MARGIN, PIXELATED_CELLS);
  }

  /**
   * {@return masking by one color, which leaves nothing of the face}
   *
   * @param color the color; its alpha does not matter
   */
  public static FaceMasking fill(Color color) {
    return new FaceMasking(Kind.FILL, color.getRGB(), DEFAULT_MARGIN, 1);
  }

  /**
   * {@return this masking with another margin}
   *
   * @param share what the ellipse extends beyond each side of the face's box, in shares of that
   *     side, 0.21 to 1; by default 0.3. From 0.21 on the ellipse holds the whole box.
   * @throws IllegalArgumentException if the share is out of range
   */
  public FaceMasking withMargin(double share) {
    if (!(share >= 0.21 && share <= 1)) {
      throw new IllegalArgumentException(
          "the margin must be between 0.21, which covers a face's box, and 1, got " + share);
    }
    return new FaceMasking(kind, color, share, cells);
  }

  /**
   * {@return this masking with more or fewer cells}
   *
   * @param across cells across the longer side of the ellipse, which is 1.6 times as long as the
   *     face's box, 2 to 6; by default 3 of a blurred and 4 of a pixelated face
   * @throws IllegalArgumentException if the number is out of range, or this masking fills
   */
  public FaceMasking withCells(int across) {
    if (kind == Kind.FILL) {
      throw new IllegalArgumentException("a filled face has no cells; use blur or pixelate");
    }
    if (across < 2 || across > MOST_CELLS) {
      throw new IllegalArgumentException(
          "the number of cells must be between 2 and "
              + MOST_CELLS
              + ": of more a face may be told; got "
              + across);
    }
    return new FaceMasking(kind, color, margin, across);
  }

  /**
   * Masks faces.
   *
   * @param photo the photo; it is not changed
   * @param faces the faces to hide, which may extend beyond the photo
   * @return the photo with the faces hidden; the photo itself if there are none
   */
  public Image mask(Image photo, List<Face> faces) {
    if (faces.isEmpty()) {
      return photo;
    }
    byte[] rgb = photo.toRgb();
    // One after another, so that what is hidden already is not looked at again.
    faces.forEach(face -> new Patch(face.box(), photo.width(), photo.height(), rgb).paint());
    return Image.unsafeOfRgb(photo.width(), photo.height(), rgb);
  }

  /**
   * Masks everyone but some people. Strangers are masked, and whoever is not recognized.
   *
   * @param photo the photo; it is not changed
   * @param people the identifications of its faces
   * @param labels the labels of those to show
   * @return the photo with the other faces hidden
   */
  public Image maskAllBut(Image photo, List<Identification> people, Collection<String> labels) {
    Set<String> shown = Set.copyOf(labels);
    return mask(
        photo,
        people.stream()
            .filter(who -> who.label() == null || !shown.contains(who.label()))
            .map(Identification::face)
            .toList());
  }

  /**
   * Masks some people. A face of theirs that is not recognized stays visible: look at the result.
   *
   * @param photo the photo; it is not changed
   * @param people the identifications of its faces
   * @param labels the labels of those to hide
   * @return the photo with their faces hidden
   */
  public Image maskOnly(Image photo, List<Identification> people, Collection<String> labels) {
    Set<String> hidden = Set.copyOf(labels);
    return mask(
        photo,
        people.stream()
            .filter(who -> who.label() != null && hidden.contains(who.label()))
            .map(Identification::face)
            .toList());
  }

  /** {@return the settings, for logs} */
  @Override
  public String toString() {
    String how = kind.name().toLowerCase(Locale.ROOT);
    return how
        + (kind == Kind.FILL ? "" : " in " + cells + " cells")
        + String.format(Locale.ROOT, ", margin %.2f", margin);
  }

  /** One face's ellipse in the pixels of a photo. */
  private final class Patch {
    private final int width;
    private final byte[] rgb;
    private final double centerX;
    private final double centerY;
    private final double radiusX;
    private final double radiusY;
    private final int left;
    private final int top;
    private final int right;
    private final int bottom;

    Patch(Box box, int width, int height, byte[] rgb) {
      this.width = width;
      this.rgb = rgb;
      centerX = box.center().x();
      centerY = box.center().y();
      // A box of no width hides a pixel at least.
      radiusX = Math.max(1, box.width() * (0.5 + margin));
      radiusY = Math.max(1, box.height() * (0.5 + margin));
      left = (int) Math.max(0, Math.floor(centerX - radiusX));
      top = (int) Math.max(0, Math.floor(centerY - radiusY));
      right = (int) Math.min(width, Math.ceil(centerX + radiusX));
      bottom = (int) Math.min(height, Math.ceil(centerY + radiusY));
    }

    /**
     * The edge is hard: where a soft one lets some of the face through, it could be computed back.
     */
    void paint() {
      if (left >= right || top >= bottom) {
        return;
      }
      Cells means = kind == Kind.FILL ? null : new Cells();
      for (int y = top; y < bottom; y++) {
        for (int x = left; x < right; x++) {
          double dx = (x + 0.5 - centerX) / radiusX;
          double dy = (y + 0.5 - centerY) / radiusY;
          if (dx * dx + dy * dy <= 1) {
            int at = 3 * (y * width + x);
            for (int channel = 0; channel < 3; channel++) {
              rgb[at + channel] =
                  means == null
                      ? (byte) (color >> (16 - 8 * channel))
                      : means.at(x, y, channel, kind == Kind.BLUR);
            }
          }
        }
      }
    }

    /** The mean colors of squares that lie over the ellipse, so that they move with the face. */
    private final class Cells {
      private final double side =
          Math.max(LEAST_CELL, 2 * Math.max(radiusX, radiusY) / FaceMasking.this.cells);
      private final int columns = Math.max(1, (int) Math.ceil(2 * radiusX / side));
      private final int rows = Math.max(1, (int) Math.ceil(2 * radiusY / side));
      private final double startX = centerX - columns * side / 2;
      private final double startY = centerY - rows * side / 2;
      private final int[] mean = new int[3 * columns * rows];

      Cells() {
        long[] sum = new long[mean.length];
        int[] count = new int[columns * rows];
        long[] whole = new long[3];
        for (int y = top; y < bottom; y++) {
          for (int x = left; x < right; x++) {
            int cell = row(y) * columns + column(x);
            count[cell]++;
            for (int channel = 0; channel < 3; channel++) {
              int value = rgb[3 * (y * width + x) + channel] & 0xFF;
              sum[3 * cell + channel] += value;
              whole[channel] += value;
            }
          }
        }
        long pixels = (long) (right - left) * (bottom - top);
        for (int i = 0; i < mean.length; i++) {
          double all = (double) whole[i % 3] / pixels;
          // A cell beyond the photo's edge has no pixels; blurring reaches into it.
          double own = count[i / 3] == 0 ? all : (double) sum[i] / count[i / 3];
          double contrast = kind == Kind.BLUR ? BLURRED_CONTRAST : 1;
          mean[i] = rounded((int) (all + contrast * (own - all)));
        }
      }

      private int rounded(int value) {
        return (value >> (8 - LEVEL_BITS)) * 255 / (LEVELS - 1);
      }

      private int column(int x) {
        return Math.min(columns - 1, Math.max(0, (int) ((x + 0.5 - startX) / side)));
      }

      private int row(int y) {
        return Math.min(rows - 1, Math.max(0, (int) ((y + 0.5 - startY) / side)));
      }

      byte at(int x, int y, int channel, boolean smooth) {
        if (!smooth) {
          return (byte) mean[3 * (row(y) * columns + column(x)) + channel];
        }
        double u = Math.min(columns - 1, Math.max(0, (x + 0.5 - startX) / side - 0.5));
        double v = Math.min(rows - 1, Math.max(0, (y + 0.5 - startY) / side - 0.5));
        int c = Math.min((int) u, Math.max(0, columns - 2));
        int r = Math.min((int) v, Math.max(0, rows - 2));
        int right = Math.min(columns - 1, c + 1);
        int below = Math.min(rows - 1, r + 1);
        double above = mix(value(r, c, channel), value(r, right, channel), u - c);
        double under = mix(value(below, c, channel), value(below, right, channel), u - c);
        return (byte) Math.round(mix(above, under, v - r));
      }

      private int value(int row, int column, int channel) {
        return mean[3 * (row * columns + column) + channel];
      }

      private static double mix(double a, double b, double share) {
        return a + share * (b - a);
      }
    }
  }
}
