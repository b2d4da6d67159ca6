package io.facepipeline.internal;

import java.io.IOException;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.nio.file.AccessDeniedException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.List;

/** Reads text that people write, or their spreadsheets and editors: in UTF-8. */
public final class TextFile {
  private static final char BYTE_ORDER_MARK = '\uFEFF';

  private TextFile() {}

  /**
   * {@return the text of a file, without the mark that some programs begin it with}
   *
   * @throws IOException if it cannot be read; the message says why, without the file's name
   */
  public static String read(Path file) throws IOException {
    if (Files.isDirectory(file)) {
      throw new IOException("it is a folder");
    }
    String text;
    try {
      text = Files.readString(file, StandardCharsets.UTF_8);
    } catch (NoSuchFileException e) {
      throw new IOException("there is no such file", e);
    } catch (AccessDeniedException e) {
      throw new IOException("access is not allowed", e);
    } catch (CharacterCodingException e) {
      throw new IOException("it is not text in UTF-8", e);
    }
    return !text.isEmpty() && text.charAt(0) == BYTE_ORDER_MARK ? text.substring(1) : text;
  }

  /**
   * {@return the lines of a file}
   *
   * @throws IOException as {@link #read}
   */
  public static List<String> lines(Path file) throws IOException {
    return read(file).lines().toList();
  }
}
