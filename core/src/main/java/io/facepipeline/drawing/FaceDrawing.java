package io.facepipeline.drawing;

import com.google.errorprone.annotations.CanIgnoreReturnValue;
import io.facepipeline.AnalyzedFace;
import io.facepipeline.Box;
import io.facepipeline.Face;
import io.facepipeline.FaceAttribute;
import io.facepipeline.FacePipeline;
import io.facepipeline.Identification;
import io.facepipeline.Image;
import io.facepipeline.Point;
import java.awt.BasicStroke;
import java.awt.Color;
import java.awt.Font;
import java.awt.FontMetrics;
import java.awt.Graphics2D;
import java.awt.RenderingHints;
import java.awt.geom.Ellipse2D;
import java.awt.geom.Rectangle2D;
import java.awt.image.BufferedImage;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * Draws faces into a copy of a photo: boxes, landmarks, names and scores, in a size that fits the
 * photo. Needs no screen. Text needs a font, which a slim container may lack; an empty text needs
 * none.
 *
 * <pre>{@code
 * FaceDrawing.on(photo).identifications(faces.identify(photo)).toImage().writePng(file);
 * }</pre>
 *
 * <p>Not thread-safe.
 */
public final class FaceDrawing {
  /** The color of a face without an identification. */
  public static final Color FOUND = new Color(0x2bb673);

  private static final Color UNKNOWN = new Color(0xd64541);
  private static final double GOLDEN_ANGLE = 0.618033988749895;

  /** What is drawn with lines one pixel wide. */
  private static final float SMALL_PHOTO = 300;

  private final BufferedImage picture;
  private final float unit;

  private FaceDrawing(Image photo) {
    picture = photo.toBufferedImage();
    unit = Math.max(1, Math.min(photo.width(), photo.height()) / SMALL_PHOTO);
  }

  /**
   * {@return a drawing of the photo alone}
   *
   * @param photo the photo; it is not changed
   */
  public static FaceDrawing on(Image photo) {
    return new FaceDrawing(photo);
  }

  /**
   * Draws faces with their scores.
   *
   * @param faces faces of the photo
   * @return this
   */
  @CanIgnoreReturnValue
  public FaceDrawing faces(List<Face> faces) {
    faces.forEach(face -> face(face, FOUND, score(face)));
    return this;
  }

  /**
   * Draws faces with names and similarities, each person in a different color.
   *
   * @param people the identifications of the photo's faces
   * @return this
   */
  @CanIgnoreReturnValue
  public FaceDrawing identifications(List<Identification> people) {
    people.forEach(who -> face(who.face(), colorOf(who.label()), name(who)));
    return this;
  }

  /**
   * Draws faces with names, if known, and the most probable label of each attribute.
   *
   * @param faces the result of {@link FacePipeline#analyze} for the photo
   * @return this
   */
  @CanIgnoreReturnValue
  public FaceDrawing analyzed(List<AnalyzedFace> faces) {
    for (AnalyzedFace face : faces) {
      List<String> told = new ArrayList<>();
      Identification who = face.identity();
      if (who != null) {
        told.add(name(who));
      }
      face.attributes().forEach(scores -> told.addAll(told(scores)));
      face(
          face.face(),
          who == null ? FOUND : colorOf(who.label()),
          told.isEmpty() ? score(face.face()) : String.join(", ", told));
    }
    return this;
  }

  /**
   * Draws a face.
   *
   * @param face the face, which may extend beyond the photo
   * @param color the color of its frame, landmarks and label; text is white
   * @param text the text above it, or below if there is no space above; may be empty
   * @return this
   */
  @CanIgnoreReturnValue
  public FaceDrawing face(Face face, Color color, String text) {
    Graphics2D g = picture.createGraphics();
    try {
      g.setRenderingHint(RenderingHints.KEY_ANTIALIASING, RenderingHints.VALUE_ANTIALIAS_ON);
      g.setRenderingHint(
          RenderingHints.KEY_TEXT_ANTIALIASING, RenderingHints.VALUE_TEXT_ANTIALIAS_ON);
      Box b = face.box();
      g.setColor(color);
      g.setStroke(new BasicStroke(1.5f * unit));
      g.draw(new Rectangle2D.Float(b.x1(), b.y1(), b.width(), b.height()));
      float radius = 1.5f * unit;
      for (Point p : face.landmarks().points()) {
        g.fill(new Ellipse2D.Float(p.x() - radius, p.y() - radius, 2 * radius, 2 * radius));
      }
      if (!text.isEmpty()) {
        sign(g, b, text);
      }
    } finally {
      g.dispose();
    }
    return this;
  }

  private void sign(Graphics2D g, Box b, String text) {
    float size = Math.max(11, Math.min(8 * unit + 4, b.width() / 5));
    g.setFont(new Font(Font.SANS_SERIF, Font.BOLD, 1).deriveFont(size));
    FontMetrics metrics = g.getFontMetrics();
    float pad = size / 4;
    float w = metrics.stringWidth(text) + 2 * pad;
    float h = metrics.getHeight();
    float x = Math.max(0, Math.min(b.x1(), picture.getWidth() - w));
    float y = b.y1() - h >= 0 ? b.y1() - h : Math.min(b.y2(), picture.getHeight() - h);
    g.fill(new Rectangle2D.Float(x, y, w, h));
    g.setColor(Color.WHITE);
    g.drawString(text, x + pad, y + metrics.getAscent());
  }

  /**
   * {@return a color for a person, the same in every photo and dark enough for white text}
   *
   * @param label the person's label; null for a stranger, whose color is red
   */
  public static Color colorOf(@Nullable String label) {
    if (label == null) {
      return UNKNOWN;
    }
    // Names that differ in one letter get hues far apart, none of them the strangers' red.
    double turn = Math.floorMod(Objects.hash(label), 997) * GOLDEN_ANGLE % 1;
    return Color.getHSBColor((float) (0.1 + 0.8 * turn), 0.75f, 0.65f);
  }

  /** {@return the photo with the drawing so far} */
  public Image toImage() {
    return Image.of(picture);
  }

  /** A label as it is, values with what they are; points would need a picture of their own. */
  private static List<String> told(FaceAttribute.Scores scores) {
    if (!scores.scores().isEmpty()) {
      return List.of(scores.best().label());
    }
    return scores.values().isEmpty() ? List.of() : List.of(scores.toString());
  }

  private static String score(Face face) {
    return String.format(Locale.ROOT, "%.3f", face.score());
  }

  private static String name(Identification who) {
    if (who.spoof()) {
      return String.format(Locale.ROOT, "spoof, live %.2f", who.liveness());
    }
    String name = who.label() == null ? "unknown" : who.label();
    return who.score() == null ? name : String.format(Locale.ROOT, "%s %.2f", name, who.score());
  }
}
