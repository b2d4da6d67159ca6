package io.facepipeline.training.mtcnn;

import io.facepipeline.Box;
import io.facepipeline.Image;
import io.facepipeline.detection.mtcnn.cascade.MtcnnStages;
import io.facepipeline.detection.mtcnn.cascade.PyramidLevel;
import io.facepipeline.training.faces.TrueFaces;
import io.facepipeline.training.faces.TrueFaces.TrueFace;
import java.util.SplittableRandom;
import org.jspecify.annotations.Nullable;

/**
 * Crops for P-Net: windows of pyramid levels, as the detector shows them to it. Whole pyramids of
 * the photo give the background as it is met; small levels around each face, in which a window is
 * about as large as the face, give the faces and what lies beside them.
 */
final class PnetCrops implements CropMaker {
  static final int SIDE = 12;
  private static final int STRIDE = 2;

  private static final int PYRAMIDS = 2;
  private static final int FACE_LEVELS = 12;
  private static final int EASY_PER_PYRAMID = 80;
  private static final int HARD_PER_PYRAMID = 120;

  /** A negative that the teacher gives more than this, as a logit, is hard. */
  private static final float HARD_LOGIT = -2f;

  /** Of the finest pyramid, whose larger levels take most of the time. */
  private static final double SMALLEST_FACE = 15;

  private static final double LARGEST_SCALE = 1.3;

  private final @Nullable MtcnnStages teacher;
  private final float share;

  /**
   * Creates it.
   *
   * @param teacher whose P-Net says how much of a face a window is; null without one
   * @param share the teacher's share of the class target
   */
  PnetCrops(@Nullable MtcnnStages teacher, float share) {
    this.teacher = teacher;
    this.share = share;
  }

  @Override
  public CropFile.Block crops(
      int photo, Image image, TrueFaces truth, boolean complete, SplittableRandom random) {
    CropFile.Block block = new CropFile.Block(SIDE);
    for (TrueFace face : truth.faces()) {
      for (int i = 0; i < FACE_LEVELS; i++) {
        addAround(face.box(), image, truth, complete, random, block);
      }
    }
    if (complete || teacher != null) {
      for (int i = 0; i < PYRAMIDS; i++) {
        addPyramid(image, truth, random, block);
      }
    }
    return block;
  }

  private void addAround(
      Box face,
      Image image,
      TrueFaces truth,
      boolean complete,
      SplittableRandom random,
      CropFile.Block block) {
    double side = Math.sqrt(face.area()) * Math.exp(random.nextDouble(-0.3, 0.4));
    double scale = Math.min(LARGEST_SCALE, SIDE / side);
    double reach = side * random.nextDouble(1.0, 1.4);
    double x = face.center().x() + random.nextDouble(-0.2, 0.2) * side;
    double y = face.center().y() + random.nextDouble(-0.2, 0.2) * side;
    int left = (int) Math.max(0, x - reach);
    int top = (int) Math.max(0, y - reach);
    int width = (int) Math.min(image.width(), x + reach) - left;
    int height = (int) Math.min(image.height(), y + reach) - top;
    if (Math.min(width, height) * scale < SIDE) {
      return;
    }
    // A level has whole pixels: a scale and a part that fill them, so that windows are where they
    // are taken for.
    scale = ((int) (width * scale) - 0.01) / width;
    height = (int) ((int) (height * scale) / scale - 1e-6);
    if (height * scale + 1 < SIDE) {
      return;
    }
    Image part = image.crop(left, top, width, height);
    Choice choice = new Choice(1, 0.4, 0.1, complete || teacher != null ? 0.04 : 0, 0.5);
    add(level(part, scale), scale, left, top, truth, choice, random, block);
  }

  private void addPyramid(
      Image image, TrueFaces truth, SplittableRandom random, CropFile.Block block) {
    double smallest = SMALLEST_FACE * Math.pow(2, random.nextDouble(0, 1));
    long cells = 0;
    for (double scale : MtcnnStages.scales(image, smallest)) {
      cells += (long) (image.width() * scale / STRIDE * image.height() * scale / STRIDE);
    }
    double easy = Math.min(1, (double) EASY_PER_PYRAMID / Math.max(1, cells));
    // About one cell in fifty is hard.
    double hard = Math.min(1, 50.0 * HARD_PER_PYRAMID / Math.max(1, cells));
    for (double scale : MtcnnStages.scales(image, smallest)) {
      Choice choice = new Choice(1, 0.4, 0.1, easy, hard);
      add(level(image, scale), scale, 0, 0, truth, choice, random, block);
    }
  }

  private PyramidLevel level(Image image, double scale) {
    return teacher != null ? teacher.level(image, scale) : MtcnnStages.blankLevel(image, scale);
  }

  /** How likely a window of each kind is taken. */
  private record Choice(
      double positive, double part, double between, double negative, double hard) {
    double of(CropKind kind, boolean isHard) {
      return switch (kind) {
        case POSITIVE -> positive;
        case PART -> part;
        case BETWEEN -> between;
        case NEGATIVE -> isHard ? hard : negative;
      };
    }
  }

  private void add(
      PyramidLevel level,
      double scale,
      int left,
      int top,
      TrueFaces truth,
      Choice choice,
      SplittableRandom random,
      CropFile.Block block) {
    for (int cell = 0; cell < level.logits().length; cell++) {
      int x = STRIDE * (cell % level.columns());
      int y = STRIDE * (cell / level.columns());
      // P-Net's pool rounds up: its last windows may reach over the edge.
      if (x + SIDE > level.width() || y + SIDE > level.height()) {
        continue;
      }
      Box window =
          new Box(
              (float) (left + (x + 1) / scale),
              (float) (top + (y + 1) / scale),
              (float) (left + (x + SIDE) / scale),
              (float) (top + (y + SIDE) / scale));
      TrueFace face = truth.nearest(window);
      CropKind kind =
          face == null ? CropKind.NEGATIVE : CropKind.of(face.box().intersectionOverUnion(window));
      boolean isHard = teacher != null && level.logits()[cell] > HARD_LOGIT;
      if (random.nextDouble() < choice.of(kind, isHard) && !truth.ignores(window)) {
        float taught =
            teacher == null ? Float.NaN : (float) (1 / (1 + Math.exp(-level.logits()[cell])));
        float[] targets = CropTargets.of(window, 0, face, taught, share);
        if (targets[CropTargets.CLASS] > 0 || targets[CropTargets.BOX] > 0) {
          block.add(targets, level.rgb(), level.width(), level.height(), x, y);
        }
      }
    }
  }
}
