package io.facepipeline.evaluation;

import io.facepipeline.Box;
import io.facepipeline.Face;
import io.facepipeline.FacePipelineException;
import io.facepipeline.Image;
import java.awt.BasicStroke;
import java.awt.Color;
import java.awt.Font;
import java.awt.Graphics2D;
import java.awt.RenderingHints;
import java.awt.geom.Rectangle2D;
import java.awt.image.BufferedImage;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/**
 * Draws the two photos of each pair side by side, with the compared faces framed, the similarity
 * and the truth, so that errors can be inspected.
 */
public final class ContactSheet {
  private static final int SIDE = 150;
  private static final int TEXT = 34;
  private static final int GAP = 12;
  private static final int NAME = 20;
  private static final int PAIRS_PER_ROW = 3;
  private static final int MAX_PAIRS = 300;
  private static final int PAIR_WIDTH = 2 * SIDE;

  private ContactSheet() {}

  /**
   * Writes the sheet as PNG; the write is atomic. Without pairs nothing is written.
   *
   * @param pairs the pairs; only the first 300 are drawn
   * @param photos their photos
   * @param file the file to write
   * @return whether there were pairs to write
   */
  public static boolean write(List<ScoredPair> pairs, Map<Path, EvaluatedPhoto> photos, Path file) {
    if (pairs.isEmpty()) {
      return false;
    }
    int count = Math.min(MAX_PAIRS, pairs.size());
    int columns = Math.min(PAIRS_PER_ROW, count);
    int rows = (count + columns - 1) / columns;
    BufferedImage sheet =
        new BufferedImage(
            GAP + columns * (PAIR_WIDTH + GAP),
            GAP + rows * (SIDE + TEXT + GAP),
            BufferedImage.TYPE_3BYTE_BGR);
    Graphics2D g = sheet.createGraphics();
    try {
      g.setRenderingHint(
          RenderingHints.KEY_INTERPOLATION, RenderingHints.VALUE_INTERPOLATION_BILINEAR);
      g.setRenderingHint(
          RenderingHints.KEY_TEXT_ANTIALIASING, RenderingHints.VALUE_TEXT_ANTIALIAS_ON);
      g.setColor(Color.WHITE);
      g.fillRect(0, 0, sheet.getWidth(), sheet.getHeight());
      g.setFont(new Font(Font.SANS_SERIF, Font.PLAIN, 12));
      for (int i = 0; i < count; i++) {
        int x = GAP + i % columns * (PAIR_WIDTH + GAP);
        int y = GAP + i / columns * (SIDE + TEXT + GAP);
        draw(g, pairs.get(i), photos, x, y);
      }
    } finally {
      g.dispose();
    }
    Image.of(sheet).writePng(file);
    return true;
  }

  private static void draw(
      Graphics2D g, ScoredPair pair, Map<Path, EvaluatedPhoto> photos, int x, int y) {
    photo(g, pair.pair().first().file(), photos, x, y);
    photo(g, pair.pair().second().file(), photos, x + SIDE, y);
    g.setColor(pair.pair().same() ? new Color(0x1f6fb2) : new Color(0xd1495b));
    g.setFont(g.getFont().deriveFont(12f));
    String similarity =
        pair.isDecided()
            ? String.format(Locale.ROOT, "similarity %.3f", pair.similarity())
            : "no face found";
    g.drawString(
        (pair.pair().same() ? "same person, " : "different people, ") + similarity,
        x,
        y + SIDE + 14);
    g.setColor(Color.DARK_GRAY);
    g.setFont(g.getFont().deriveFont(11f));
    g.drawString(name(pair.pair().first().file()), x, y + SIDE + 28);
    g.drawString(name(pair.pair().second().file()), x + SIDE, y + SIDE + 28);
  }

  private static void photo(
      Graphics2D g, Path file, Map<Path, EvaluatedPhoto> photos, int x, int y) {
    Image image;
    try {
      image = Image.read(file);
    } catch (FacePipelineException e) {
      // A photo that cannot be read made its pair wrong: the sheet shows that too.
      g.setColor(Color.LIGHT_GRAY);
      g.fillRect(x, y, SIDE, SIDE);
      g.setColor(Color.BLACK);
      g.drawString("cannot be read", x + 8, y + SIDE / 2);
      return;
    }
    double scale = (double) SIDE / Math.max(image.width(), image.height());
    g.drawImage(
        image.toBufferedImage(),
        x,
        y,
        (int) Math.round(image.width() * scale),
        (int) Math.round(image.height() * scale),
        null);
    EvaluatedPhoto evaluated = photos.get(file);
    for (Face face : evaluated == null ? List.<Face>of() : evaluated.faces()) {
      Box box = face.box();
      g.setColor(new Color(0x2bb673));
      g.setStroke(new BasicStroke(1.5f));
      g.draw(
          new Rectangle2D.Double(
              x + box.x1() * scale,
              y + box.y1() * scale,
              box.width() * scale,
              box.height() * scale));
    }
  }

  private static String name(Path file) {
    String name = String.valueOf(file.getFileName());
    return name.length() <= NAME ? name : name.substring(0, NAME - 1) + "…";
  }
}
