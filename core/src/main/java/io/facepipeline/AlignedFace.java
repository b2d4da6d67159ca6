package io.facepipeline;

import java.nio.ByteBuffer;

/** A face cut from its photo for one backbone. Immutable. */
public final class AlignedFace {
  private final Face face;
  private final CropSpec spec;
  private final byte[] rgb;

  private AlignedFace(Face face, CropSpec spec, byte[] rgb) {
    this.face = face;
    this.spec = spec;
    this.rgb = rgb;
  }

  /**
   * Wraps an existing crop.
   *
   * @param face the face in its photo
   * @param spec how the crop was cut
   * @param rgb the crop's pixels, row by row, three bytes each (red, green, blue); copied
   * @return the aligned face
   * @throws IllegalArgumentException if the number of bytes is not that of the specification
   */
  public static AlignedFace of(Face face, CropSpec spec, byte[] rgb) {
    if (rgb.length != spec.bytes()) {
      throw new IllegalArgumentException(
          "a crop of " + spec + " has " + spec.bytes() + " bytes, got " + rgb.length);
    }
    return new AlignedFace(face, spec, rgb.clone());
  }

  /** A crop whose pixels nobody else holds; not copied. */
  static AlignedFace owning(Face face, CropSpec spec, byte[] rgb) {
    return new AlignedFace(face, spec, rgb);
  }

  /** {@return the face in its photo} */
  public Face face() {
    return face;
  }

  /** {@return how the crop was cut} */
  public CropSpec spec() {
    return spec;
  }

  /** {@return the crop's pixels, row by row, red, green, blue; read-only} */
  public ByteBuffer rgb() {
    return ByteBuffer.wrap(rgb).asReadOnlyBuffer();
  }

  /** {@return the crop as an image} */
  public Image toImage() {
    return Image.ofRgb(spec.width(), spec.height(), rgb);
  }
}
