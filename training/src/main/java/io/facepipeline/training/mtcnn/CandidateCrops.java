package io.facepipeline.training.mtcnn;

import io.facepipeline.Box;
import io.facepipeline.Image;
import io.facepipeline.Point;
import io.facepipeline.detection.mtcnn.cascade.MtcnnStages;
import io.facepipeline.training.faces.TrueFaces;
import io.facepipeline.training.faces.TrueFaces.TrueFace;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.FloatBuffer;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import org.jspecify.annotations.Nullable;

/**
 * Crops for R-Net and O-Net: what the networks before them let pass, whose mistakes are the hard
 * negatives, and squares about the true faces, moved and scaled at random.
 */
final class CandidateCrops implements CropMaker {
  private static final int CHUNK = 64;

  private final Stage stage;
  private final List<List<List<Box>>> proposals;
  private final MtcnnStages student;
  private final @Nullable MtcnnStages teacher;
  private final Settings settings;

  /**
   * How the crops are made.
   *
   * @param squares how many squares are drawn about each true face
   * @param negatives how many mistakes of a view are kept at most: half the surest, half by lot
   * @param threshold R-Net's least probability for O-Net's crops, lower than the detector's, as
   *     what nearly passes teaches too
   * @param share the teacher's share of the class target
   */
  record Settings(int squares, int negatives, float threshold, float share) {}

  /**
   * Creates it.
   *
   * @param stage R-Net or O-Net
   * @param proposals what P-Net proposes, for each photo and view
   * @param student the networks before
   * @param teacher whose network says how much of a face a crop is; null without one
   */
  CandidateCrops(
      Stage stage,
      List<List<List<Box>>> proposals,
      MtcnnStages student,
      @Nullable MtcnnStages teacher,
      Settings settings) {
    this.stage = stage;
    this.proposals = proposals;
    this.student = student;
    this.teacher = teacher;
    this.settings = settings;
  }

  @Override
  public CropFile.Block crops(
      int photo, Image image, TrueFaces truth, boolean complete, SplittableRandom random) {
    List<Box> candidates = new ArrayList<>();
    for (List<Box> view : proposals.get(photo)) {
      List<Box> passed =
          stage == Stage.RNET ? view : student.refined(image, view, settings.threshold());
      addFound(passed, truth, complete || teacher != null, random, candidates);
    }
    for (TrueFace face : truth.faces()) {
      for (int i = 0; i < settings.squares(); i++) {
        candidates.add(square(face.box(), random));
      }
    }
    CropFile.Block block = new CropFile.Block(stage.side());
    FloatBuffer planes = direct(CHUNK * 3 * stage.side() * stage.side());
    for (int from = 0; from < candidates.size(); from += CHUNK) {
      List<Box> chunk = candidates.subList(from, Math.min(candidates.size(), from + CHUNK));
      add(image, truth, chunk, planes, block);
    }
    return block;
  }

  private void addFound(
      List<Box> found,
      TrueFaces truth,
      boolean complete,
      SplittableRandom random,
      List<Box> candidates) {
    List<Box> negatives = new ArrayList<>();
    for (Box box : found) {
      TrueFace face = truth.nearest(box);
      boolean negative =
          face == null || CropKind.of(face.box().intersectionOverUnion(box)) == CropKind.NEGATIVE;
      (negative ? negatives : candidates).add(box);
    }
    if (!complete) {
      return;
    }
    int surest = Math.min(negatives.size(), settings.negatives() / 2);
    candidates.addAll(negatives.subList(0, surest));
    List<Box> rest = new ArrayList<>(negatives.subList(surest, negatives.size()));
    for (int i = 0; i < settings.negatives() / 2 && !rest.isEmpty(); i++) {
      candidates.add(rest.remove(random.nextInt(rest.size())));
    }
  }

  /** Most squares lie as the networks before place them, the others farther off. */
  private static Box square(Box face, SplittableRandom random) {
    double far = random.nextInt(10) < 7 ? 0.1 : 0.25;
    double longer = Math.max(face.width(), face.height());
    double side = longer * Math.exp(random.nextDouble(-1.5, 1.5) * far);
    Point centre = face.center();
    double x = centre.x() + random.nextDouble(-1, 1) * far * longer - side / 2;
    double y = centre.y() + random.nextDouble(-1, 1) * far * longer - side / 2;
    return new Box((float) x, (float) y, (float) (x + side), (float) (y + side));
  }

  private void add(
      Image image,
      TrueFaces truth,
      List<Box> candidates,
      FloatBuffer planes,
      CropFile.Block block) {
    int floats = 3 * stage.side() * stage.side();
    List<Box> cut = new ArrayList<>();
    for (Box box : candidates) {
      FloatBuffer target = planes.slice(cut.size() * floats, floats);
      if (!truth.ignores(box) && MtcnnStages.cut(image, box, stage.side(), target)) {
        cut.add(box);
      }
    }
    if (cut.isEmpty()) {
      return;
    }
    float[] said = new float[0];
    int channels = 1;
    if (teacher != null) {
      said =
          stage == Stage.RNET
              ? teacher.refine(planes, cut.size())
              : teacher.output(planes, cut.size());
      channels = said.length / cut.size();
    }
    for (int i = 0; i < cut.size(); i++) {
      float taught =
          teacher == null ? Float.NaN : (float) (1 / (1 + Math.exp(-said[i * channels])));
      float[] targets =
          CropTargets.of(cut.get(i), 1, truth.nearest(cut.get(i)), taught, settings.share());
      if (targets[CropTargets.CLASS] > 0 || targets[CropTargets.BOX] > 0) {
        block.add(targets, planes, i * floats);
      }
    }
  }

  private static FloatBuffer direct(int floats) {
    return ByteBuffer.allocateDirect(floats * Float.BYTES)
        .order(ByteOrder.nativeOrder())
        .asFloatBuffer();
  }
}
