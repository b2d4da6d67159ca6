package io.facepipeline.training.identity;

import org.bytedeco.pytorch.Scalar;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.global.torch;

/**
 * ArcFace that turns to the hard negatives as the training goes on (Huang et al., CurricularFace:
 * Adaptive Curriculum Learning Loss for Deep Face Recognition, 2020, equations 5 to 10): the true
 * person's logit is ArcFace's; another's is {@code scale cos(theta_j)}, and where that is above
 * {@code cos(theta + margin)}, {@code scale cos(theta_j) (t + cos(theta_j))}. The state t begins at
 * 0 and is a moving average of the mean cosine to the true people.
 *
 * @param scale the length that features are given
 * @param margin in radians, from 0 to pi/2
 * @param momentum how much of t stays at each batch, from 0 to 1
 * @param t the state, of one number
 */
record CurricularFace(double scale, double margin, double momentum, Tensor t) implements Head {
  @Override
  public Tensor logits(Tensor features, Tensor weight, Tensor labels) {
    Cosines cosines = Cosines.of(features, weight, labels);
    Tensor all = cosines.all();
    Tensor cosine = cosines.ofTruth();
    Tensor mean = cosine.detach().mean();
    t.mul_(new Scalar(momentum)).add_(mean.mul(new Scalar(1 - momentum)));
    Tensor hard = all.gt(ArcFace.added(cosine, margin));
    // A copy, since the next batch overwrites the state.
    Tensor others = torch.where(hard, all.mul(all.add(t.clone())), all);
    return cosines.with(others, ArcFace.turned(cosine, margin)).mul(new Scalar(scale));
  }
}
