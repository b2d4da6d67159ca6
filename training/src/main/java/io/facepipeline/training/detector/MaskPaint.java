package io.facepipeline.training.detector;

import io.facepipeline.Landmarks;
import io.facepipeline.Point;
import java.util.SplittableRandom;

/**
 * Covers nose, mouth and chin of a face in one color, as a mask does. Its edges differ from face to
 * face, and it follows the face's tilt.
 */
final class MaskPaint {
  /** How many faces get one. */
  static final double SHARE = 0.15;

  private static final int CHANNELS = 3;

  /** A mask lies within so many eye distances, or eye-to-mouth distances, of the nose. */
  private static final double REACH = 2;

  private MaskPaint() {}

  /**
   * Covers a face.
   *
   * @param rgb a square picture, which changes
   * @param side its width and height
   */
  static void cover(byte[] rgb, int side, Landmarks face, SplittableRandom random) {
    Point left = face.leftEye();
    Point right = face.rightEye();
    double eyesX = (left.x() + right.x()) / 2;
    double eyesY = (left.y() + right.y()) / 2;
    double acrossX = right.x() - left.x();
    double acrossY = right.y() - left.y();
    double downX = (face.leftMouth().x() + face.rightMouth().x()) / 2 - eyesX;
    double downY = (face.leftMouth().y() + face.rightMouth().y()) / 2 - eyesY;
    double area = acrossX * downY - acrossY * downX;
    double reach = REACH * Math.max(Math.hypot(acrossX, acrossY), Math.hypot(downX, downY));
    if (area < 1) {
      // A face in full profile: its middle is not where a mask's would be.
      return;
    }
    double top = random.nextDouble(0.2, 0.7);
    double cheek = top + random.nextDouble(0.25);
    double wide = random.nextDouble(0.75, 1.1);
    double chin = random.nextDouble(1.45, 1.95);
    double[] edgeDown = {top, cheek, random.nextDouble(0.9, 1.2), chin - 0.2, chin};
    double[] edgeAcross = {0, wide, wide * random.nextDouble(0.85, 1), wide * 0.55, 0};
    byte[] color = new byte[CHANNELS];
    random.nextBytes(color);
    int firstRow = (int) Math.max(0, eyesY - reach);
    int lastRow = (int) Math.min(side - 1, eyesY + reach);
    int firstColumn = (int) Math.max(0, eyesX - reach);
    int lastColumn = (int) Math.min(side - 1, eyesX + reach);
    for (int y = firstRow; y <= lastRow; y++) {
      for (int x = firstColumn; x <= lastColumn; x++) {
        double toX = x + 0.5 - eyesX;
        double toY = y + 0.5 - eyesY;
        double across = (toX * downY - toY * downX) / area;
        double down = (acrossX * toY - acrossY * toX) / area;
        if (isWithin(edgeAcross, edgeDown, Math.abs(across), down)) {
          System.arraycopy(color, 0, rgb, CHANNELS * (y * side + x), CHANNELS);
        }
      }
    }
  }

  /** Whether a place is left of the edge, which goes down from its first corner to its last. */
  private static boolean isWithin(double[] across, double[] down, double x, double y) {
    for (int i = 1; i < down.length; i++) {
      if (y >= down[i - 1] && y < down[i]) {
        double share = (y - down[i - 1]) / (down[i] - down[i - 1]);
        return x <= across[i - 1] + share * (across[i] - across[i - 1]);
      }
    }
    return false;
  }
}
