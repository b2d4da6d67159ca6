package io.facepipeline.training.student;

import org.bytedeco.pytorch.Tensor;

/** What happens at the end of each stage of a network that is trained. */
@FunctionalInterface
public interface StageEnd {
  /**
   * {@return what the next stage takes}
   *
   * @param name the stage's name
   * @param x what the stage gives, [n, c, h, w]
   */
  Tensor at(String name, Tensor x);
}
