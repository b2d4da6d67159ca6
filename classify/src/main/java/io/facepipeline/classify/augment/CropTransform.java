package io.facepipeline.classify.augment;

import io.facepipeline.Image;
import java.util.random.RandomGenerator;

/** Changes a training crop so that the face stays recognizable. Stateless and thread-safe. */
@FunctionalInterface
public interface CropTransform {
  /**
   * Changes a crop.
   *
   * @param crop an aligned crop
   * @param random the only source of randomness; otherwise training cannot be repeated
   * @return a picture of the same size
   */
  Image apply(Image crop, RandomGenerator random);
}
