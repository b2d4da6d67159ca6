package io.facepipeline;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.StringJoiner;

/**
 * The size of a backbone's crop, and how it is cut.
 *
 * @param width the width in pixels
 * @param height the height in pixels
 * @param rule how it is cut
 */
public record CropSpec(int width, int height, Rule rule) {
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
    if (rule instanceof Rule.Margin m && m.margin() >= Math.min(width, height)) {
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
    return arcFace(size, Rule.Fit.SIMILARITY);
  }

  /**
   * {@return a square crop by the ArcFace template with a chosen fit}
   *
   * @param size the side in pixels, 112 for most models
   * @param fit how the landmarks are mapped to the template
   */
  public static CropSpec arcFace(int size, Rule.Fit fit) {
    float scale = size / 112f;
    return new CropSpec(size, size, new Rule.Template(template(SQUARE_SHIFT, scale), fit));
  }

  /**
   * {@return the narrow crop of 96x112 pixels by the same template (SphereFace and early models)}
   */
  public static CropSpec arcFace96x112() {
    return new CropSpec(96, 112, new Rule.Template(template(0, 1), Rule.Fit.SIMILARITY));
  }

  /** {@return LightCNN's crop of 128x128 pixels: eyes in row 40, 48 rows above the mouth} */
  public static CropSpec lightCnn() {
    return new CropSpec(128, 128, new Rule.EyesAndMouth(40, 48));
  }

  /**
   * {@return facenet-pytorch's square crop: the detector's box with a margin}
   *
   * @param size the side in pixels, 160 for FaceNet
   * @param margin the margin on both sides together in pixels of the crop, 14 for FaceNet on LFW
   */
  public static CropSpec margin(int size, int margin) {
    return new CropSpec(size, size, new Rule.Margin(margin));
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

  /**
   * How a crop is cut from the photo around a face. It is part of a model's training data, so it is
   * part of its card.
   */
  public sealed interface Rule {
    /** How landmarks are mapped to a template. */
    enum Fit {
      /**
       * Rotation, one scale and shift; the inverse of the least-squares fit from the template to
       * the photo, as face.evoLVe's {@code align_trans.py} computes it (errors are measured in
       * photo pixels). As there, the reflected form is used if it fits better.
       */
      SIMILARITY,
      /** The affine map that maps the eyes and the nose exactly to the template. */
      AFFINE_3_POINT,
      /** The least-squares affine map from all five landmarks to the template. */
      AFFINE_LEAST_SQUARES
    }

    /**
     * Maps the landmarks to a template and samples bilinearly; pixels outside the photo are black.
     *
     * @param template the target positions of the landmarks, in pixels of the crop
     * @param fit how they are mapped
     */
    record Template(Landmarks template, Fit fit) implements Rule {
      @Override
      public String text() {
        StringJoiner points = new StringJoiner(" ");
        for (Point p : template.points()) {
          points.add(p.x() + "," + p.y());
        }
        return "template " + fit.name().toLowerCase(Locale.ROOT) + " " + points;
      }
    }

    /**
     * Rotates the face until the eyes are level, scales it until eyes and mouth have a given
     * distance, and centers it between the eyes: the alignment of LightCNN (Wu et al., A Light CNN
     * for Deep Face Representation with Noisy Labels;
     * github.com/AlfredXiangWu/face_verification_experiment).
     *
     * @param eyeRow the row of the eyes in pixels of the crop
     * @param eyeToMouth the distance from the eyes' row to the mouth's row in pixels of the crop
     */
    record EyesAndMouth(float eyeRow, float eyeToMouth) implements Rule {
      @Override
      public String text() {
        return "eyes-and-mouth " + eyeRow + " " + eyeToMouth;
      }
    }

    /**
     * The detector's box and a margin, without rotation, resized with a triangle filter that widens
     * when shrinking: the crop of facenet-pytorch ({@code extract_face}).
     *
     * @param margin the total margin of both sides, in pixels of the crop
     */
    record Margin(int margin) implements Rule {
      /**
       * Creates the rule.
       *
       * @throws IllegalArgumentException if the margin is negative
       */
      public Margin {
        if (margin < 0) {
          throw new IllegalArgumentException("the margin must not be negative, got " + margin);
        }
      }

      @Override
      public String text() {
        return "margin " + margin;
      }
    }

    /**
     * The detector's box, enlarged around its middle, without rotation. Sampled bilinearly.
     *
     * <p>Where it leaves the photo it is moved inside, and enlarged less if the photo is too small,
     * like OpenCV's resize of a part of the photo: the crop of Silent-Face-Anti-Spoofing ({@code
     * generate_patches.py}) and of expression models. Padded, it stays where it is, and pixels
     * outside the photo are black: the crop of InsightFace's attribute and landmark models ({@code
     * face_align.transform}).
     *
     * @param scale the factor of enlargement, positive
     * @param square whether the box is first made square, with its longer side
     * @param padded whether what lies outside the photo is black
     */
    record ScaledBox(float scale, boolean square, boolean padded) implements Rule {
      /**
       * Creates the rule.
       *
       * @throws IllegalArgumentException if the scale is not positive
       */
      public ScaledBox {
        if (!(scale > 0 && scale < 100)) {
          throw new IllegalArgumentException("the scale must be between 0 and 100, got " + scale);
        }
      }

      /**
       * Creates the rule of a box that is moved inside the photo.
       *
       * @param scale the factor of enlargement, positive
       * @param square whether the box is first made square, with its longer side
       * @throws IllegalArgumentException if the scale is not positive
       */
      public ScaledBox(float scale, boolean square) {
        this(scale, square, false);
      }

      @Override
      public String text() {
        return "scaled-box " + scale + (square ? " square" : "") + (padded ? " padded" : "");
      }
    }

    /** {@return the rule as one line of text, which {@link #parse} reads} */
    String text();

    /**
     * Reads a rule from its text.
     *
     * @param text what {@link #text} wrote
     * @return the rule
     * @throws IllegalArgumentException if the text is malformed
     */
    static Rule parse(String text) {
      List<String> words = new ArrayList<>(List.of(text.trim().split("[ ,]+")));
      String kind = words.remove(0);
      try {
        return switch (kind) {
          case "template" -> {
            Fit fit = Fit.valueOf(words.remove(0).toUpperCase(Locale.ROOT));
            float[] xy = new float[words.size()];
            for (int i = 0; i < xy.length; i++) {
              xy[i] = Float.parseFloat(words.get(i));
            }
            yield new Template(Landmarks.of(xy), fit);
          }
          case "eyes-and-mouth" ->
              new EyesAndMouth(Float.parseFloat(words.get(0)), Float.parseFloat(words.get(1)));
          case "margin" -> new Margin(Integer.parseInt(words.get(0)));
          case "scaled-box" -> {
            float scale = Float.parseFloat(words.remove(0));
            boolean square = words.remove("square");
            boolean padded = words.remove("padded");
            if (!words.isEmpty()) {
              throw new IllegalArgumentException("unknown words " + words);
            }
            yield new ScaledBox(scale, square, padded);
          }
          default -> throw new IllegalArgumentException("unknown kind " + kind);
        };
      } catch (IndexOutOfBoundsException | IllegalArgumentException e) {
        throw new IllegalArgumentException(
            "not a crop rule: \""
                + text
                + "\"; expected \"template FIT x,y x,y x,y x,y x,y\", \"eyes-and-mouth ROW"
                + " DISTANCE\", \"margin PIXELS\" or \"scaled-box SCALE [square] [padded]\"",
            e);
      }
    }
  }
}
