package io.facepipeline;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.facepipeline.drawing.ContactSheet;
import java.util.Arrays;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

class ContactSheetTest {
  private static Image square(int value) {
    byte[] rgb = new byte[3 * 20 * 20];
    Arrays.fill(rgb, (byte) value);
    return Image.ofRgb(20, 20, rgb);
  }

  private static int red(Image page, int x, int y) {
    return page.rgbAt(x, y) >> 16 & 0xFF;
  }

  @Test
  void picturesLieInRowsUnderTheirHeadings() {
    Map<String, List<Image>> people = new LinkedHashMap<>();
    people.put("ada", List.of(square(10), square(20), square(30)));
    people.put("bao", List.of(square(40)));
    List<Image> pages = ContactSheet.ofColumns(2).pages(people);
    assertEquals(1, pages.size());
    Image page = pages.get(0);
    assertEquals(120 + 2 * 24 + 4, page.width());
    assertEquals(3 * 24 + 4, page.height());
    assertEquals(10, red(page, 130, 14));
    assertEquals(20, red(page, 154, 14));
    assertEquals(30, red(page, 130, 38));
    assertEquals(0xf4, red(page, 154, 38));
    assertEquals(40, red(page, 130, 62));
    boolean heading = false;
    for (int y = 4; y < 24; y++) {
      for (int x = 0; x < 110; x++) {
        heading |= red(page, x, y) < 0x80;
      }
    }
    assertTrue(heading, "the first row has no heading");
  }

  @Test
  void manyRowsMakeSeveralPages() {
    List<Image> faces = Collections.nCopies(7, square(9));
    List<Image> pages =
        ContactSheet.ofColumns(2).withRowsPerPage(3).withGap(0).pages(Map.of("", faces));
    assertEquals(2, pages.size());
    assertEquals(40, pages.get(0).width());
    assertEquals(60, pages.get(0).height());
    assertEquals(20, pages.get(1).width());
    assertEquals(List.of(), ContactSheet.ofColumns(2).pages(Map.of()));
  }

  @Test
  void numbersThatCannotBeAreRefused() {
    assertThrows(IllegalArgumentException.class, () -> ContactSheet.ofColumns(0));
    ContactSheet sheet = ContactSheet.ofColumns(1);
    assertThrows(IllegalArgumentException.class, () -> sheet.withRowsPerPage(0));
    assertThrows(IllegalArgumentException.class, () -> sheet.withGap(-1));
  }
}
