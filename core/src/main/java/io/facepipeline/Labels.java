package io.facepipeline;

import java.nio.charset.StandardCharsets;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.text.Normalizer;

/**
 * What may be a person's label: any text that comes back as it was from every form in which labels
 * are kept or sent (a gallery's log, NPZ, CSV, a classifier's file, JSON, a folder of photos per
 * person). Labels are in Unicode's composed form (NFC), so that a name is one person's however a
 * system writes its accents. Stateless.
 *
 * <p>A label has 1 to {@value #MAX_BYTES} bytes of UTF-8 and a character that can be seen; it has
 * no control characters, line ends, byte order marks, halves of surrogate pairs or replacement
 * characters; and it is not {@code .} or {@code ..}. Everything else is kept to the letter, blanks
 * at the ends included.
 */
public final class Labels {
  /** The most bytes of UTF-8 that a label takes up: those of a folder's name. */
  public static final int MAX_BYTES = 255;

  private static final int SHOWN = 40;
  private static final char BYTE_ORDER_MARK = '\uFEFF';
  private static final char REPLACEMENT = '\uFFFD';

  /** Letters that are drawn as nothing: the fillers of Hangul, the empty Braille pattern. */
  private static final String FILLERS = "\u115F\u1160\u2800\u3164\uFFA0";

  private Labels() {}

  /**
   * {@return a label in the form in which it is kept}
   *
   * @param label what somebody is to be called
   * @throws IllegalArgumentException if it may not be a label; the message says why
   */
  public static String accept(String label) {
    if (!StandardCharsets.UTF_8.newEncoder().canEncode(label)) {
      throw refused(label, "is not valid Unicode: it holds half a surrogate pair");
    }
    if (label.indexOf(REPLACEMENT) >= 0) {
      throw refused(
          label,
          "holds the replacement character U+FFFD: letters were lost on the way here; on Linux set"
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
                          + " format; leave it out",
                      point));
            });
    if (label.codePoints().noneMatch(Labels::isVisible)) {
      throw refused(label, "is blank: a person needs a label that can be seen");
    }
    if (label.equals(".") || label.equals("..")) {
      throw refused(label, "names a folder's place, not a person; choose another");
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
   * {@return a label in composed form, to look somebody up; unlike {@link #accept} it takes every
   * text, since older galleries may hold what is refused today}
   *
   * @param label the label
   */
  public static String normalize(String label) {
    return Normalizer.normalize(label, Normalizer.Form.NFC);
  }

  /**
   * {@return the label that a person's folder stands for: its name}
   *
   * @param folder the folder
   * @throws FacePipelineException if the name may not be a label, or holds letters that the locale
   *     of this process cannot express
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
          "the folder " + folder + " cannot name a person: " + e.getMessage(), e);
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
