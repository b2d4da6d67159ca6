package io.facepipeline.cli.photos;

import io.facepipeline.Image;
import java.awt.BasicStroke;
import java.awt.Color;
import java.awt.Font;
import java.awt.FontMetrics;
import java.awt.Graphics2D;
import java.awt.RenderingHints;
import java.awt.geom.Ellipse2D;
import java.awt.geom.Rectangle2D;
import java.awt.image.BufferedImage;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Objects;

/** Draws boxes, landmarks, names and scores into a photo. */
public final class Annotator {
  private static final Color FOUND = new Color(0x2bb673);
  private static final Color UNKNOWN = new Color(0xd64541);
  private static final double GOLDEN_ANGLE = 0.618033988749895;

  private Annotator() {}

  /** Writes the annotated photo as PNG. */
  static void write(Image photo, PhotoResult result, Path file) {
    Image.of(draw(photo, result)).writePng(file);
  }

  /** Writes a title into the lower left corner of a picture that begins at a column. */
  static void title(Graphics2D g, String text, int x, int height) {
    g.setFont(new Font(Font.SANS_SERIF, Font.BOLD, Math.max(12, height / 30)));
    FontMetrics metrics = g.getFontMetrics();
    g.setColor(new Color(0, 0, 0, 170));
    g.fillRect(
        x, height - metrics.getHeight(), metrics.stringWidth(text) + 12, metrics.getHeight());
    g.setColor(Color.WHITE);
    g.drawString(text, x + 6, height - metrics.getDescent());
  }

  /** The photo with everything drawn into it. */
  public static BufferedImage draw(Image photo, PhotoResult result) {
    BufferedImage picture = photo.toBufferedImage();
    Graphics2D g = picture.createGraphics();
    try {
      g.setRenderingHint(RenderingHints.KEY_ANTIALIASING, RenderingHints.VALUE_ANTIALIAS_ON);
      g.setRenderingHint(
          RenderingHints.KEY_TEXT_ANTIALIASING, RenderingHints.VALUE_TEXT_ANTIALIAS_ON);
      float unit = Math.max(1, Math.min(photo.width(), photo.height()) / 300f);
      for (PhotoResult.FaceResult face : result.faces) {
        drawFace(g, face, unit, photo.width(), photo.height());
      }
    } finally {
      g.dispose();
    }
    return picture;
  }

  private static void drawFace(
      Graphics2D g, PhotoResult.FaceResult face, float unit, int width, int height) {
    Color color = color(face);
    float[] b = face.box;
    g.setColor(color);
    g.setStroke(new BasicStroke(1.5f * unit));
    g.draw(new Rectangle2D.Float(b[0], b[1], b[2] - b[0], b[3] - b[1]));
    float radius = 1.5f * unit;
    for (float[] point : face.landmarks) {
      g.fill(new Ellipse2D.Float(point[0] - radius, point[1] - radius, 2 * radius, 2 * radius));
    }
    String text = label(face);
    float size = Math.max(11, Math.min(8 * unit + 4, (b[2] - b[0]) / 5));
    g.setFont(new Font(Font.SANS_SERIF, Font.BOLD, 1).deriveFont(size));
    FontMetrics metrics = g.getFontMetrics();
    float pad = size / 4;
    float w = metrics.stringWidth(text) + 2 * pad;
    float h = metrics.getHeight();
    float x = Math.max(0, Math.min(b[0], width - w));
    float y = b[1] - h >= 0 ? b[1] - h : Math.min(b[3], height - h);
    g.fill(new Rectangle2D.Float(x, y, w, h));
    g.setColor(Color.WHITE);
    g.drawString(text, x + pad, y + metrics.getAscent());
  }

  private static String label(PhotoResult.FaceResult face) {
    List<String> told = new ArrayList<>(face.told());
    if (face.identified || told.isEmpty()) {
      told.add(0, name(face));
    }
    return String.join(", ", told);
  }

  private static String name(PhotoResult.FaceResult face) {
    if (!face.identified) {
      return String.format(Locale.ROOT, "%.3f", face.score);
    }
    String name = face.label == null ? "unknown" : face.label;
    return face.similarity == null
        ? name
        : String.format(Locale.ROOT, "%s %.2f", name, face.similarity);
  }

  /** A colour per person, the same in every photo; dark enough for white letters. */
  private static Color color(PhotoResult.FaceResult face) {
    if (!face.identified) {
      return FOUND;
    }
    if (face.label == null) {
      return UNKNOWN;
    }
    // Names that differ in one letter get hues far apart, none of them the strangers' red.
    double turn = Math.floorMod(Objects.hash(face.label), 997) * GOLDEN_ANGLE % 1;
    return Color.getHSBColor((float) (0.1 + 0.8 * turn), 0.75f, 0.65f);
  }
}
