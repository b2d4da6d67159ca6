package io.facepipeline.drawing;

import io.facepipeline.Image;
import java.awt.Color;
import java.awt.Font;
import java.awt.Graphics2D;
import java.awt.RenderingHints;
import java.awt.image.BufferedImage;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/**
 * Lays out pictures in rows under headings, such as the faces of each person, on as many pages as
 * needed. Immutable.
 *
 * <pre>{@code
 * List<Image> pages = ContactSheet.ofColumns(16).pages(Map.of("ada (2)", List.of(first, second)));
 * }</pre>
 */
public final class ContactSheet {
  private static final int HEADING_WIDTH = 120;
  private static final int MOST = 10_000;
  private static final Color PAPER = new Color(0xf4f4f2);
  private static final Color INK = new Color(0x202020);

  private final int columns;
  private final int rowsPerPage;
  private final int gap;

  private ContactSheet(int columns, int rowsPerPage, int gap) {
    this.columns = within("columns", columns, 1);
    this.rowsPerPage = within("rows of a page", rowsPerPage, 1);
    this.gap = within("pixels between pictures", gap, 0);
  }

  private static int within(String what, int value, int least) {
    if (value < least || value > MOST) {
      throw new IllegalArgumentException(
          "the number of "
              + what
              + " must be between "
              + least
              + " and "
              + MOST
              + ", got "
              + value);
    }
    return value;
  }

  /**
   * {@return a layout with 40 rows per page and 4 pixels between pictures}
   *
   * @param columns the largest number of pictures in a row, 1 to 10,000
   */
  public static ContactSheet ofColumns(int columns) {
    return new ContactSheet(columns, 40, 4);
  }

  /**
   * {@return this layout with another number of rows}
   *
   * @param rows the largest number of rows per page, 1 to 10,000
   */
  public ContactSheet withRowsPerPage(int rows) {
    return new ContactSheet(columns, rows, gap);
  }

  /**
   * {@return this layout with other gaps}
   *
   * @param pixels pixels between the pictures and around them, 0 to 10,000
   */
  public ContactSheet withGap(int pixels) {
    return new ContactSheet(columns, rowsPerPage, pixels);
  }

  /** A part of the pictures under a heading; the first part shows it. */
  private record Row(String heading, List<Image> pictures) {}

  /**
   * Lays out pictures. Each cell has the size of the largest picture. If every heading is empty,
   * headings take no space.
   *
   * @param pictures pictures by heading, in order
   * @return the pages; none if there are no pictures
   */
  public List<Image> pages(Map<String, List<Image>> pictures) {
    List<Row> rows = new ArrayList<>();
    pictures.forEach(
        (heading, all) -> {
          for (int i = 0; i < all.size(); i += columns) {
            List<Image> part = all.subList(i, Math.min(all.size(), i + columns));
            rows.add(new Row(i == 0 ? heading : "", part));
          }
        });
    List<Image> all = rows.stream().flatMap(row -> row.pictures().stream()).toList();
    int width = all.stream().mapToInt(Image::width).max().orElse(0);
    int height = all.stream().mapToInt(Image::height).max().orElse(0);
    int left = rows.stream().allMatch(row -> row.heading().isEmpty()) ? gap : HEADING_WIDTH;
    List<Image> pages = new ArrayList<>();
    for (int first = 0; first < rows.size(); first += rowsPerPage) {
      List<Row> some = rows.subList(first, Math.min(rows.size(), first + rowsPerPage));
      pages.add(page(some, left, width + gap, height + gap));
    }
    return List.copyOf(pages);
  }

  private Image page(List<Row> rows, int left, int stepX, int stepY) {
    int most = rows.stream().mapToInt(row -> row.pictures().size()).max().orElse(1);
    BufferedImage page =
        new BufferedImage(
            left + most * stepX + (left > gap ? gap : 0),
            rows.size() * stepY + gap,
            BufferedImage.TYPE_3BYTE_BGR);
    Graphics2D g = page.createGraphics();
    try {
      g.setColor(PAPER);
      g.fillRect(0, 0, page.getWidth(), page.getHeight());
      g.setRenderingHint(
          RenderingHints.KEY_TEXT_ANTIALIASING, RenderingHints.VALUE_TEXT_ANTIALIAS_ON);
      g.setColor(INK);
      for (int r = 0; r < rows.size(); r++) {
        Row row = rows.get(r);
        int y = gap + r * stepY;
        if (!row.heading().isEmpty()) {
          g.setFont(new Font(Font.SANS_SERIF, Font.PLAIN, 12));
          g.drawString(row.heading(), gap, y + (stepY - gap) / 2);
        }
        for (int c = 0; c < row.pictures().size(); c++) {
          BufferedImage picture = row.pictures().get(c).toBufferedImage();
          g.drawImage(picture, left + c * stepX, y, /* observer= */ null);
        }
      }
    } finally {
      g.dispose();
    }
    return Image.of(page);
  }

  /** {@return the settings, for logs} */
  @Override
  public String toString() {
    return columns + " columns, " + rowsPerPage + " rows a page, " + gap + " pixels between";
  }
}
