package io.facepipeline.image;

import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import org.jspecify.annotations.Nullable;

/**
 * The chunks of a WebP that make its picture, or the first one of an animation. A native decoder
 * gets only these: alpha is dropped anyway, and what is wrong with an animation's frames OpenCV
 * prints on standard error.
 *
 * @param width of the canvas in pixels
 * @param height of the canvas in pixels
 * @param left the picture's first column on the canvas
 * @param top the picture's first row on the canvas
 * @param pixels the picture's own chunk
 * @param orientation the Exif orientation, 1 to 8
 * @param cut whether the file is shorter than it or its picture says
 */
record WebpChunks(
    int width, int height, int left, int top, Pixels pixels, int orientation, boolean cut) {
  private static final int MASK_14 = 0x3FFF;
  private static final int HEADER = 12;
  private static final int FRAME_HEADER = 16;

  /**
   * A chunk of coded pixels.
   *
   * @param type VP8 with a space behind it, or VP8L
   * @param body what the chunk holds
   * @param width as the pixels' own header says
   * @param height as the pixels' own header says
   * @param cut whether the file ends within it
   */
  record Pixels(String type, ByteView body, int width, int height, boolean cut) {
    /** Returns the chunk at an offset, or null if it is none of pixels, or has no header. */
    static @Nullable Pixels at(ByteView view, long at) {
      ByteView body = view.slice(at + 8, view.u32(at + 4));
      boolean cut = body.length() < view.u32(at + 4);
      if (view.matches(at, "VP8L") && body.has(0, 5) && body.u8(0) == 0x2F) {
        int bits = body.i32(1);
        return new Pixels("VP8L", body, 1 + (bits & MASK_14), 1 + (bits >> 14 & MASK_14), cut);
      } else if (view.matches(at, "VP8 ") && body.matches(3, "\u009D\u0001*") && body.has(6, 4)) {
        return new Pixels("VP8 ", body, body.u16(6) & MASK_14, body.u16(8) & MASK_14, cut);
      }
      return null;
    }
  }

  /** Returns the chunks, or null if none is a picture; the bytes are little-endian. */
  static @Nullable WebpChunks parse(ByteView view) {
    if (!view.has(HEADER, 8)) {
      return null;
    }
    boolean cut = view.u32(4) + 8 > view.length();
    if (view.matches(HEADER, "VP8X") && view.has(HEADER + 8, 10)) {
      return extended(view, cut);
    }
    Pixels pixels = Pixels.at(view, HEADER);
    if (pixels == null) {
      return null;
    }
    return new WebpChunks(
        pixels.width(),
        pixels.height(),
        0,
        0,
        pixels,
        ExifOrientation.UPRIGHT,
        cut || pixels.cut());
  }

  private static @Nullable WebpChunks extended(ByteView view, boolean cut) {
    int width = 1 + u24(view, HEADER + 12);
    int height = 1 + u24(view, HEADER + 15);
    int left = 0;
    int top = 0;
    Pixels pixels = null;
    int orientation = ExifOrientation.UPRIGHT;
    for (long at = HEADER; view.has(at, 8); at = next(view, at)) {
      if (pixels == null && view.matches(at, "ANMF") && view.has(at + 8, FRAME_HEADER)) {
        left = 2 * u24(view, at + 8);
        top = 2 * u24(view, at + 11);
        pixels = ofFrame(view.slice(at + 8, view.u32(at + 4)));
        cut |= pixels != null && pixels.cut();
      } else if (pixels == null && view.matches(at, "VP8")) {
        pixels = Pixels.at(view, at);
        cut |= pixels != null && pixels.cut();
      } else if (view.matches(at, "EXIF")) {
        ByteView exif = view.slice(at + 8, view.u32(at + 4));
        // Some writers put the prefix before it that JPEG has.
        orientation =
            ExifOrientation.of(exif.matches(0, "Exif\0\0") ? exif.slice(6, exif.length()) : exif);
      }
    }
    return pixels == null
        ? null
        : new WebpChunks(width, height, left, top, pixels, orientation, cut);
  }

  private static @Nullable Pixels ofFrame(ByteView frame) {
    for (long at = FRAME_HEADER; frame.has(at, 8); at = next(frame, at)) {
      Pixels pixels = Pixels.at(frame, at);
      if (pixels != null) {
        return pixels;
      }
    }
    return null;
  }

  /** Where the chunk behind one begins; a chunk of odd size has a byte of padding. */
  private static long next(ByteView view, long at) {
    long size = view.u32(at + 4);
    return at + 8 + size + (size & 1);
  }

  private static int u24(ByteView view, long at) {
    return view.u16(at) | view.u8(at + 2) << 16;
  }

  /** Whether the picture lies on the canvas. */
  boolean fits() {
    return pixels.width() > 0
        && pixels.height() > 0
        && (long) left + pixels.width() <= width
        && (long) top + pixels.height() <= height;
  }

  /** A WebP file of nothing but the picture. */
  byte[] file() {
    ByteView body = pixels.body();
    int padding = body.length() & 1;
    ByteBuffer header = ByteBuffer.allocate(20).order(ByteOrder.LITTLE_ENDIAN);
    header.put(ascii("RIFF")).putInt(HEADER + body.length() + padding).put(ascii("WEBP"));
    header.put(ascii(pixels.type())).putInt(body.length());
    ByteArrayOutputStream out = new ByteArrayOutputStream(header.capacity() + body.length() + 1);
    out.writeBytes(header.array());
    body.copyTo(out);
    out.writeBytes(new byte[padding]);
    return out.toByteArray();
  }

  private static byte[] ascii(String text) {
    return text.getBytes(StandardCharsets.US_ASCII);
  }

  /** Returns the canvas with the picture's RGB bytes on it, black where it leaves it bare. */
  byte[] paint(int decodedWidth, int decodedHeight, byte[] rgb) {
    if (decodedWidth != pixels.width() || decodedHeight != pixels.height()) {
      throw new IllegalArgumentException(
          "decoded to %dx%d pixels, where the file says %dx%d"
              .formatted(decodedWidth, decodedHeight, pixels.width(), pixels.height()));
    }
    if (pixels.width() == width && pixels.height() == height) {
      return rgb;
    }
    byte[] canvas = new byte[Math.multiplyExact(3, Math.multiplyExact(width, height))];
    int row = 3 * pixels.width();
    for (int y = 0; y < pixels.height(); y++) {
      System.arraycopy(rgb, y * row, canvas, 3 * ((top + y) * width + left), row);
    }
    return canvas;
  }
}
