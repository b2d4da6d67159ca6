package io.facepipeline.training.identity;

import org.bytedeco.pytorch.Scalar;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.global.torch;

/**
 * The cosine with a scale that follows the training (Zhang et al., AdaCos: Adaptively Scaling
 * Cosine Logits for Effectively Learning Deep Face Representations, 2019, equations 12 to 15):
 * logits are {@code s cos(theta)} without a margin. The scale begins at {@code sqrt(2) log(people -
 * 1)} and is, for every batch, {@code log(B) / cos(min(pi/4, median))}: B is the mean over the rows
 * of {@code sum exp(s cos(theta))} over the other people, with the scale before; the median is that
 * of the angles to the true people, the lower of two. The paper leaves open what happens where B is
 * at most 1, as with few people far apart: there the scale stays.
 *
 * @param scale the state, of one number
 */
record AdaCos(Tensor scale) implements Head {

  /** {@return the scale to begin with; above 0 for at least three people} */
  static double firstScale(int people) {
    return Math.sqrt(2) * Math.log(people - 1);
  }

  @Override
  public Tensor logits(Tensor features, Tensor weight, Tensor labels) {
    Cosines cosines = Cosines.of(features, weight, labels);
    Tensor all = cosines.all().detach();
    Tensor truth = cosines.ofTruth().detach();
    Tensor others = cosines.with(all.mul(scale).exp(), truth.mul(new Scalar(0.0)));
    Tensor b = others.sum(1).mean();
    Tensor angle = truth.clamp_min(new Scalar(-1.0)).clamp_max(new Scalar(1.0)).acos();
    Tensor median = angle.flatten(0, 1).median().clamp_max(new Scalar(Math.PI / 4));
    Tensor next = b.log().div(median.cos());
    scale.copy_(torch.where(b.gt(new Scalar(1.0)), next, scale));
    // A copy, since the next batch overwrites the state.
    return cosines.all().mul(scale.clone());
  }
}
