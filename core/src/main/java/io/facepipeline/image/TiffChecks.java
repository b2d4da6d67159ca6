package io.facepipeline.image;

import io.facepipeline.ImageException;
import io.facepipeline.ReadOptions;
import io.facepipeline.image.jpeg.JpegHeader;
import io.facepipeline.image.jpeg.JpegScans;
import java.util.HashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Looks at a TIFF's first directory before the JDK's reader does: refuses by name what that reader
 * gets wrong, and what asks for too much work.
 */
final class TiffChecks {
  private static final int WIDTH = 256;
  private static final int HEIGHT = 257;
  private static final int BITS = 258;
  private static final int COMPRESSION = 259;
  private static final int PHOTOMETRIC = 262;
  private static final int STRIP_OFFSETS = 273;
  private static final int SAMPLES = 277;
  private static final int ROWS_PER_STRIP = 278;
  private static final int STRIP_BYTES = 279;
  private static final int PLANES = 284;
  private static final int PREDICTOR = 317;
  private static final int TILE_WIDTH = 322;
  private static final int TILE_HEIGHT = 323;
  private static final int TILE_OFFSETS = 324;
  private static final int TILE_BYTES = 325;
  private static final int SAMPLE_FORMAT = 339;
  private static final int JPEG_OFFSET = 513;
  private static final int JPEG_BYTES = 514;

  private static final int UNCOMPRESSED = 1;
  private static final int OLD_JPEG = 6;
  private static final int NEW_JPEG = 7;
  private static final int PALETTE = 3;
  private static final int INKS = 5;
  private static final int LUMINANCE_AND_COLOUR = 6;
  private static final int MAX_SAMPLES = 8;
  private static final int FULL_BITS = 32;

  /** The JDK's reader makes a table of all values that a sample can have, 64 MB for this many. */
  private static final int MAX_BITS = 24;

  /** What a strip or tile costs beside its pixels, in bytes written. */
  private static final int BLOCK_COST = 4096;

  private final ByteView view;
  private final TiffDirectory directory;
  private final ReadOptions options;
  private final String name;

  TiffChecks(ByteView view, TiffDirectory directory, ReadOptions options, String name) {
    this.view = view;
    this.directory = directory;
    this.options = options;
    this.name = name;
  }

  void check() {
    long width = directory.value(WIDTH, 0);
    long height = directory.value(HEIGHT, 0);
    options.requireAllowed(width, height, name);
    int oversized = directory.oversizedTag();
    if (oversized >= 0) {
      throw PictureFailures.corrupt(
          name, "tiff tag " + oversized + " claims more bytes than the file has");
    }
    if (directory.claimedBytes() > 2L * view.length() + BLOCK_COST) {
      throw PictureFailures.corrupt(
          name,
          "tiff tags claim " + directory.claimedBytes() + " bytes together; the file is damaged");
    }
    long samples = directory.value(SAMPLES, 1);
    if (samples < 1 || samples > MAX_SAMPLES) {
      throw PictureFailures.unsupported(
          name, "tiff with " + samples + " samples per pixel; give 1 to " + MAX_SAMPLES);
    }
    int bits = bits();
    checkKind(bits);
    checkBlocks(width, height, samples, bits);
    checkJpegs();
  }

  /** Returns the bits of a sample, the most if they differ. */
  private int bits() {
    long most = 1;
    long least = Long.MAX_VALUE;
    for (long bits : directory.values(BITS)) {
      most = Math.max(most, bits);
      least = Math.min(least, bits);
    }
    boolean tables =
        most > 16 && (most > MAX_BITS || least != most || directory.value(SAMPLES, 1) > 3);
    if (least < 1 || (tables && !(most == FULL_BITS && least == FULL_BITS))) {
      throw PictureFailures.unsupported(
          name,
          "tiff with "
              + (least == most ? "" : least + " to ")
              + most
              + " bits per sample; convert it to 8 or 16 bits");
    }
    return (int) most;
  }

  private void checkKind(int bits) {
    long compression = directory.value(COMPRESSION, UNCOMPRESSED);
    String packing = packing(compression);
    if (packing != null) {
      throw unreadable(packing);
    }
    long photometric = directory.value(PHOTOMETRIC, 1);
    String colours = colours(photometric);
    if (colours != null) {
      throw unreadable(colours);
    }
    boolean jpeg = compression == OLD_JPEG || compression == NEW_JPEG;
    if (jpeg && photometric == INKS) {
      // The JDK decodes these without an error, to wrong colors.
      throw unreadable("cmyk in jpeg coding");
    }
    if (photometric == LUMINANCE_AND_COLOUR && !jpeg && directory.value(PLANES, 1) == 2) {
      throw unreadable("ycbcr samples in planes");
    }
    if (photometric == PALETTE && bits > 8) {
      throw unreadable("a palette of " + bits + " bits");
    }
    for (long format : directory.values(SAMPLE_FORMAT)) {
      if (format == 2 || format == 5) {
        throw unreadable("signed samples");
      } else if (format == 3 || format == 6) {
        throw unreadable("floating-point samples");
      }
    }
    long predictor = directory.value(PREDICTOR, 1);
    if (predictor == 3 || predictor > 3) {
      throw unreadable("predictor " + predictor);
    } else if (predictor == 2 && bits != 8 && !jpeg && compression != UNCOMPRESSED) {
      throw unreadable("samples of " + bits + " bits and a predictor");
    }
  }

