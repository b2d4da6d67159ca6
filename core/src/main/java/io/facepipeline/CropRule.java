package io.facepipeline;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.StringJoiner;

/**
 * How a crop is cut from the photo around a face. It is part of a model's training data, so it is
 * part of its card.
 */
public sealed interface CropRule {
  /** How landmarks are mapped to a template. */
  enum Fit {
    /**
     * Rotation, one scale and shift; the inverse of the least-squares fit from the template to the
     * photo, as face.evoLVe's {@code align_trans.py} computes it (errors are measured in photo
     * pixels). As there, the reflected form is used if it fits better.
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
  record Template(Landmarks template, Fit fit) implements CropRule {
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
  record EyesAndMouth(float eyeRow, float eyeToMouth) implements CropRule {
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
  record Margin(int margin) implements CropRule {
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
   * The detector's box, enlarged around its middle and moved inside the photo, without rotation; if
   * the photo is too small, the box is enlarged less. Sampled bilinearly, like OpenCV's resize. The
   * crop of Silent-Face-Anti-Spoofing ({@code generate_patches.py}) and of expression models.
   *
   * @param scale the factor of enlargement, positive
   * @param square whether the box is first made square, with its longer side
   */
  record ScaledBox(float scale, boolean square) implements CropRule {
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

    @Override
    public String text() {
      return "scaled-box " + scale + (square ? " square" : "");
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
  static CropRule parse(String text) {
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
        case "scaled-box" ->
            new ScaledBox(
                Float.parseFloat(words.get(0)), words.size() > 1 && words.get(1).equals("square"));
        default -> throw new IllegalArgumentException("unknown kind " + kind);
      };
    } catch (IndexOutOfBoundsException | IllegalArgumentException e) {
      throw new IllegalArgumentException(
          "not a crop rule: \""
              + text
              + "\"; expected \"template FIT x,y x,y x,y x,y x,y\", \"eyes-and-mouth ROW"
              + " DISTANCE\", \"margin PIXELS\" or \"scaled-box SCALE [square]\"",
          e);
    }
  }
}
