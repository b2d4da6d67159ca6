package io.facepipeline.internal;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.facepipeline.FacePipelineException;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;

class LabelsTest {
  @Test
  void takesNamesAsPeopleWriteThem() {
    for (String name :
        List.of(
            "ada",
            " ada ",
            "Ada Lovelace, Countess",
            "O'Brien \"Bob\"; -- x",
            "=1+1",
            "#1",
            "@ada",
            "...",
            "team/ada",
            "Zo\u00eb",
            "\u5c0f\u91ce\u5bfa",
            "\u0645\u06cc\u200c\u0631\u0632\u0627",
            "\ud83d\udc69\u200d\ud83d\ude80",
            "x".repeat(Labels.MAX_BYTES),
            "\u5c0f".repeat(Labels.MAX_BYTES / 3))) {
      assertEquals(name, Labels.accept(name));
    }
  }

  @Test
  void composes() {
    assertEquals("Zo\u00eb", Labels.accept("Zoe\u0308"));
    assertEquals("Zo\u00eb", Labels.normalize("Zoe\u0308"));
    assertEquals("\ud55c", Labels.accept("\u1112\u1161\u11ab"));
    // What is too long as it comes may fit as it is kept.
    assertEquals(127 * 2, Labels.accept("e\u0308".repeat(127)).getBytes(UTF_8).length);
  }

  @Test
  void refusesWhatDoesNotComeBackEverywhereAndSaysWhy() {
    assertRefused("", "blank");
    assertRefused("  \u00a0\u3000", "blank");
    assertRefused("\u200b\u2060", "blank");
    assertRefused("\u3164", "blank");
    assertRefused("\0", "U+0000");
    assertRefused("ann\0", "U+0000");
    assertRefused("a\tb", "U+0009");
    assertRefused("a\r\nb", "U+000D");
    assertRefused("\u001b[31m", "U+001B");
    assertRefused("a\u0085b", "U+0085");
    assertRefused("a\u2028b", "U+2028");
    assertRefused("\uFEFFann", "U+FEFF");
    assertRefused("\ud83d", "surrogate");
    assertRefused("a\udc00b", "surrogate");
    assertRefused("Zo\uFFFD", "LC_ALL");
    assertRefused(".", "name of a folder");
    assertRefused("..", "name of a folder");
    assertRefused("x".repeat(Labels.MAX_BYTES + 1), "256 bytes");
    assertRefused("\u5c0f".repeat(Labels.MAX_BYTES / 3 + 1), "258 bytes");
    assertEquals(
        "the label must not be null",
        assertThrows(NullPointerException.class, () -> Labels.accept(null)).getMessage());
  }

  private static void assertRefused(String label, String why) {
    IllegalArgumentException e =
        assertThrows(IllegalArgumentException.class, () -> Labels.accept(label));
    String message = String.valueOf(e.getMessage());
    assertTrue(message.contains(why), message);
    assertTrue(message.length() < 300, message);
    assertFalse(message.chars().anyMatch(Character::isISOControl), "a terminal obeys those");
  }

  @Test
  void aFolderIsItsName() {
    assertEquals("ada", Labels.ofFolder(Path.of("people", "ada")));
    FacePipelineException e =
        assertThrows(FacePipelineException.class, () -> Labels.ofFolder(Path.of("people", "a\tb")));
    assertTrue(e.getMessage().contains("U+0009"), e.getMessage());
  }
}
