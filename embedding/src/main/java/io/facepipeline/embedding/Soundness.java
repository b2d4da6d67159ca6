package io.facepipeline.embedding;

import io.facepipeline.Box;
import io.facepipeline.CropSpec;
import io.facepipeline.Face;
import io.facepipeline.Landmarks;
import io.facepipeline.ModelCard;
import io.facepipeline.onnx.InferenceException;
import io.facepipeline.onnx.MalformedModelException;
import java.util.Random;

/**
 * Makes sure that an embedder tells anything at all: of two unlike crops it gives two unlike
 * embeddings, of numbers and of unit length. Weights that are NaN, zero or dead would else call any
 * two faces the same person.
 */
final class Soundness {
  static final Face FACE =
      new Face(new Box(0, 0, 10, 10), Landmarks.of(3, 3, 7, 3, 5, 5, 3, 8, 7, 8), 1);

  private static final double UNIT_TOLERANCE = 1e-3;

  /** Between embeddings of the same values in another order of adding, a tenth of it lies. */
  private static final double LEAST_DISTANCE = 1e-6;

  private Soundness() {}

  /** Refuses an embedder that is of no use; the source is what the message calls it. */
  static void require(OnnxFaceEmbedder embedder, String source) {
    ModelCard card = embedder.card();
    float[] first = embedding(embedder, source, picture(card.crop(), false));
    float[] second = embedding(embedder, source, picture(card.crop(), true));
    double distance = 0;
    for (int i = 0; i < first.length; i++) {
      distance += (first[i] - second[i]) * (first[i] - second[i]);
    }
    if (Math.sqrt(distance) < LEAST_DISTANCE) {
      throw new MalformedModelException(
          source
              + ": the model gives two different pictures the same embedding, so everybody would be"
              + " the same person; its weights are zero, dead or of another network: use another"
              + " file");
    }
  }

  private static float[] embedding(OnnxFaceEmbedder embedder, String source, byte[] rgb) {
    ModelCard card = embedder.card();
    float[] values;
    try {
      values = embedder.rawEmbedding(rgb);
    } catch (InferenceException e) {
      throw new MalformedModelException(
          source
              + ": the model does not accept the card's crops of "
              + card.crop()
              + "; correct the card",
          e);
    }
    if (values.length != card.embeddingSize()) {
      throw new MalformedModelException(
          source
              + ": the card says "
              + card.embeddingSize()
              + " dimensions, the model gives "
              + values.length
              + "; correct the card's embedding size");
    }
    double norm = 0;
    for (float value : values) {
      norm += (double) value * value;
    }
    // Not a number fails this too.
    if (!(Math.abs(Math.sqrt(norm) - 1) < UNIT_TOLERANCE)) {
      throw new MalformedModelException(
          source
              + ": the model gives an embedding of length "
              + Math.sqrt(norm)
              + " instead of 1; its weights are zero, not finite or of another network: use another"
              + " file");
    }
    return values;
  }

  /**
   * A picture of noise, the same each time: darker to the right and reddish, or darker to the
   * bottom and bluish.
   */
  private static byte[] picture(CropSpec crop, boolean bluish) {
    Random random = new Random(bluish ? 2 : 1);
    int width = crop.width();
    int height = crop.height();
    byte[] rgb = new byte[crop.bytes()];
    for (int i = 0; i < rgb.length; i++) {
      int pixel = i / 3;
      int channel = bluish ? 2 - i % 3 : i % 3;
      int light =
          bluish ? 200 * (height - pixel / width) / height : 100 * (width - pixel % width) / width;
      rgb[i] = (byte) (light / (1 + channel) + random.nextInt(50));
    }
    return rgb;
  }
}
