package io.facepipeline;

/**
 * The size of a backbone's crop, and how it is cut.
 *
 * @param width the width in pixels
 * @param height the height in pixels
 * @param rule how it is cut
 */
public record CropSpec(int width, int height, CropRule rule) {
  private static final int MAX_SIZE = 4096;

  /** The width of the left and right border that face.evoLVe adds to its 96x112 template. */
  private static final float SQUARE_SHIFT = 8;

  private static final float[] TEMPLATE_96X112 = {
    30.2946f, 51.6963f, 65.5318f, 51.5014f, 48.0252f, 71.7366f, 33.5493f, 92.3655f, 62.7299f,
    92.2041f
  };

  /**
   * Creates a crop specification.
   *
   * @throws IllegalArgumentException if a side is not 1 to 4096 pixels, or a margin fills the crop
   */
  public CropSpec {
    if (width < 1 || height < 1 || width > MAX_SIZE || height > MAX_SIZE) {
      throw new IllegalArgumentException(
          "a crop's sides must be between 1 and " + MAX_SIZE + ", got " + width + "x" + height);
    }
    if (rule instanceof CropRule.Margin m && m.margin() >= Math.min(width, height)) {
      throw new IllegalArgumentException(
          "a margin of " + m.margin() + " fills the whole crop of " + width + "x" + height);
    }
  }

  /**
   * {@return a square crop by the ArcFace template, as in face.evoLVe, ArcFace and similar models}
   *
   * @param size the side in pixels, 112 for most models
   */
  public static CropSpec arcFace(int size) {
    return arcFace(size, CropRule.Fit.SIMILARITY);
  }

  /**
   * {@return a square crop by the ArcFace template with a chosen fit}
   *
   * @param size the side in pixels, 112 for most models
   * @param fit how the landmarks are mapped to the template
   */
  public static CropSpec arcFace(int size, CropRule.Fit fit) {
    float scale = size / 112f;
    return new CropSpec(size, size, new CropRule.Template(template(SQUARE_SHIFT, scale), fit));
  }

  /**
   * {@return the narrow crop of 96x112 pixels by the same template (SphereFace and early models)}
   */
  public static CropSpec arcFace96x112() {
    return new CropSpec(96, 112, new CropRule.Template(template(0, 1), CropRule.Fit.SIMILARITY));
  }

  /** {@return LightCNN's crop of 128x128 pixels: eyes in row 40, 48 rows above the mouth} */
  public static CropSpec lightCnn() {
    return new CropSpec(128, 128, new CropRule.EyesAndMouth(40, 48));
  }

  /**
   * {@return facenet-pytorch's square crop: the detector's box with a margin}
   *
   * @param size the side in pixels, 160 for FaceNet
   * @param margin the margin on both sides together in pixels of the crop, 14 for FaceNet on LFW
   */
  public static CropSpec margin(int size, int margin) {
    return new CropSpec(size, size, new CropRule.Margin(margin));
  }

  /** {@return the number of bytes of a crop: three per pixel} */
  public int bytes() {
    return width * height * 3;
  }

  private static Landmarks template(float shift, float scale) {
    float[] xy = TEMPLATE_96X112.clone();
    for (int i = 0; i < xy.length; i += 2) {
      xy[i] = (xy[i] + shift) * scale;
      xy[i + 1] *= scale;
    }
    return Landmarks.of(xy);
  }

  @Override
  public String toString() {
    return width + "x" + height + " by " + rule.text();
  }
}
