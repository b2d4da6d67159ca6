package io.facepipeline.training.detector;

import static org.bytedeco.pytorch.global.torch.binary_cross_entropy_with_logits;
import static org.bytedeco.pytorch.global.torch.maximum;
import static org.bytedeco.pytorch.global.torch.minimum;
import static org.bytedeco.pytorch.global.torch.smooth_l1_loss;

import io.facepipeline.Box;
import io.facepipeline.Landmarks;
import io.facepipeline.Point;
import io.facepipeline.detection.scan.ScanNetwork;
import io.facepipeline.training.faces.TrueFaces;
import io.facepipeline.training.torch.Tensors;
import java.util.List;
import org.bytedeco.pytorch.Scalar;
import org.bytedeco.pytorch.ScalarOptional;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.TensorOptional;

/**
 * What is made small: the quality focal loss of the scores (Li et al. 2020), the distance loss of
 * the boxes (DIoU, Zheng et al. 2020) and smooth L1 of the landmarks in sizes of the face.
 *
 * @param total their weighted sum
 * @param score of the scores, per face found
 * @param box of the boxes
 * @param landmarks of the landmarks
 */
record DetectorLoss(Tensor total, Tensor score, Tensor box, Tensor landmarks) {
  private static final long NONE = 0;
  private static final long SUM = 2;
  private static final int COORDINATES = 10;
  private static final double BOX_WEIGHT = 2;

  /** Faces are aligned by their landmarks, so these must be as good as the boxes. */
  private static final double LANDMARK_WEIGHT = 3;

  /** Below this error, in sizes of the face, the loss is quadratic. */
  private static final double LANDMARK_BETA = 0.02;

  private static final double MOST = 6;
  private static final double EPSILON = 1e-6;

  /**
   * {@return the loss of an output}
   *
   * @param said the network's output, [views, 15, cells], float32
   * @param truth what the views show
   * @param taught what a teacher says of each view's cells; empty without one
   */
  static DetectorLoss of(
      Tensor said, List<TrueFaces> truth, List<TeacherMaps.Said> taught, Cells cells) {
    Assignment wanted = new Assignment(Tensors.values(said), truth, taught, cells);
    Tensor rows = said.permute(0, 2, 1).reshape(-1, ScanNetwork.NUMBERS);
    List<Assignment.Match> matches = wanted.matches;
    double faces = 0;
    for (float score : wanted.scores) {
      faces += score;
    }
    Tensor score = scores(rows, wanted).div(new Scalar(Math.max(1, faces)));
    if (matches.isEmpty()) {
      // Nothing hangs on the boxes, but every part of the loss has its gradient.
      Tensor none = rows.sum().mul(new Scalar(0.0));
      return new DetectorLoss(score.add(none), score, none, none);
    }
    Found found = Found.of(rows, matches, cells);
    Tensor box = found.boxLoss();
    Tensor landmarks = found.landmarkLoss();
    Tensor total =
        score.add(box.mul(new Scalar(BOX_WEIGHT))).add(landmarks.mul(new Scalar(LANDMARK_WEIGHT)));
    return new DetectorLoss(total, score, box, landmarks);
  }

  private static Tensor scores(Tensor rows, Assignment wanted) {
    Tensor logits = rows.narrow(1, 0, 1).reshape(-1);
    Tensor target = Tensors.floats(wanted.scores, wanted.scores.length);
    Tensor off = logits.sigmoid().sub(target).square();
    return binary_cross_entropy_with_logits(
            logits, target, new TensorOptional(), new TensorOptional(), NONE)
        .mul(off)
        .mul(Tensors.floats(wanted.known, wanted.known.length))
        .sum();
  }

