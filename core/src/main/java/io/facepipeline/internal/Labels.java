package io.facepipeline.internal;

import io.facepipeline.FacePipelineException;
import java.nio.charset.StandardCharsets;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.text.Normalizer;
import java.util.Objects;

/**
 * The rules for a person's label: any text that survives every format in which labels are stored or
 * sent (a gallery's log, NPZ, CSV, a classifier's file, JSON, a folder of photos per person).
 * Labels are in Unicode's composed form (NFC), so a name means the same person however a system
 * writes its accents. Stateless.
 *
 * <p>A label has 1 to {@value #MAX_BYTES} bytes of UTF-8 and at least one visible character. It has
 * no control characters, line ends, byte order marks, unpaired surrogates or replacement
 * characters, and it is not {@code .} or {@code ..}. Everything else is kept exactly, including
 * leading and trailing blanks.
 */
public final class Labels {
  /** The largest number of UTF-8 bytes of a label: that of a folder's name. */
  public static final int MAX_BYTES = 255;

  private static final int SHOWN = 40;
  private static final char BYTE_ORDER_MARK = '\uFEFF';
  private static final char REPLACEMENT = '\uFFFD';

  /** Letters that are drawn as nothing: the fillers of Hangul, the empty Braille pattern. */
  private static final String FILLERS = "\u115F\u1160\u2800\u3164\uFFA0";

  private Labels() {}

  /**
   * {@return a label in its stored form}
   *
   * @param label a label
   * @throws IllegalArgumentException if it is not valid; the message tells why
   */
  public static String accept(String label) {
    Objects.requireNonNull(label, "the label must not be null");
    if (!StandardCharsets.UTF_8.newEncoder().canEncode(label)) {
      throw refused(label, "is not valid Unicode: it holds an unpaired surrogate");
    }
    if (label.indexOf(REPLACEMENT) >= 0) {
      throw refused(
          label,
          "holds the replacement character U+FFFD: characters were lost earlier; on Linux set"
              + " LC_ALL=C.UTF-8 or another UTF-8 locale, and use UTF-8 for files and requests");
    }
    label
        .codePoints()
        .filter(Labels::isUnwanted)
        .findFirst()
        .ifPresent(
            point -> {
              throw refused(
                  label,
                  String.format(
                      "holds the control character U+%04X, which does not survive every file"
                          + " format; remove it",
                      point));
            });
    if (label.codePoints().noneMatch(Labels::isVisible)) {
      throw refused(label, "is blank; give a visible label");
    }
    if (label.equals(".") || label.equals("..")) {
      throw refused(label, "is the name of a folder, not of a person; choose another");
    }
    String composed = normalize(label);
    int bytes = composed.getBytes(StandardCharsets.UTF_8).length;
    if (bytes > MAX_BYTES) {
      throw refused(
          label,
          "takes up "
              + bytes
              + " bytes of UTF-8, "
              + MAX_BYTES
              + " are allowed; shorten it and keep the rest elsewhere, such as in metadata");
    }
    return composed;
  }

  /**
   * {@return a label in composed form, for lookups; unlike {@link #accept} it accepts every text,
   * because older galleries may hold labels that are refused today}
   *
   * @param label the label
   */
  public static String normalize(String label) {
    return Normalizer.normalize(label, Normalizer.Form.NFC);
  }

  /**
   * {@return the label of a person's folder: its name}
   *
   * @param folder the folder
   * @throws FacePipelineException if the name is not a valid label, or the locale of this process
   *     cannot express it
   */
  public static String ofFolder(Path folder) {
    Path name = folder.getFileName();
    String text = String.valueOf(name);
    boolean survives;
    try {
      survives = folder.getFileSystem().getPath(text).equals(name);
    } catch (InvalidPathException e) {
      survives = false;
    }
    if (!survives || text.indexOf(REPLACEMENT) >= 0) {
      throw new FacePipelineException(
          "the name of the folder "
              + folder
              + " cannot be read as text in this process's locale, so it cannot be a person's"
              + " label; set LC_ALL=C.UTF-8 or another UTF-8 locale, or rename the folder");
    }
    try {
      return accept(text);
    } catch (IllegalArgumentException e) {
      throw new FacePipelineException(
          "the name of the folder " + folder + " is not a valid label: " + e.getMessage(), e);
    }
  }

  private static boolean isUnwanted(int point) {
    return Character.isISOControl(point)
        || Character.getType(point) == Character.LINE_SEPARATOR
        || Character.getType(point) == Character.PARAGRAPH_SEPARATOR
        || point == BYTE_ORDER_MARK;
  }

  private static boolean isVisible(int point) {
    return switch (Character.getType(point)) {
      case Character.SPACE_SEPARATOR, Character.FORMAT, Character.UNASSIGNED -> false;
      default -> FILLERS.indexOf(point) < 0;
    };
  }

  private static IllegalArgumentException refused(String label, String why) {
    StringBuilder shown = new StringBuilder();
    label
        .codePoints()
        .limit(SHOWN)
        .forEach(
            point -> {
              boolean surrogate = Character.getType(point) == Character.SURROGATE;
              if (surrogate || isUnwanted(point) || !(isVisible(point) || point == ' ')) {
                shown.append(String.format("\\u%04X", point));
              } else {
                shown.appendCodePoint(point);
              }
            });
    boolean cut = label.codePointCount(0, label.length()) > SHOWN;
    return new IllegalArgumentException("the label \"" + shown + (cut ? "…" : "") + "\" " + why);
  }
}
