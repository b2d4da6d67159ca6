package io.facepipeline.training.identity;

import io.facepipeline.training.torch.Tensors;
import java.util.ArrayList;
import java.util.List;
import org.bytedeco.pytorch.Scalar;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.global.torch;
import org.bytedeco.pytorch.global.torch.ScalarType;

/**
 * The triplet loss (Schroff et al., FaceNet: A Unified Embedding for Face Recognition and
 * Clustering, 2015, equation 3) on unit vectors: {@code max(0, |a - p|^2 - |a - n|^2 + margin)},
 * averaged over every pair of anchor and positive in the batch. The negative is semi-hard (section
 * 3.2): the nearest that is farther than the positive; where there is none, the farthest.
 *
 * @param margin between the squared distances; the paper takes 0.2
 */
record TripletLoss(double margin) {

  /** Which rows are compared. */
  record Triplet(int anchor, int positive, int negative) {}

  /**
   * Of features [n, dimensions]; zero where the batch has no two rows of one person or but one
   * person.
   *
   * @param labels who each row is, n of them
   */
  Tensor of(Tensor features, int[] labels) {
    Tensor unit = torch.normalize(features);
    Tensor distances =
        torch.mm(unit, unit.t()).mul(new Scalar(-2.0)).add(new Scalar(2.0)).flatten(0, 1);
    List<Triplet> triplets = mine(values(distances), labels);
    if (triplets.isEmpty()) {
      return features.sum().mul(new Scalar(0.0));
    }
    int n = labels.length;
    int[] positives = triplets.stream().mapToInt(t -> t.anchor * n + t.positive).toArray();
    int[] negatives = triplets.stream().mapToInt(t -> t.anchor * n + t.negative).toArray();
    return distances
        .index_select(0, Tensors.indexes(positives))
        .sub(distances.index_select(0, Tensors.indexes(negatives)))
        .add(new Scalar(margin))
        .relu()
        .mean();
  }

  /** {@return one triplet for every anchor and positive, given all distances row by row} */
  static List<Triplet> mine(double[] distances, int[] labels) {
    int n = labels.length;
    List<Triplet> triplets = new ArrayList<>();
    for (int anchor = 0; anchor < n; anchor++) {
      for (int positive = 0; positive < n; positive++) {
        if (positive != anchor && labels[positive] == labels[anchor]) {
          int negative = negative(distances, labels, anchor, distances[anchor * n + positive]);
          if (negative >= 0) {
            triplets.add(new Triplet(anchor, positive, negative));
          }
        }
      }
    }
    return triplets;
  }

  private static int negative(double[] distances, int[] labels, int anchor, double positive) {
    int semiHard = -1;
    int farthest = -1;
    int row = anchor * labels.length;
    for (int i = 0; i < labels.length; i++) {
      if (labels[i] != labels[anchor]) {
        double distance = distances[row + i];
        if (farthest < 0 || distance > distances[row + farthest]) {
          farthest = i;
        }
        if (distance > positive && (semiHard < 0 || distance < distances[row + semiHard])) {
          semiHard = i;
        }
      }
    }
    return semiHard >= 0 ? semiHard : farthest;
  }

  private static double[] values(Tensor tensor) {
    Tensor flat = tensor.detach().to(ScalarType.Double).contiguous();
    double[] values = new double[Math.toIntExact(flat.numel())];
    flat.data_ptr_double().get(values);
    return values;
  }
}
