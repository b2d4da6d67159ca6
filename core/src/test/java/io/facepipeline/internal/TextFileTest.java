package io.facepipeline.internal;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

final class TextFileTest {
  @TempDir Path folder;

  @Test
  void theMarkOfASpreadsheetIsNoText() throws IOException {
    Path file = Files.writeString(folder.resolve("a.csv"), "\uFEFFfile,ä\r\nb\n");
    assertEquals(List.of("file,ä", "b"), TextFile.lines(file));
    assertEquals("", TextFile.read(Files.writeString(folder.resolve("b"), "\uFEFF")));
    assertEquals("", TextFile.read(Files.writeString(folder.resolve("c"), "")));
  }

  @Test
  void theReasonIsInPlainWords() throws IOException {
    assertEquals("it is a folder", reason(folder));
    assertEquals("there is no such file", reason(folder.resolve("none")));
    Path other = folder.resolve("utf16");
    Files.writeString(other, "größer", StandardCharsets.UTF_16);
    assertEquals("it is not text in UTF-8", reason(other));
  }

  private static String reason(Path file) {
    return assertThrows(IOException.class, () -> TextFile.read(file)).getMessage();
  }
}
