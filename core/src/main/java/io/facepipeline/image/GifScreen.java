package io.facepipeline.image;

import java.awt.image.BufferedImage;
import java.awt.image.IndexColorModel;
import org.jspecify.annotations.Nullable;

/**
 * The canvas of a GIF and where its first frame lies on it. The JDK gives only the frame;
 * animations whose first frame is smaller than the canvas would come out in the wrong size.
 *
 * @param width of the canvas in pixels, large enough for the frame
 * @param height of the canvas in pixels, large enough for the frame
 * @param left the frame's first column
 * @param top the frame's first row
 * @param frameWidth in pixels
 * @param frameHeight in pixels
 * @param transparent the palette index of transparent pixels, or 0
 * @param frameAt where in the file the first frame begins
 */
record GifScreen(
    int width,
    int height,
    int left,
    int top,
    int frameWidth,
    int frameHeight,
    int transparent,
    int frameAt) {
  private static final int SPARE = 1 << 16;

  /** Returns the canvas, or null if the file has no frame. */
  static @Nullable GifScreen parse(byte[] encoded) {
    ByteView view = ByteView.littleEndian(encoded);
    if (!view.has(0, 13)) {
      return null;
    }
    long at = 13L + paletteBytes(view.u8(10));
    int transparent = 0;
    while (view.has(at, 10)) {
      int block = view.u8(at);
      if (block == ',') {
        int left = view.u16(at + 1);
        int top = view.u16(at + 3);
        int frameWidth = view.u16(at + 5);
        int frameHeight = view.u16(at + 7);
        return new GifScreen(
            Math.max(view.u16(6), left + frameWidth),
            Math.max(view.u16(8), top + frameHeight),
            left,
            top,
            frameWidth,
            frameHeight,
            transparent,
            (int) at);
      } else if (block == '!') {
        if (view.u8(at + 1) == 0xF9 && (view.u8(at + 3) & 1) != 0) {
          transparent = view.u8(at + 6);
        }
        at += 2;
        while (view.has(at, 1) && view.u8(at) != 0) {
          at += 1 + view.u8(at);
        }
      }
      // Anything else is padding, which readers skip byte by byte.
      at++;
    }
    return null;
  }

  /**
   * Returns a GIF of nothing but the first frame: the JDK's reader would gather comments of any
   * length, in steps whose time grows with their square.
   */
  byte[] firstFrame(byte[] encoded) {
    ByteView view = ByteView.littleEndian(encoded);
    int start = (int) Math.min(frameAt, 13L + paletteBytes(view.u8(10)));
    // Behind the frame's header and palette comes the size of its codes, then blocks of them.
    long end = frameAt + 11L + paletteBytes(view.u8(frameAt + 9));
    // More than the pixels can need is not looked at: codes may also do nothing.
    long needed = end + SPARE + 4L * frameWidth * frameHeight;
    int last = 0;
    while (view.has(end, 1) && view.u8(end) != 0 && end < needed) {
      last = view.u8(end);
      end += 1 + last;
    }
    // Encoders fill each block but the last; behind that one nothing is missing but marks.
    boolean whole = view.has(end, 1) || (end == encoded.length && last > 0 && last < 255);
    int to = (int) Math.min(encoded.length, end);
    byte[] file = new byte[start + to - frameAt + (whole ? 2 : 0)];
    System.arraycopy(encoded, 0, file, 0, start);
    System.arraycopy(encoded, frameAt, file, start, to - frameAt);
    if (whole) {
      file[file.length - 1] = ';';
    }
    return file;
  }

  private static int paletteBytes(int flags) {
    return (flags & 0x80) == 0 ? 0 : 3 << ((flags & 7) + 1);
  }

  /** Returns the RGB bytes of the canvas; what the frame leaves bare gets the transparent color. */
  byte[] paint(BufferedImage frame) {
    byte[] pixels = RgbConversion.rgb(frame.getRaster(), frame.getColorModel());
    if (frame.getWidth() == width && frame.getHeight() == height) {
      return pixels;
    }
    byte[] canvas = new byte[Math.multiplyExact(3, Math.multiplyExact(width, height))];
    int bare = 0;
    if (frame.getColorModel() instanceof IndexColorModel palette
        && transparent < palette.getMapSize()) {
      bare = palette.getRGB(transparent);
    }
    for (int i = 0; i < canvas.length; i += 3) {
      canvas[i] = (byte) (bare >> 16);
      canvas[i + 1] = (byte) (bare >> 8);
      canvas[i + 2] = (byte) bare;
    }
    int columns = Math.min(frame.getWidth(), width - left);
    int rows = Math.min(frame.getHeight(), height - top);
    for (int y = 0; y < rows; y++) {
      System.arraycopy(
          pixels, 3 * y * frame.getWidth(), canvas, 3 * ((top + y) * width + left), 3 * columns);
    }
    return canvas;
  }
}
