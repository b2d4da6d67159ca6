package io.facepipeline.training.identity;

import org.bytedeco.pytorch.Scalar;
import org.bytedeco.pytorch.ScalarTypeOptional;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.global.torch;

/**
 * ArcFace whose margin grows with a face's hard negatives (Zeng et al., NPCFace: Negative-Positive
 * Collaborative Training for Large-scale Face Recognition, 2020): people are hard where their
 * cosine is above {@code cos(theta + margin)}; their logits are {@code scale (t cos(theta_j) + a)},
 * and those of others {@code scale cos(theta_j)}. The true person's logit is {@code scale cos(theta
 * + m0 + m1 h)} with the mean cosine h of the hard people, 0 if there are none. No slope goes
 * through h; where {@code cos(theta)} is not above 0, there is no margin: both as in the authors'
 * code.
 *
 * @param scale the length that features are given
 * @param margin what makes a person hard, in radians
 * @param m0 the margin without hard people, in radians
 * @param m1 how much the margin grows
 * @param t the weight of a hard person's cosine
 * @param a what is added to it
 */
record NpcFace(double scale, double margin, double m0, double m1, double t, double a)
    implements Head {
  @Override
  public Tensor logits(Tensor features, Tensor weight, Tensor labels) {
    Cosines cosines = Cosines.of(features, weight, labels);
    Tensor all = cosines.all();
    Tensor cosine = cosines.ofTruth();
    Tensor hard = all.gt(ArcFace.added(cosine, margin));
    Tensor none = cosine.detach().mul(new Scalar(0.0));
    Tensor counted =
        cosines.with(torch.where(hard, torch.ones_like(all), torch.zeros_like(all)), none);
    Tensor mean = sum(counted.mul(all.detach())).div(sum(counted).clamp_min(new Scalar(1.0)));
    Tensor grown = mean.mul(new Scalar(m1)).add(new Scalar(m0));
    Tensor turned = cosine.mul(grown.cos()).sub(ArcFace.sine(cosine).mul(grown.sin()));
    Tensor truth = torch.where(cosine.gt(new Scalar(0.0)), turned, cosine);
    Tensor weighed = all.mul(new Scalar(t)).add(new Scalar(a));
    return cosines.with(torch.where(hard, weighed, all), truth).mul(new Scalar(scale));
  }

  private static Tensor sum(Tensor rows) {
    return rows.sum(new long[] {1}, true, new ScalarTypeOptional());
  }
}
