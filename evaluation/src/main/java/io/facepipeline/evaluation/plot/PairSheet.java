package io.facepipeline.evaluation.plot;

import io.facepipeline.Box;
import io.facepipeline.Face;
import io.facepipeline.FacePipelineException;
import io.facepipeline.Image;
import io.facepipeline.drawing.ContactSheet;
import io.facepipeline.evaluation.EvaluationRun;
import io.facepipeline.evaluation.verification.VerificationReport.ScoredPair;
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
final class PairSheet {
  private static final int SIDE = 150;
  private static final int TEXT = 34;
  private static final int GAP = 12;
  private static final int NAME = 20;
  private static final int PAIRS_PER_ROW = 3;
  private static final int MAX_PAIRS = 300;

  private PairSheet() {}

  /** Draws at least one pair; of more than 300 the first. */
  static Image draw(List<ScoredPair> pairs, Map<Path, EvaluationRun.EvaluatedPhoto> photos) {
    List<Image> drawn = pairs.stream().limit(MAX_PAIRS).map(pair -> draw(pair, photos)).toList();
    return ContactSheet.ofColumns(PAIRS_PER_ROW)
        .withRowsPerPage(MAX_PAIRS)
        .withGap(GAP)
        .pages(Map.of("", drawn))
        .get(0);
  }

  private static Image draw(ScoredPair pair, Map<Path, EvaluationRun.EvaluatedPhoto> photos) {
    BufferedImage tile = new BufferedImage(2 * SIDE, SIDE + TEXT, BufferedImage.TYPE_3BYTE_BGR);
    Graphics2D g = tile.createGraphics();
    try {
      g.setRenderingHint(
          RenderingHints.KEY_INTERPOLATION, RenderingHints.VALUE_INTERPOLATION_BILINEAR);
      g.setRenderingHint(
          RenderingHints.KEY_TEXT_ANTIALIASING, RenderingHints.VALUE_TEXT_ANTIALIAS_ON);
      g.setColor(Color.WHITE);
      g.fillRect(0, 0, tile.getWidth(), tile.getHeight());
      g.setFont(new Font(Font.SANS_SERIF, Font.PLAIN, 12));
      draw(g, pair, photos);
    } finally {
      g.dispose();
    }
    return Image.of(tile);
  }

  private static void draw(
      Graphics2D g, ScoredPair pair, Map<Path, EvaluationRun.EvaluatedPhoto> photos) {
    photo(g, pair.pair().first().file(), photos, 0);
    photo(g, pair.pair().second().file(), photos, SIDE);
    g.setColor(pair.pair().same() ? new Color(0x1f6fb2) : new Color(0xd1495b));
    g.setFont(g.getFont().deriveFont(12f));
    String similarity =
        pair.isDecided()
            ? String.format(Locale.ROOT, "similarity %.3f", pair.similarity())
            : "no face found";
    g.drawString(
        (pair.pair().same() ? "same person, " : "different people, ") + similarity, 0, SIDE + 14);
    g.setColor(Color.DARK_GRAY);
    g.setFont(g.getFont().deriveFont(11f));
    g.drawString(name(pair.pair().first().file()), 0, SIDE + 28);
    g.drawString(name(pair.pair().second().file()), SIDE, SIDE + 28);
  }

  private static void photo(
      Graphics2D g, Path file, Map<Path, EvaluationRun.EvaluatedPhoto> photos, int x) {
    Image image;
    try {
      image = Image.read(file);
    } catch (FacePipelineException e) {
      // A photo that cannot be read made its pair wrong: the sheet shows that too.
      g.setColor(Color.LIGHT_GRAY);
      g.fillRect(x, 0, SIDE, SIDE);
      g.setColor(Color.BLACK);
      g.drawString("cannot be read", x + 8, SIDE / 2);
      return;
    }
    double scale = (double) SIDE / Math.max(image.width(), image.height());
    g.drawImage(
        image.toBufferedImage(),
        x,
        0,
        (int) Math.round(image.width() * scale),
        (int) Math.round(image.height() * scale),
        null);
    EvaluationRun.EvaluatedPhoto evaluated = photos.get(file);
    for (Face face : evaluated == null ? List.<Face>of() : evaluated.faces()) {
      Box box = face.box();
      g.setColor(new Color(0x2bb673));
      g.setStroke(new BasicStroke(1.5f));
      g.draw(
          new Rectangle2D.Double(
              x + box.x1() * scale, box.y1() * scale, box.width() * scale, box.height() * scale));
    }
  }

  private static String name(Path file) {
    String name = String.valueOf(file.getFileName());
    return name.length() <= NAME ? name : name.substring(0, NAME - 1) + "…";
  }
}
