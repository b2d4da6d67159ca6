package io.facepipeline.training.network;

import io.facepipeline.training.torch.Tensors;
import java.util.List;
import org.bytedeco.pytorch.Scalar;
import org.bytedeco.pytorch.Tensor;

/**
 * The cross entropy of a batch, as PyTorch's {@code CrossEntropyLoss} but for one thing: with
 * smoothing, what goes to all classes is weighted by the class that is shown. Immutable.
 */
final class CrossEntropy {
  private final float[] weights;
  private final double smoothing;

  /**
   * Creates it.
   *
   * @param weights how much a photo of each class counts
   * @param smoothing the share of a label's probability that all classes get
   */
  CrossEntropy(float[] weights, double smoothing) {
    this.weights = weights.clone();
    this.smoothing = smoothing;
  }

  /**
   * {@return the weighted mean over the batch, a scalar}
   *
   * @param logits [n, classes]
   * @param labels n classes
   */
  Tensor of(Tensor logits, List<Integer> labels) {
    float[] own = new float[labels.size()];
    float sum = 0;
    for (int i = 0; i < own.length; i++) {
      own[i] = weights[labels.get(i)];
      sum += own[i];
    }
    Tensor log = logits.log_softmax(1);
    Tensor mixed =
        shown(log, labels)
            .mul(new Scalar(1 - smoothing))
            .add(log.mean(1).mul(new Scalar(smoothing)));
    return mixed.mul(Tensors.floats(own, own.length)).sum().mul(new Scalar(-1.0 / sum));
  }

  /** {@return the sum over the batch without weights and smoothing, a scalar} */
  static Tensor plainSum(Tensor logits, List<Integer> labels) {
    return shown(logits.log_softmax(1), labels).sum().neg();
  }

  private static Tensor shown(Tensor log, List<Integer> labels) {
    int[] columns = labels.stream().mapToInt(Integer::intValue).toArray();
    return log.gather(1, Tensors.indexes(columns).unsqueeze(1)).squeeze(1);
  }
}