  private ImageException unreadable(String what) {
    return PictureFailures.unsupported(name, "tiff with " + what + "; convert it to png or jpeg");
  }

  private static @Nullable String packing(long compression) {
    if ((compression >= 1 && compression <= 8) || compression == 32946 || compression == 32773) {
      return null;
    }
    return switch ((int) compression) {
      case 9, 10 -> "jbig compression";
      case 33003, 33004, 33005, 34712 -> "jpeg 2000 inside";
      case 34676, 34677 -> "sgi log compression";
      case 34887 -> "lerc compression";
      case 34925 -> "lzma compression";
      case 50000 -> "zstandard compression";
      case 50001 -> "webp inside";
      case 50002, 52546 -> "jpeg xl inside";
      default -> "compression " + compression;
    };
  }

  private static @Nullable String colours(long photometric) {
    return switch ((int) photometric) {
      case 0, 1, 2, PALETTE, INKS, LUMINANCE_AND_COLOUR -> null;
      case 4 -> "a transparency mask instead of pixels";
      case 8 -> "cielab colors";
      case 9 -> "icclab colors";
      case 10 -> "itulab colors";
      case 32803, 34892 -> "a camera's raw samples";
      case 32844, 32845 -> "logluv colors";
      default -> "colors of the kind " + photometric;
    };
  }

  private void checkBlocks(long width, long height, long samples, int bits) {
    boolean tiled = directory.values(TILE_WIDTH).length > 0;
    long blockWidth = tiled ? directory.value(TILE_WIDTH, width) : width;
    long blockHeight =
        tiled
            ? directory.value(TILE_HEIGHT, height)
            : Math.min(height, directory.value(ROWS_PER_STRIP, height));
    options.requireAllowed(blockWidth, blockHeight, name);
    long across = (width + blockWidth - 1) / blockWidth;
    long down = (height + blockHeight - 1) / blockHeight;
    long planes = directory.value(PLANES, 1) == 2 ? samples : 1;
    // The factors are each below 2^30, so that only the last product could overflow.
    long pixels = Math.min(across * blockWidth * down * blockHeight, 1L << 50);
    long bytes = Math.max(3, (samples * bits + 7) / 8);
    DecodingWork.requireWork(
        options, pixels * bytes + across * down * planes * BLOCK_COST, view.length(), name);
    for (int tag : new int[] {STRIP_BYTES, TILE_BYTES, JPEG_BYTES}) {
      long sum = 0;
      for (long block : directory.values(tag)) {
        sum += block;
        if (block > view.length()) {
          throw PictureFailures.corrupt(
              name, "tiff block claims " + block + " bytes, more than the file has");
        }
      }
      if (sum > 2L * view.length() + BLOCK_COST) {
        throw PictureFailures.corrupt(
            name, "tiff blocks claim " + sum + " bytes together; the file is damaged");
      }
    }
  }

  /** Each strip or tile may be a JPEG of its own, with a size and scans of its own. */
  private void checkJpegs() {
    long compression = directory.value(COMPRESSION, UNCOMPRESSED);
    if (compression != OLD_JPEG && compression != NEW_JPEG) {
      return;
    }
    Map<Long, Long> samples = new HashMap<>();
    long sum = 0;
    long looked = 0;
    for (int[] tags :
        new int[][] {
          {STRIP_OFFSETS, STRIP_BYTES}, {TILE_OFFSETS, TILE_BYTES}, {JPEG_OFFSET, JPEG_BYTES}
        }) {
      long[] offsets = directory.values(tags[0]);
      long[] bytes = directory.values(tags[1]);
      for (int i = 0; i < offsets.length; i++) {
        long size = i < bytes.length ? bytes[i] : view.length();
        Long known = samples.get(offsets[i]);
        if (known == null) {
          looked += size;
          if (looked > 4L * view.length()) {
            throw PictureFailures.corrupt(name, "tiff blocks overlap; the file is damaged");
          }
          known = jpegSamples(offsets[i], size);
          samples.put(offsets[i], known);
        }
        sum += known;
        DecodingWork.requireScans(options, sum, view.length(), name);
      }
    }
  }

  private long jpegSamples(long offset, long size) {
    ByteView part = view.slice(Math.min(offset, view.length()), size);
    @Nullable JpegHeader header = part.has(0, 2) ? JpegHeader.parse(part) : null;
    if (header == null) {
      return 0;
    }
    options.requireAllowed(header.width(), header.height(), name);
    FormatChecks.requireDecodable(header.frame(), name);
    JpegScans scans = JpegScans.of(part, header.frame());
    FormatChecks.requireFew(scans, name);
    long pixels = (long) header.width() * header.height();
    DecodingWork.requireWork(
        options, pixels * Math.max(3, header.frame().components().size()), view.length(), name);
    return scans.samples();
  }
}
