package io.facepipeline.training.identity;

import org.bytedeco.pytorch.Scalar;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.global.torch;

/**
 * The center loss (Wen et al., A Discriminative Feature Learning Approach for Deep Face
 * Recognition, 2016, equations 2 to 4): half the squared distance of each feature to the center of
 * its person. The paper's sum over a batch is a mean here, so that its weight does not hang on the
 * size of the batch. The centers follow the features; no gradient reaches them.
 *
 * @param rate how far a center moves, from 0 to 1; the paper takes 0.5
 */
record CenterLoss(double rate) {

  /** Of features [n, dimensions], centers [people, dimensions] and labels [n]. */
  Tensor of(Tensor features, Tensor centers, Tensor labels) {
    Tensor apart = features.sub(centers.detach().index_select(0, labels));
    return apart.square().sum(1).mean().mul(new Scalar(0.5));
  }

  /** Moves the centers of those who are in the batch towards their features. */
  void move(Tensor features, Tensor centers, Tensor labels) {
    Tensor apart = features.detach().sub(centers.index_select(0, labels));
    Tensor sum = torch.zeros_like(centers).index_add_(0, labels, apart);
    Tensor counts = torch.zeros_like(centers.select(1, 0)).index_add_(0, labels, ones(apart));
    centers.add_(sum.div(counts.add(new Scalar(1.0)).unsqueeze(1)).mul(new Scalar(rate)));
  }

  private static Tensor ones(Tensor rows) {
    return torch.ones_like(rows.select(1, 0));
  }
}
