package io.facepipeline.training.embedder;

import org.bytedeco.pytorch.Scalar;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.global.torch;

/**
 * The teacher's embeddings: one minus the cosine, plus five times the mean squared difference of
 * the similarities within a batch (relational knowledge, as Park et al. 2019 have it). Shows the
 * mean cosine.
 */
final class Distillation implements Lesson {
  private static final double RELATION_WEIGHT = 5;

  @Override
  public String column() {
    return "cosine";
  }

  @Override
  public Result of(Tensor images, Tensor features, int[] views, Tensor teacher, int step) {
    Tensor embeddings = torch.normalize(features);
    Tensor cosine = embeddings.mul(teacher).sum(1).mean();
    Tensor relations =
        torch.mse_loss(torch.mm(embeddings, embeddings.t()), torch.mm(teacher, teacher.t()));
    return new Result(
        relations.mul(new Scalar(RELATION_WEIGHT)).sub(cosine).add(new Scalar(1.0)), cosine);
  }
}
