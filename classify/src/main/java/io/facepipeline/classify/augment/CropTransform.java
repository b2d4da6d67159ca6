package io.facepipeline.classify.augment;

import io.facepipeline.Image;
import java.util.random.RandomGenerator;

/** Changes a training crop in a way that leaves it recognisable. Stateless and thread-safe. */
@FunctionalInterface
public interface CropTransform {
  /**
   * Changes a crop.
   *
   * @param crop an aligned crop
   * @param random what the change may draw from; nothing else, or training cannot be repeated
   * @return a picture of the same size
   */
  Image apply(Image crop, RandomGenerator random);
}
