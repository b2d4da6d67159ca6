package io.facepipeline.training.identity;

import org.bytedeco.pytorch.Scalar;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.global.torch;

/**
 * CosFace that weighs people mistaken for the true one (Wang et al., Mis-classified Vector Guided
 * Softmax Loss for Face Recognition, 2020, equations 6 to 9, with the additive margin and adaptive
 * weights: MV-AM-Softmax-a): the true person's logit is {@code scale (cos(theta) - margin)};
 * another's is {@code scale cos(theta_j)}, and where that is above the true person's, {@code scale
 * (t cos(theta_j) + t - 1)}.
 *
 * @param scale the length that features are given
 * @param margin what is taken from the true person's cosine, from 0 to 1
 * @param t the weight of a mistake, at least 1
 */
record MvSoftmax(double scale, double margin, double t) implements Head {
  @Override
  public Tensor logits(Tensor features, Tensor weight, Tensor labels) {
    Cosines cosines = Cosines.of(features, weight, labels);
    Tensor all = cosines.all();
    Tensor truth = cosines.ofTruth().sub(new Scalar(margin));
    Tensor weighed = all.mul(new Scalar(t)).add(new Scalar(t - 1));
    Tensor others = torch.where(all.gt(truth), weighed, all);
    return cosines.with(others, truth).mul(new Scalar(scale));
  }
}
