package io.facepipeline.cli.people;

import io.facepipeline.Image;
import java.awt.Color;
import java.awt.Font;
import java.awt.FontMetrics;
import java.awt.Graphics2D;
import java.awt.RenderingHints;
import java.awt.image.BufferedImage;
import java.util.List;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/** Draws a matrix of distances as colors, with the faces along its edges. */
final class HeatMap {
  /** The side of a face that has room. */
  static final int THUMBNAIL = 72;

  /** About how many pixels a large matrix is wide. */
  private static final int MOST_PIXELS = 2400;

  /** Cells of so many pixels show their numbers. */
  private static final int LEAST_LEGIBLE = 40;

  /** From here on white is easier to read on the color than black: contrasts by WCAG 2. */
  private static final float DARK = 0.92f;

  private static final Color NEAR = new Color(0x1f6fb2);
  private static final Color FAR = Color.WHITE;
  private static final Color SAME = new Color(0xd1495b);

  private HeatMap() {}

  /**
   * Draws the photos that can be compared.
   *
   * @param faces a thumbnail per photo
   * @param threshold the lowest similarity of the same person, whose pairs are framed; null if
   *     unknown
   */
  static Image draw(
      DistanceMatrix matrix,
      DistanceMatrix.Metric metric,
      List<@Nullable Image> faces,
      @Nullable Float threshold) {
    List<Integer> photos = matrix.usable();
    int count = photos.size();
    int cell = Math.max(1, Math.min(THUMBNAIL, MOST_PIXELS / Math.max(1, count)));
    int edge = cell + 4;
    int side = edge + count * cell + 4;
    BufferedImage picture = new BufferedImage(side, side, BufferedImage.TYPE_3BYTE_BGR);
    Graphics2D g = picture.createGraphics();
    try {
      g.setColor(Color.WHITE);
      g.fillRect(0, 0, side, side);
      g.setRenderingHint(
          RenderingHints.KEY_INTERPOLATION, RenderingHints.VALUE_INTERPOLATION_BILINEAR);
      g.setRenderingHint(
          RenderingHints.KEY_TEXT_ANTIALIASING, RenderingHints.VALUE_TEXT_ANTIALIAS_ON);
      g.setFont(new Font(Font.SANS_SERIF, Font.PLAIN, 13));
      for (int i = 0; i < count; i++) {
        int at = edge + i * cell;
        Image face = faces.get(photos.get(i));
        if (face != null) {
          BufferedImage shown = face.toBufferedImage();
          g.drawImage(shown, 2, at, cell, cell, /* observer= */ null);
          g.drawImage(shown, at, 2, cell, cell, /* observer= */ null);
        }
      }
      for (int i = 0; i < count; i++) {
        for (int j = 0; j < count; j++) {
          Double similarity =
              matrix.value(DistanceMatrix.Metric.cosine, photos.get(i), photos.get(j));
          Double value = matrix.value(metric, photos.get(i), photos.get(j));
          if (similarity != null && value != null) {
            boolean same = i != j && threshold != null && similarity >= threshold;
            cell(g, edge + j * cell, edge + i * cell, cell, similarity, value, same);
          }
        }
      }
    } finally {
      g.dispose();
    }
    return Image.of(picture);
  }

  private static void cell(
      Graphics2D g, int x, int y, int size, double similarity, double value, boolean same) {
    // Faces of different people are about 0 apart in cosine; below that there is little to tell.
    float share = (float) Math.max(0, Math.min(1, similarity));
    g.setColor(between(FAR, NEAR, share));
    g.fillRect(x, y, size, size);
    if (size >= LEAST_LEGIBLE) {
      String text = String.format(Locale.ROOT, "%.2f", value);
      FontMetrics metrics = g.getFontMetrics();
      g.setColor(share > DARK ? Color.WHITE : Color.BLACK);
      g.drawString(
          text,
          x + (size - metrics.stringWidth(text)) / 2,
          y + (size - metrics.getHeight()) / 2 + metrics.getAscent());
    }
    if (same && size >= 6) {
      g.setColor(SAME);
      g.drawRect(x + 1, y + 1, size - 3, size - 3);
    }
  }

  private static Color between(Color from, Color to, float share) {
    return new Color(
        Math.round(from.getRed() + share * (to.getRed() - from.getRed())),
        Math.round(from.getGreen() + share * (to.getGreen() - from.getGreen())),
        Math.round(from.getBlue() + share * (to.getBlue() - from.getBlue())));
  }
}
