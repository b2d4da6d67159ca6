package io.facepipeline.image.jpeg;

import io.facepipeline.image.ByteView;
import io.facepipeline.image.ExifOrientation;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What the segments in front of a JPEG's first scan say. The JDK's reader gives raw components, so
 * how they are to be understood is decided here, by the rules of libjpeg.
 *
 * @param frame size and components
 * @param colours how the components are coded
 * @param orientation the Exif orientation, 1 to 8
 * @param common whether the colors are YCC by marks that every reader understands alike
 * @param profiles where the segments with parts of a color profile have their contents
 */
public record JpegHeader(
    JpegFrame frame, Colours colours, int orientation, boolean common, List<Integer> profiles) {
  /** How the components of a pixel are coded. */
  public enum Colours {
    GREY(1),
    RGB(3),
    YCC(3),
    CMYK(4),
    YCCK(4),
    OTHER(0);

    final int components;

    Colours(int components) {
      this.components = components;
    }
  }

  private static final int NO_ADOBE = -1;
  private static final String PROFILE = "ICC_PROFILE\0";

  /** Returns the header, or null if there is no frame in front of the first scan. */
  public static @Nullable JpegHeader parse(ByteView view) {
    ByteView start = null;
    JpegFrame frame = null;
    boolean jfif = false;
    int adobe = NO_ADOBE;
    int orientation = 0;
    List<Integer> profiles = new ArrayList<>();
    JpegSegments segments = new JpegSegments(view);
    while (segments.next() && segments.marker() != JpegSegments.START_OF_SCAN) {
      int marker = segments.marker();
      ByteView body = segments.body();
      if (JpegFrame.isFrame(marker) && start == null) {
        start = body;
        frame = JpegFrame.of(marker, body);
      } else if (marker == 0xE0 && body.matches(0, "JFIF\0")) {
        jfif = true;
      } else if (marker == 0xEE && body.matches(0, "Adobe") && body.has(0, 12)) {
        adobe = body.u8(11);
      } else if (marker == 0xE1 && orientation == 0 && body.matches(0, "Exif\0")) {
        orientation = ExifOrientation.of(body.slice(Math.min(6, body.length()), body.length()));
      }
      if (marker == 0xE2 && body.matches(0, PROFILE)) {
        profiles.add((int) segments.start());
      }
    }
    if (start == null || frame == null) {
      return null;
    }
    Colours colours = colours(start, jfif, adobe);
    return new JpegHeader(
        frame,
        colours,
        Math.max(1, orientation),
        colours == Colours.YCC && (jfif || orientation > 0) && adobe == NO_ADOBE,
        List.copyOf(profiles));
  }

  public int width() {
    return frame.width();
  }

  public int height() {
    return frame.height();
  }

  /**
   * Returns the file with its color profile made unrecognizable, or the file itself if it has none.
   */
  public byte[] withoutProfile(byte[] encoded) {
    if (profiles.isEmpty()) {
      return encoded;
    }
    byte[] changed = encoded.clone();
    for (int at : profiles) {
      changed[at] = 0;
    }
    return changed;
  }

  private static Colours colours(ByteView frame, boolean jfif, int adobe) {
    int components = frame.u8(5);
    if (components == 1) {
      return Colours.GREY;
    } else if (components == 4) {
      // With Adobe's marker, 0 is plain CMYK; without the marker libjpeg assumes CMYK too.
      return adobe == 0 || adobe == NO_ADOBE ? Colours.CMYK : Colours.YCCK;
    } else if (components != 3 || !frame.has(0, 15)) {
      return Colours.OTHER;
    } else if (jfif) {
      return Colours.YCC;
    } else if (adobe != NO_ADOBE) {
      return adobe == 0 ? Colours.RGB : Colours.YCC;
    }
    boolean named = frame.u8(6) == 'R' && frame.u8(9) == 'G' && frame.u8(12) == 'B';
    return named ? Colours.RGB : Colours.YCC;
  }
}
