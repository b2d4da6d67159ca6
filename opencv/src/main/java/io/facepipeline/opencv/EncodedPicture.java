package io.facepipeline.opencv;

import io.facepipeline.ImageException;
import io.facepipeline.ImageException.Reason;
import io.facepipeline.ReadOptions;
import java.nio.charset.StandardCharsets;

/**
 * What a JPEG, PNG or WebP file says of itself, read before OpenCV may ask for memory: it trusts
 * the size in the file, and fills what was cut off with grey.
 */
final class EncodedPicture {
  private static final int JPEG_START = 0xFFD8;
  private static final int JPEG_END = 0xD9;
  private static final int JPEG_FIRST_BARE = 0xD0;
  private static final int JPEG_SCAN = 0xDA;
  private static final long MASK_14 = 0x3FFF;
  private static final long MASK_24 = 0xFFFFFF;

  private final byte[] bytes;
  private final String name;

  EncodedPicture(byte[] bytes, String name) {
    this.bytes = bytes;
    this.name = name;
  }

  static boolean isKnown(byte[] header) {
    EncodedPicture picture = new EncodedPicture(header, "");
    // Of an animated PNG OpenCV gives the first picture of the animation, not the one to be shown.
    boolean animated = picture.isPng() && picture.text(37, "acTL");
    return picture.isJpeg() || (picture.isPng() && !animated) || picture.isWebp();
  }

  private boolean isJpeg() {
    return bytes.length > 3 && big(0, 2) == JPEG_START && (bytes[2] & 0xFF) == 0xFF;
  }

  private boolean isPng() {
    return text(1, "PNG\r\n") && (bytes[0] & 0xFF) == 0x89;
  }

  private boolean isWebp() {
    return text(0, "RIFF") && text(8, "WEBP");
  }

  /**
   * Refuses what is too large or cut off.
   *
   * @throws ImageException if it is
   */
  void check(ReadOptions options) {
    if (isJpeg()) {
      checkJpeg(options);
    } else if (isPng()) {
      checkPng(options);
    } else {
      checkWebp(options);
    }
  }

  private void checkJpeg(ReadOptions options) {
    int at = 2;
    boolean sized = false;
    while (has(at, 4)) {
      int marker = bytes[at + 1] & 0xFF;
      if ((bytes[at] & 0xFF) != 0xFF || marker == 0xFF || marker == 0) {
        at++; // padding, or junk that decoders skip
        continue;
      }
      boolean bare = marker == 1 || (marker >= JPEG_FIRST_BARE && marker <= JPEG_END);
      if (bare) {
        at += 2; // no length follows
        continue;
      }
      if (marker == JPEG_SCAN) {
        break;
      }
      long length = big(at + 2, 2);
      boolean frame =
          marker >= 0xC0 && marker <= 0xCF && marker != 0xC4 && marker != 0xC8 && marker != 0xCC;
      if (frame && has(at + 5, 4)) {
        options.requireAllowed(big(at + 7, 2), big(at + 5, 2), name);
        sized = true;
      }
      at += 2 + (int) length;
    }
    if (!sized) {
      throw corrupt("jpeg without a frame header");
    }
    if (!endsAfter(at)) {
      throw corrupt("jpeg ends before its last pixel, the file was cut off");
    }
  }

  /** Whether an end marker follows the scan's start; in the coded pixels none can be. */
  private boolean endsAfter(int scan) {
    for (int i = bytes.length - 2; i > scan; i--) {
      if ((bytes[i] & 0xFF) == 0xFF && (bytes[i + 1] & 0xFF) == JPEG_END) {
        return true;
      }
    }
    return false;
  }

  private void checkPng(ReadOptions options) {
    if (!text(12, "IHDR") || !has(16, 8)) {
      throw corrupt("png without a header chunk");
    }
    options.requireAllowed(big(16, 4), big(20, 4), name);
    long at = 8;
    boolean data = false;
    while (at + 8 <= bytes.length && !text((int) at + 4, "IEND")) {
      long length = big((int) at, 4);
      boolean pixels = text((int) at + 4, "IDAT");
      data |= pixels;
      if (pixels && at + 12 + length > bytes.length) {
        throw corrupt("png ends before its last pixel, the file was cut off");
      }
      at += 12 + length;
    }
    if (!data) {
      throw corrupt("png without pixels");
    }
  }

  private void checkWebp(ReadOptions options) {
    if (text(12, "VP8X") && has(24, 6)) {
      options.requireAllowed(1 + (little(24, 3) & MASK_24), 1 + (little(27, 3) & MASK_24), name);
    } else if (text(12, "VP8L") && has(21, 4)) {
      long bits = little(21, 4);
      options.requireAllowed(1 + (bits & MASK_14), 1 + ((bits >> 14) & MASK_14), name);
    } else if (text(12, "VP8 ") && has(26, 4)) {
      options.requireAllowed(little(26, 2) & MASK_14, little(28, 2) & MASK_14, name);
    } else {
      throw corrupt("webp without a known first chunk");
    }
    if (little(4, 4) + 8 > bytes.length) {
      throw corrupt("webp ends before its last chunk, the file was cut off");
    }
  }

  ImageException corrupt(String problem) {
    return new ImageException(name, Reason.CORRUPT, problem + "; the file is damaged");
  }

  private boolean has(int at, int count) {
    return at >= 0 && at <= bytes.length - count;
  }

  private boolean text(int at, String wanted) {
    byte[] letters = wanted.getBytes(StandardCharsets.US_ASCII);
    if (!has(at, letters.length)) {
      return false;
    }
    for (int i = 0; i < letters.length; i++) {
      if (bytes[at + i] != letters[i]) {
        return false;
      }
    }
    return true;
  }

  private long big(int at, int count) {
    long value = 0;
    for (int i = 0; i < count; i++) {
      value = (value << 8) | (bytes[at + i] & 0xFF);
    }
    return value;
  }

  private long little(int at, int count) {
    long value = 0;
    for (int i = count - 1; i >= 0; i--) {
      value = (value << 8) | (bytes[at + i] & 0xFF);
    }
    return value;
  }
}
