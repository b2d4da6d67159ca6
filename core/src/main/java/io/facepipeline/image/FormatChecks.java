package io.facepipeline.image;

import io.facepipeline.ImageException;
import io.facepipeline.ReadOptions;
import io.facepipeline.image.jpeg.JpegFrame;
import io.facepipeline.image.jpeg.JpegHeader;
import io.facepipeline.image.jpeg.JpegScans;

/**
 * Looks through a file's structure before a decoder does. Decoders trust lengths in the file when
 * they ask for memory, so whatever claims more than the file holds, or than the limits allow, has
 * to be refused first.
 */
final class FormatChecks {
  /** What a row costs beside its pixels, in bytes written. */
  private static final int ROW_COST = 16;

  private static final int MOST_BMP_COLOURS = 1 << 16;

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
      throw PictureFailures.corrupt(name, "jpeg without a frame header; the file is damaged");
    }
    JpegFrame frame = header.frame();
    options.requireAllowed(frame.width(), frame.height(), name);
    requireDecodable(frame, name);
    if (header.colours() == JpegHeader.Colours.OTHER) {
      throw PictureFailures.unsupported(
          name, "jpeg whose number of color components is not 1, 3 or 4; convert it to png");
    }
    requireSize(frame.width(), frame.height(), (long) frame.width() * frame.components().size());
    return header;
  }

  /** Counts a JPEG's scans and refuses too many. */
  JpegScans scans(JpegFrame frame) {
    JpegScans scans = JpegScans.of(view, frame);
    requireFew(scans, name);
    DecodingWork.requireScans(options, scans.samples(), view.length(), name);
    if (!scans.whole() && !options.lenient()) {
      throw PictureFailures.cut(name, "jpeg", null);
    }
    return scans;
  }

  static void requireDecodable(JpegFrame frame, String name) {
    String obstacle = frame.obstacle();
    if (obstacle != null) {
      throw PictureFailures.unsupported(name, obstacle + "; save it as a standard jpeg or as png");
    }
    if (!frame.sampled()) {
      throw PictureFailures.corrupt(
          name, "jpeg with a sampling factor that is not 1 to 4; the file is damaged");
    }
  }

  static void requireFew(JpegScans scans, String name) {
    if (scans.count() > JpegScans.MOST) {
      throw new ImageException(
          name,
          ImageException.Reason.TOO_LARGE,
          "jpeg with more than " + JpegScans.MOST + " scans; save it again with fewer");
    }
    if (scans.segments() > JpegScans.MOST_SEGMENTS) {
      throw new ImageException(
          name,
          ImageException.Reason.TOO_LARGE,
          "jpeg with more than "
              + JpegScans.MOST_SEGMENTS
              + " segments; save it again without its metadata");
    }
    if (scans.frames() > 1) {
      throw PictureFailures.corrupt(name, "jpeg with several frame headers; the file is damaged");
    }
  }

  PngChunks png() {
    PngChunks chunks = PngChunks.parse(view);
    if (chunks == null) {
      throw PictureFailures.corrupt(name, "png without a header chunk; the file is damaged");
    }
    options.requireAllowed(chunks.width(), chunks.height(), name);
    requireSize(chunks.width(), chunks.height(), chunks.rowBytes());
    if (chunks.data().length() == 0) {
      throw PictureFailures.corrupt(name, "png without pixel data; the file is truncated");
    }
    return chunks;
  }

  GifScreen gif(byte[] encoded) {
    GifScreen screen = GifScreen.parse(encoded);
    if (screen == null) {
      throw PictureFailures.corrupt(name, "gif without a frame; the file is truncated");
    }
    options.requireAllowed(screen.width(), screen.height(), name);
    options.requireAllowed(screen.frameWidth(), screen.frameHeight(), name);
    requireSize(screen.width(), screen.height(), 0);
    requireSize(screen.frameWidth(), screen.frameHeight(), 0);
    return screen;
  }

  void bmp() {
    ByteView little = view.withOrder(true);
    if (!little.has(0, 26)) {
      throw PictureFailures.corrupt(name, "bmp shorter than its header; the file is truncated");
    }
    long header = little.u32(14);
    if (header == 12) {
      options.requireAllowed(little.u16(18), little.u16(20), name);
      requireSize(little.u16(18), little.u16(20), little.u16(18) * 4L);
      return;
    }
    long width = little.i32(18);
    // Rows from the top are marked by a negative height.
    long height = Math.abs((long) little.i32(22));
    options.requireAllowed(width, height, name);
    requireSize(width, height, width * 4);
    if (header > view.length()) {
      throw PictureFailures.corrupt(
          name, "bmp header claims " + header + " bytes, more than the file has");
    }
    if (header >= 40 && little.has(30, 4)) {
      long compression = little.u32(30);
      if (compression == 4 || compression == 5) {
        // These hold a whole other file, whose size the header says nothing about.
        throw PictureFailures.unsupported(
            name,
            "bmp with compression "
                + compression
                + " (a jpeg or png inside, or OS/2 run lengths); convert it to png");
      }
    }
    if (header >= 40 && little.has(46, 4) && little.u32(46) > MOST_BMP_COLOURS) {
      throw PictureFailures.corrupt(
          name, "bmp claims a palette of " + little.u32(46) + " colors; the file is damaged");
    }
    if (header >= 124 && little.matches(70, "KNIL")) {
      // The profile is a path, which the JDK might open.
      throw PictureFailures.unsupported(
          name, "bmp with a linked color profile; save it without the profile");
    }
    if (header >= 124 && little.has(126, 8) && little.u32(130) > view.length()) {
      throw PictureFailures.corrupt(
          name, "bmp profile claims " + little.u32(130) + " bytes, more than the file has");
    }
  }

  /** Checks a TIFF's first directory and returns its orientation. */
  int tiff() {
    TiffDirectory directory = TiffDirectory.parse(view);
    if (directory == null) {
      throw PictureFailures.corrupt(name, "tiff without a directory; the file is truncated");
    }
    new TiffChecks(view, directory, options, name).check();
    return directory.orientation();
  }

  WebpChunks webp() {
    WebpChunks chunks = WebpChunks.parse(view.withOrder(true));
    if (chunks == null) {
      throw PictureFailures.corrupt(
          name, "webp without a picture, or truncated before it; the file is damaged");
    }
    options.requireAllowed(chunks.width(), chunks.height(), name);
    requireSize(chunks.width(), chunks.height(), 0);
    if (chunks.cut()) {
      throw PictureFailures.corrupt(name, "webp ends before its last chunk; the file is truncated");
    }
    if (!chunks.fits()) {
      throw PictureFailures.corrupt(
          name,
          "webp whose picture of "
              + chunks.pixels().width()
              + "x"
              + chunks.pixels().height()
              + " pixels does not lie on its canvas of "
              + chunks.width()
              + "x"
              + chunks.height()
              + "; the file is damaged");
    }
    return chunks;
  }

  /** Refuses a picture whose pixels are too many for its bytes. */
  private void requireSize(long width, long height, long rowBytes) {
    DecodingWork.requireWork(
        options, height * (Math.max(3 * width, rowBytes) + ROW_COST), view.length(), name);
  }
}
