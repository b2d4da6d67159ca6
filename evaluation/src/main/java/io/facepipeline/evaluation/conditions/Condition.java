package io.facepipeline.evaluation.conditions;

import io.facepipeline.Face;
import io.facepipeline.Image;
import io.facepipeline.internal.Resampling;
import java.util.Locale;
import java.util.SplittableRandom;

/**
 * What makes a face hard to recognize, as a change of a good photo: the same for every photo, and
 * measured in distances between the eyes. Such photos are no substitute for real ones: a painted
 * mask has no folds, and a face that is turned on a cylinder has no nose that sticks out.
 */
public enum Condition {
  /** As it is. */
  PLAIN("the photo as it is") {
    @Override
    Image changed(Image photo, FaceFrame face, SplittableRandom random) {
      return photo;
    }
  },
  /** As with a mask on mouth and nose. */
  MASKED("nose, mouth and chin covered in light blue, as by a surgical mask") {
    @Override
    Image changed(Image photo, FaceFrame face, SplittableRandom random) {
      return FacePaint.covered(
          photo, face, MASK, (right, down) -> FacePaint.within(MASK_EDGE, right, down));
    }
  },
  /** As with dark glasses. */
  GLASSES("both eyes covered in near-black ellipses, as by sunglasses") {
    @Override
    Image changed(Image photo, FaceFrame face, SplittableRandom random) {
      return FacePaint.covered(
          photo,
          face,
          DARK_GLASS,
          (right, down) -> {
            double x = (Math.abs(right) - 0.5) / 0.42;
            double y = (down - 0.05) / 0.3;
            boolean bridge = Math.abs(right) < 0.5 && Math.abs(down + 0.05) < 0.06;
            return x * x + y * y < 1 || bridge;
          });
    }
  },
  /** As behind something. */
  HALF_HIDDEN("all beyond 0.15 eye distances right of the middle covered in gray") {
    @Override
    Image changed(Image photo, FaceFrame face, SplittableRandom random) {
      return FacePaint.covered(
          photo,
          face,
          GRAY,
          (right, down) -> right > 0.15 && right < 1.6 && Math.abs(down - 0.5) < 2);
    }
  },
  /** To one side. */
  TURNED("turned by 30 degrees about its upright axis, as if painted on a cylinder") {
    @Override
    Image changed(Image photo, FaceFrame face, SplittableRandom random) {
      return FacePaint.turned(photo, face, Math.toRadians(30));
    }
  },
  /** In the plane of the photo. */
  TILTED("tilted by 30 degrees in the photo's plane") {
    @Override
    Image changed(Image photo, FaceFrame face, SplittableRandom random) {
      return FacePaint.tilted(photo, face, Math.toRadians(30));
    }
  },
  /** In the dark. */
  DARK("a fifth of the light, with noise of 3 levels") {
    @Override
    Image changed(Image photo, FaceFrame face, SplittableRandom random) {
      byte[] rgb = photo.toRgb();
      for (int i = 0; i < rgb.length; i++) {
        long value = Math.round((rgb[i] & 0xFF) / 5.0 + 3 * random.nextGaussian());
        rgb[i] = (byte) Math.max(0, Math.min(255, value));
      }
      return Image.unsafeOfRgb(photo.width(), photo.height(), rgb);
    }
  },
  /** From afar. */
  SMALL("shrunk until the eyes are 8 pixels apart, and enlarged again") {
    @Override
    Image changed(Image photo, FaceFrame face, SplittableRandom random) {
      double share = Math.min(1, 8 / face.eyeDistance());
      int width = (int) Math.max(1, Math.round(photo.width() * share));
      int height = (int) Math.max(1, Math.round(photo.height() * share));
      return photo.resized(width, height).resized(photo.width(), photo.height());
    }
  },
  /** Out of focus. */
  BLURRED("a Gaussian blur of a fifteenth of the distance between the eyes") {
    @Override
    Image changed(Image photo, FaceFrame face, SplittableRandom random) {
      return Resampling.blurred(photo, face.eyeDistance() / 15);
    }
  };

  private static final byte[] MASK = {(byte) 150, (byte) 190, (byte) 215};
  private static final byte[] DARK_GLASS = {20, 20, 22};
  private static final byte[] GRAY = {(byte) 128, (byte) 128, (byte) 128};

  /** Right and down, half of it: from the nose's bridge over the cheek to the chin. */
  private static final double[][] MASK_EDGE = {
    {0, 0.3}, {0.4, 0.42}, {1.05, 0.5}, {1.0, 1.2}, {0.6, 1.95}, {0, 2.15}
  };

  private final String summary;

  Condition(String summary) {
    this.summary = summary;
  }

  /** {@return its name in tables and options, such as half-hidden} */
  public String label() {
    return name().toLowerCase(Locale.ROOT).replace('_', '-');
  }

  /** {@return what is done to a photo, for people} */
  public String summary() {
    return summary;
  }

  /**
   * {@return a photo of the same size in which a face is met under this condition}
   *
   * @param photo the photo
   * @param face where the face is in it
   * @param seed decides the noise
   */
  public Image of(Image photo, Face face, long seed) {
    return changed(photo, FaceFrame.of(face.landmarks()), new SplittableRandom(seed));
  }

  abstract Image changed(Image photo, FaceFrame face, SplittableRandom random);
}
