package io.facepipeline.evaluation.crops;

import io.facepipeline.FacePipelineException;
import io.facepipeline.Image;
import java.io.Closeable;
import java.nio.file.Path;

/**
 * A verification set in one file or folder: crops two by two, and whether both of a pair show the
 * same person. Crops are read when they are wanted. Reading is thread-safe.
 */
public interface StoredCrops extends Closeable {
  /** {@return the file or folder} */
  Path place();

  /** {@return how many pairs there are; pair p has the crops 2p and 2p + 1} */
  int pairs();

  /**
   * {@return whether a pair shows the same person}
   *
   * @param pair its number, from 0
   */
  boolean same(int pair);

  /**
   * {@return a crop}
   *
   * @param number its number, from 0
   * @throws FacePipelineException if it cannot be read; the message names the set and the crop
   */
  Image crop(int number);

  /**
   * Refuses numbers of crops and of pairs that do not belong together.
   *
   * @param place the set, for the message
   */
  static void requirePairs(Path place, long crops, long pairs) {
    if (crops != 2 * pairs || pairs == 0) {
      throw new FacePipelineException(
          place
              + ": "
              + pairs
              + " pairs need "
              + 2 * pairs
              + " crops, but there are "
              + crops
              + "; the set is damaged or not whole: fetch it anew");
    }
  }
}
