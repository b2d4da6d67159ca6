package io.facepipeline.training.mtcnn;

import io.facepipeline.Image;
import io.facepipeline.training.faces.TrueFaces;
import java.util.SplittableRandom;

/** Cuts the crops that a stage learns from out of a photo. Thread-safe. */
interface CropMaker {
  /**
   * {@return crops of a photo}
   *
   * @param photo its place in the list
   * @param image the photo
   * @param truth what it shows
   * @param complete whether all its faces are known, so that the rest of it is background
   * @param random decides all that is left to chance
   */
  CropFile.Block crops(
      int photo, Image image, TrueFaces truth, boolean complete, SplittableRandom random);
}
