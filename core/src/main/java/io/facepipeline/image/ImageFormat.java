package io.facepipeline.image;

/** The formats recognized by their first bytes. */
public enum ImageFormat {
  JPEG("jpeg", true),
  PNG("png", true),
  GIF("gif", true),
  BMP("bmp", true),
  TIFF("tiff", true),
  BIG_TIFF("bigtiff", false),
  WEBP("webp", false),
  AVIF("avif", false),
  HEIC("heic", false),
  JPEG_XL("jpeg xl", false),
  JPEG_2000("jpeg 2000", false),
  PSD("psd", false),
  UNKNOWN("unknown", false);

  /** Where a file's brands end at the latest, as far as they are looked at. */
  private static final int MOST_BRANDS = 64;

  private final String label;
  private final boolean decoded;

  ImageFormat(String label, boolean decoded) {
    this.label = label;
    this.decoded = decoded;
  }

  /** The format's name for {@link javax.imageio.ImageIO} and for messages. */
  String label() {
    return label;
  }

  /** Whether the built-in codec reads it. */
  boolean decoded() {
    return decoded;
  }

  public static ImageFormat of(byte[] header) {
    ByteView view = ByteView.bigEndian(header);
    if (view.matches(0, "\u00FF\u00D8\u00FF")) {
      return JPEG;
    } else if (view.matches(0, "\u0089PNG\r\n\u001A\n")) {
      return PNG;
    } else if (view.matches(0, "GIF87a") || view.matches(0, "GIF89a")) {
      return GIF;
    } else if (view.matches(0, "BM")) {
      return BMP;
    } else if (view.matches(0, "II*\0") || view.matches(0, "MM\0*")) {
      return TIFF;
    } else if (view.matches(0, "II+\0") || view.matches(0, "MM\0+")) {
      return BIG_TIFF;
    } else if (view.matches(0, "RIFF") && view.matches(8, "WEBP")) {
      return WEBP;
    } else if (view.matches(4, "ftyp")) {
      return ofBrands(view);
    } else if (view.matches(0, "\u00FF\n") || view.matches(4, "JXL ")) {
      return JPEG_XL;
    } else if (view.matches(4, "jP  ") || view.matches(0, "\u00FFO\u00FFQ")) {
      return JPEG_2000;
    } else if (view.matches(0, "8BPS")) {
      return PSD;
    }
    return UNKNOWN;
  }

  /**
   * What to tell someone whose file no codec reads.
   *
   * @param openCv whether the OpenCV module is on the class path
   */
  String advice(boolean openCv) {
    String problem = "format not supported: " + label;
    return switch (this) {
      case UNKNOWN ->
          "not a picture in a known format; give jpeg, png, gif, bmp or tiff, or add an ImageCodec"
              + " for it";
      case WEBP ->
          openCv
              ? problem
                  + "; OpenCV's natives for this platform are not on the class path: add them, or"
                  + " convert it to png or jpeg"
              : problem
                  + "; add facepipeline-opencv to the class path, or convert it to png or jpeg";
      case HEIC, AVIF ->
          problem
              + "; add facepipeline-ffmpeg and its natives for this platform to the class path, or"
              + " convert it to png or jpeg";
      default -> problem + "; convert it to png or jpeg, or add an ImageCodec for it";
    };
  }

  /** Of a brand that says only that there are pictures, the ones behind it say which. */
  private static ImageFormat ofBrands(ByteView view) {
    boolean pictures = view.matches(8, "mif1") || view.matches(8, "msf1");
    for (int at = 8; at == 8 || (pictures && at < MOST_BRANDS); at += at == 8 ? 8 : 4) {
      if (view.matches(at, "avi")) {
        return AVIF;
      } else if (view.matches(at, "he")) {
        return HEIC;
      }
    }
    return UNKNOWN;
  }
}
