package io.facepipeline;

import org.jspecify.annotations.Nullable;

/**
 * Looks through a file's structure before the JDK's readers do. They trust lengths in the file when
 * they ask for memory, so whatever claims more than the file holds, or than the limits allow, has
 * to be refused first.
 */
final class FormatChecks {
  private static final int TIFF_WIDTH = 256;
  private static final int TIFF_HEIGHT = 257;
  private static final int TIFF_BITS = 258;
  private static final int TIFF_COMPRESSION = 259;
  private static final int TIFF_PHOTOMETRIC = 262;
  private static final int TIFF_STRIP_OFFSETS = 273;
  private static final int TIFF_SAMPLES = 277;
  private static final int TIFF_STRIP_BYTES = 279;
  private static final int TIFF_TILE_WIDTH = 322;
  private static final int TIFF_TILE_HEIGHT = 323;
  private static final int TIFF_TILE_OFFSETS = 324;
  private static final int TIFF_TILE_BYTES = 325;
  private static final int TIFF_JPEG_OFFSET = 513;
  private static final int TIFF_JPEG_BYTES = 514;
  private static final int OLD_JPEG = 6;
  private static final int NEW_JPEG = 7;
  private static final int SEPARATED_INKS = 5;
  private static final int MAX_SAMPLES = 8;
  private static final int MAX_BITS = 64;

  private final ByteView view;
  private final ReadOptions options;
  private final String name;

  FormatChecks(byte[] encoded, ReadOptions options, String name) {
    this.view = ByteView.bigEndian(encoded);
    this.options = options;
    this.name = name;
  }

  JpegHeader jpeg() {
    JpegHeader header = JpegHeader.parse(view);
    if (header == null) {
      throw ImageException.corrupt(name, "jpeg without a frame header; the file is damaged");
    }
    options.requireAllowed(header.width(), header.height(), name);
    if (header.colours() == JpegHeader.Colours.OTHER) {
      throw ImageException.unsupported(
          name, "jpeg whose number of colour components is not 1, 3 or 4; convert it to png");
    }
    return header;
  }

  /** Checks a PNG's chunks and returns its orientation. */
  int png() {
    if (!view.matches(12, "IHDR") || !view.has(8, 25)) {
      throw ImageException.corrupt(name, "png without a header chunk; the file is damaged");
    }
    options.requireAllowed(view.u32(16), view.u32(20), name);
    boolean data = false;
    int orientation = ExifOrientation.UPRIGHT;
    long at = 8;
    while (view.has(at, 8) && !view.matches(at + 4, "IEND")) {
      long length = view.u32(at);
      boolean cut = !view.has(at + 8, length);
      boolean pixels = view.matches(at + 4, "IDAT");
      if (cut && (pixels || !data)) {
        throw ImageException.corrupt(
            name, "png chunk at byte " + at + " ends after the file; the file was cut off");
      } else if (cut) {
        // Behind the pixels nothing is needed, and what is broken there hurts no reader.
        break;
      }
      data |= pixels;
      if (view.matches(at + 4, "eXIf")) {
        orientation = ExifOrientation.of(view.slice(at + 8, length));
      }
      at += 12 + length;
    }
    if (!data) {
      throw ImageException.corrupt(name, "png without pixel data; the file was cut off");
    }
    return orientation;
  }

  GifScreen gif(byte[] encoded) {
    GifScreen screen = GifScreen.parse(encoded);
    if (screen == null) {
      throw ImageException.corrupt(name, "gif without a frame; the file was cut off");
    }
    options.requireAllowed(screen.width(), screen.height(), name);
    options.requireAllowed(screen.frameWidth(), screen.frameHeight(), name);
    return screen;
  }

  void bmp() {
    ByteView little = view.withOrder(true);
    if (!little.has(0, 26)) {
      throw ImageException.corrupt(name, "bmp shorter than its header; the file was cut off");
    }
    long header = little.u32(14);
    if (header == 12) {
      options.requireAllowed(little.u16(18), little.u16(20), name);
      return;
    }
    long height = little.i32(22);
    // Rows from the top are marked by a negative height.
    options.requireAllowed(little.i32(18), Math.abs(height), name);
    if (header >= 40 && little.has(30, 4)) {
      long compression = little.u32(30);
      if (compression == 4 || compression == 5) {
        // These hold a whole other file, whose size the header says nothing about.
        throw ImageException.unsupported(
            name,
            "bmp with compression "
                + compression
                + " (a jpeg or png inside, or OS/2 run lengths); convert it to png");
      }
    }
    if (header >= 124 && little.matches(70, "KNIL")) {
      // The profile is a path, which the JDK might open.
      throw ImageException.unsupported(
          name, "bmp with a linked colour profile; save it without the profile");
    }
  }

  /** Checks a TIFF's first directory and returns its orientation. */
  int tiff() {
    TiffDirectory directory = TiffDirectory.parse(view);
    if (directory == null) {
      throw ImageException.corrupt(name, "tiff without a directory; the file was cut off");
    }
    long width = directory.value(TIFF_WIDTH, 0);
    long height = directory.value(TIFF_HEIGHT, 0);
    options.requireAllowed(width, height, name);
    int oversized = directory.oversizedTag();
    if (oversized >= 0) {
      throw ImageException.corrupt(
          name, "tiff tag " + oversized + " claims more bytes than the file has");
    }
    long samples = directory.value(TIFF_SAMPLES, 1);
    if (samples < 1 || samples > MAX_SAMPLES) {
      throw ImageException.unsupported(
          name, "tiff with " + samples + " samples a pixel; give 1 to " + MAX_SAMPLES);
    }
    for (long bits : directory.values(TIFF_BITS)) {
      if (bits < 1 || bits > MAX_BITS) {
        throw ImageException.unsupported(name, "tiff with " + bits + " bits a sample");
      }
    }
    checkTiffBlocks(directory, width, height);
    long compression = directory.value(TIFF_COMPRESSION, 1);
    if (compression == OLD_JPEG || compression == NEW_JPEG) {
      if (directory.value(TIFF_PHOTOMETRIC, 0) == SEPARATED_INKS) {
        // The JDK decodes these without an error, to wrong colours.
        throw ImageException.unsupported(name, "tiff with cmyk in jpeg coding; convert it to png");
      }
      checkJpegParts(directory.values(TIFF_STRIP_OFFSETS));
      checkJpegParts(directory.values(TIFF_TILE_OFFSETS));
      checkJpegParts(directory.values(TIFF_JPEG_OFFSET));
    }
    return directory.orientation();
  }

  private void checkTiffBlocks(TiffDirectory directory, long width, long height) {
    long tileWidth = directory.value(TIFF_TILE_WIDTH, width);
    long tileHeight = directory.value(TIFF_TILE_HEIGHT, height);
    options.requireAllowed(tileWidth, tileHeight, name);
    for (int tag : new int[] {TIFF_STRIP_BYTES, TIFF_TILE_BYTES, TIFF_JPEG_BYTES}) {
      for (long bytes : directory.values(tag)) {
        if (bytes > view.length()) {
          throw ImageException.corrupt(
              name, "tiff block claims " + bytes + " bytes, more than the file has");
        }
      }
    }
  }

  private void checkJpegParts(long[] offsets) {
    for (long offset : offsets) {
      @Nullable JpegHeader part =
          view.has(offset, 2) ? JpegHeader.parse(view.slice(offset, view.length())) : null;
      if (part != null) {
        options.requireAllowed(part.width(), part.height(), name);
      }
    }
  }
}
