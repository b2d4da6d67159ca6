package io.facepipeline.training.identity;

import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.global.torch;

/** The plain linear head; its bias, if any, is added by the caller. */
record Softmax() implements Head {
  @Override
  public Tensor logits(Tensor features, Tensor weight, Tensor labels) {
    return torch.linear(features, weight);
  }
}
