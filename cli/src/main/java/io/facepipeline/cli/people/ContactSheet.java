package io.facepipeline.cli.people;

import io.facepipeline.Image;
import java.awt.Color;
import java.awt.Font;
import java.awt.Graphics2D;
import java.awt.RenderingHints;
import java.awt.image.BufferedImage;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/** Shows the faces of each person in rows, on as many sheets as it takes. */
final class ContactSheet {
  private static final int COLUMNS = 16;
  private static final int ROWS = 40;
  private static final int GAP = 4;
  private static final int MARGIN = 120;
  private static final Color PAPER = new Color(0xf4f4f2);
  private static final Color INK = new Color(0x202020);

  private ContactSheet() {}

  /** A part of a person's faces; the first says whose they are. */
  private record Row(String label, List<Image> faces) {}

  /** Writes contact-sheet-1.png and so on; none if there are no faces. */
  static void write(Map<String, List<Image>> people, Path folder) {
    List<Row> rows = new ArrayList<>();
    people.forEach(
        (name, faces) -> {
          for (int i = 0; i < faces.size(); i += COLUMNS) {
            String label = i == 0 ? name + " (" + faces.size() + ")" : "";
            rows.add(new Row(label, faces.subList(i, Math.min(faces.size(), i + COLUMNS))));
          }
        });
    for (int page = 0; page * ROWS < rows.size(); page++) {
      List<Row> onPage = rows.subList(page * ROWS, Math.min(rows.size(), (page + 1) * ROWS));
      draw(onPage).writePng(folder.resolve("contact-sheet-" + (page + 1) + ".png"));
    }
  }

  private static Image draw(List<Row> rows) {
    Image sample = rows.get(0).faces().get(0);
    int stepX = sample.width() + GAP;
    int stepY = sample.height() + GAP;
    int columns = rows.stream().mapToInt(row -> row.faces().size()).max().orElse(1);
    BufferedImage sheet =
        new BufferedImage(
            MARGIN + columns * stepX + GAP,
            rows.size() * stepY + GAP,
            BufferedImage.TYPE_3BYTE_BGR);
    Graphics2D g = sheet.createGraphics();
    try {
      g.setColor(PAPER);
      g.fillRect(0, 0, sheet.getWidth(), sheet.getHeight());
      g.setRenderingHint(
          RenderingHints.KEY_TEXT_ANTIALIASING, RenderingHints.VALUE_TEXT_ANTIALIAS_ON);
      g.setFont(new Font(Font.SANS_SERIF, Font.PLAIN, 12));
      g.setColor(INK);
      for (int r = 0; r < rows.size(); r++) {
        Row row = rows.get(r);
        g.drawString(row.label(), GAP, GAP + r * stepY + sample.height() / 2);
        for (int c = 0; c < row.faces().size(); c++) {
          g.drawImage(
              row.faces().get(c).toBufferedImage(),
              MARGIN + c * stepX,
              GAP + r * stepY,
              /* observer= */ null);
        }
      }
    } finally {
      g.dispose();
    }
    return Image.of(sheet);
  }
}