  /**
   * The cells that find a face, with what they are to say.
   *
   * @param said [matches, 15]
   * @param corner of the cells, [matches, 2]
   * @param stride of the cells, [matches, 1]
   * @param boxes x1, y1, x2, y2 of the faces, [matches, 4]
   * @param points of the faces, [matches, 10]
   * @param weights of the points: 1 over the face's size where they are known, [matches, 1]
   * @param marked how many have landmarks
   */
  private record Found(
      Tensor said,
      Tensor corner,
      Tensor stride,
      Tensor boxes,
      Tensor points,
      Tensor weights,
      int marked) {
    static Found of(Tensor rows, List<Assignment.Match> matches, Cells cells) {
      int count = matches.size();
      int[] index = new int[count];
      float[] corner = new float[2 * count];
      float[] stride = new float[count];
      float[] boxes = new float[4 * count];
      float[] points = new float[COORDINATES * count];
      float[] weights = new float[count];
      int marked = 0;
      for (int i = 0; i < count; i++) {
        Assignment.Match match = matches.get(i);
        index[i] = match.row();
        corner[2 * i] = cells.x[match.cell()];
        corner[2 * i + 1] = cells.y[match.cell()];
        stride[i] = cells.stride[match.cell()];
        Box box = match.face().box();
        boxes[4 * i] = box.x1();
        boxes[4 * i + 1] = box.y1();
        boxes[4 * i + 2] = box.x2();
        boxes[4 * i + 3] = box.y2();
        Landmarks landmarks = match.face().landmarks();
        if (landmarks != null) {
          marked++;
          weights[i] = (float) (1 / Math.sqrt(box.area()));
          int at = COORDINATES * i;
          for (Point point : landmarks.points()) {
            points[at++] = point.x();
            points[at++] = point.y();
          }
        }
      }
      return new Found(
          rows.index_select(0, Tensors.indexes(index)),
          Tensors.floats(corner, count, 2),
          Tensors.floats(stride, count, 1),
          Tensors.floats(boxes, count, 4),
          Tensors.floats(points, count, COORDINATES),
          Tensors.floats(weights, count, 1),
          marked);
    }

    Tensor boxLoss() {
      Tensor center = said.narrow(1, ScanNetwork.BOX, 2).mul(stride).add(corner);
      Tensor half =
          said.narrow(1, ScanNetwork.BOX + 2, 2)
              .clamp(new ScalarOptional(), new ScalarOptional(new Scalar(MOST)))
              .exp()
              .mul(stride)
              .mul(new Scalar(0.5));
      Tensor low = center.sub(half);
      Tensor high = center.add(half);
      Tensor trueLow = boxes.narrow(1, 0, 2);
      Tensor trueHigh = boxes.narrow(1, 2, 2);
      Scalar least = new Scalar(0.0);
      Tensor shared = area(minimum(high, trueHigh).sub(maximum(low, trueLow)).clamp_min(least));
      Tensor union = area(high.sub(low)).add(area(trueHigh.sub(trueLow))).sub(shared);
      Tensor overlap = shared.div(union.add(new Scalar(EPSILON)));
      Tensor around = maximum(high, trueHigh).sub(minimum(low, trueLow)).square();
      Tensor apart = center.sub(trueLow.add(trueHigh).mul(new Scalar(0.5))).square();
      Tensor distance = apart.sum(1).div(around.sum(1).add(new Scalar(EPSILON)));
      return distance.sub(overlap).mean().add(new Scalar(1.0));
    }

    private static Tensor area(Tensor sides) {
      return sides.narrow(1, 0, 1).mul(sides.narrow(1, 1, 1)).reshape(-1);
    }

    Tensor landmarkLoss() {
      long count = said.size(0);
      Tensor from = corner.repeat(1, COORDINATES / 2);
      Tensor places = said.narrow(1, ScanNetwork.LANDMARKS, COORDINATES).mul(stride).add(from);
      Tensor errors = places.sub(points).mul(weights);
      return smooth_l1_loss(
              errors,
              Tensors.floats(new float[(int) count * COORDINATES], count, COORDINATES),
              SUM,
              LANDMARK_BETA)
          .div(new Scalar((double) Math.max(1, marked)));
    }
  }
}
