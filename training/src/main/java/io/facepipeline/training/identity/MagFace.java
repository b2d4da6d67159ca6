package io.facepipeline.training.identity;

import io.facepipeline.FacePipelineException;
import java.util.Optional;
import org.bytedeco.pytorch.Scalar;
import org.bytedeco.pytorch.ScalarTypeOptional;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.global.torch;

/**
 * ArcFace with a margin that grows with a feature's length, which comes to tell how good a face is
 * (Meng et al., MagFace: A Universal Representation for Face Recognition and Quality Assessment,
 * 2021, equations 2 and 3): with the length a kept from {@code shortest} to {@code longest}, the
 * margin rises linearly from {@code leastMargin} to {@code mostMargin}; {@code lambda} times the
 * mean of {@code a / longest^2 + 1 / a} is added to the cross entropy. Beyond {@code theta = pi -
 * margin}, the true person's logit goes on as ArcFace's.
 *
 * @param scale the length that features are given for the logits
 * @param shortest the length of the least margin, above 0
 * @param longest the length of the largest margin
 * @param leastMargin in radians
 * @param mostMargin in radians
 * @param lambda the weight of what makes features long
 */
record MagFace(
    double scale,
    double shortest,
    double longest,
    double leastMargin,
    double mostMargin,
    double lambda)
    implements Head {

  MagFace {
    if (!(shortest > 0 && longest > shortest)) {
      throw new FacePipelineException(
          "MagFace needs a shortest length above 0 and a longest above that, got "
              + shortest
              + " and "
              + longest);
    }
  }

  @Override
  public Tensor logits(Tensor features, Tensor weight, Tensor labels) {
    Cosines cosines = Cosines.of(features, weight, labels);
    Tensor cosine = cosines.ofTruth();
    double slope = (mostMargin - leastMargin) / (longest - shortest);
    Tensor margin =
        length(features)
            .sub(new Scalar(shortest))
            .mul(new Scalar(slope))
            .add(new Scalar(leastMargin));
    Tensor turned = cosine.mul(margin.cos()).sub(ArcFace.sine(cosine).mul(margin.sin()));
    Tensor beyond = cosine.sub(margin.mul(margin.sin()));
    Tensor within = cosine.gt(margin.cos().neg());
    return cosines.with(torch.where(within, turned, beyond)).mul(new Scalar(scale));
  }

  @Override
  public Optional<Tensor> penalty(Tensor features) {
    Tensor length = length(features);
    Tensor g = length.mul(new Scalar(1 / (longest * longest))).add(length.reciprocal());
    return Optional.of(g.mean().mul(new Scalar(lambda)));
  }

  /** {@return the lengths within their bounds, [n, 1]} */
  private Tensor length(Tensor features) {
    return features
        .square()
        .sum(new long[] {1}, true, new ScalarTypeOptional())
        .clamp_min(new Scalar(shortest * shortest))
        .clamp_max(new Scalar(longest * longest))
        .sqrt();
  }
}
