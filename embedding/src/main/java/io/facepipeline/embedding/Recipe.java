package io.facepipeline.embedding;

import io.facepipeline.CropSpec;
import io.facepipeline.ModelCard.ColorOrder;

/**
 * How faces were prepared for a network when it was trained.
 *
 * @param crop how they were cut
 * @param colorOrder the order of the channels
 * @param mean what was subtracted from a byte value
 * @param deviation what the difference was divided by
 */
record Recipe(CropSpec crop, ColorOrder colorOrder, float mean, float deviation) {
  private static final float MIDDLE = 127.5f;

  /** Of foamliu's MobileFaceNet. */
  static Recipe foamliu() {
    return new Recipe(CropSpec.arcFace(112), ColorOrder.RGB, MIDDLE, MIDDLE);
  }

  /** Of face.evoLVe's networks. */
  static Recipe evolve() {
    return new Recipe(CropSpec.arcFace(112), ColorOrder.RGB, MIDDLE, 128);
  }

  /** Of facenet-pytorch, with the margin of its LFW evaluation. */
  static Recipe facenet() {
    return new Recipe(CropSpec.margin(160, 14), ColorOrder.RGB, MIDDLE, 128);
  }

  /** Of LightCNN: grey but for its fourth version, which takes BGR. */
  static Recipe lightCnn(ColorOrder colorOrder) {
    return new Recipe(CropSpec.lightCnn(), colorOrder, 0, 255);
  }
}
