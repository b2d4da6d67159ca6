package io.facepipeline;

import org.jspecify.annotations.Nullable;

/**
 * What the first chunk of a WebP says.
 *
 * @param width of the canvas in pixels
 * @param height of the canvas in pixels
 * @param cut whether the file is shorter than it says
 */
record WebpHeader(int width, int height, boolean cut) {
  private static final int MASK_14 = 0x3FFF;
  private static final int MASK_24 = 0xFFFFFF;

  /** Returns the header, or null if the first chunk is unknown; the bytes are little-endian. */
  static @Nullable WebpHeader parse(ByteView view) {
    if (!view.has(0, 21)) {
      return null;
    }
    boolean cut = view.u32(4) + 8 > view.length();
    if (view.matches(12, "VP8X") && view.has(24, 7)) {
      int width = 1 + (view.u16(24) | view.u8(26) << 16);
      int height = 1 + (int) (view.u32(26) >> 8 & MASK_24);
      return new WebpHeader(width, height, cut);
    } else if (view.matches(12, "VP8L") && view.has(21, 4)) {
      int bits = view.i32(21);
      return new WebpHeader(1 + (bits & MASK_14), 1 + (bits >> 14 & MASK_14), cut);
    } else if (view.matches(12, "VP8 ") && view.has(26, 4)) {
      return new WebpHeader(view.u16(26) & MASK_14, view.u16(28) & MASK_14, cut);
    }
    return null;
  }
}
