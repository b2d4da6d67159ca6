package io.facepipeline.attributes;

import io.facepipeline.ModelCard.ColorOrder;
import io.facepipeline.onnx.MalformedModelException;
import io.facepipeline.onnx.OnnxModel;
import io.facepipeline.onnx.OnnxOptions;
import io.facepipeline.onnx.internal.ClassesCard;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.FloatBuffer;
import java.nio.file.Path;
import java.util.Arrays;

/** A network with one output, a value per class. Thread-safe; to be closed. */
final class Classes implements AutoCloseable {
  private final OnnxModel model;
  private final InputSpec input;
  private final int side;
  private final int classes;
  private final boolean logits;
  private final String output;

  private Classes(OnnxModel model, InputSpec input, int side, int classes, boolean logits) {
    this.model = model;
    this.input = input;
    this.side = side;
    this.classes = classes;
    this.logits = logits;
    output = model.outputs().keySet().iterator().next();
  }

  /**
   * Opens a file.
   *
   * @param side of its square images in pixels
   * @param classes how many values it gives
   * @param logits whether they become probabilities by the softmax, or are some
   * @throws MalformedModelException if the file is another network
   */
  static Classes open(
      Path file, InputSpec input, int side, int classes, boolean logits, OnnxOptions options) {
    OnnxModel model = OnnxModel.load(file, options);
    try {
      Classes opened = new Classes(model, input, side, classes, logits);
      opened.requireFit(file);
      return opened;
    } catch (RuntimeException e) {
      model.close();
      throw e;
    }
  }

  /** A network and what it says of itself. */
  record Described(Classes network, ClassesCard card) {}

  /**
   * Opens a file that carries its card, as training writes it: raw pictures in, a probability per
   * label out.
   *
   * @throws MalformedModelException if the file has no such card, or is another network than its
   *     card says
   */
  static Described describing(Path file, OnnxOptions options) {
    OnnxModel model = OnnxModel.load(file, options);
    try {
      if (!ClassesCard.isPresent(model.metadata())) {
        throw new MalformedModelException(
            file
                + " has no card of a classifier inside; load it with its labels and how its"
                + " pictures are prepared");
      }
      ClassesCard card = ClassesCard.read(model.metadata());
      InputSpec raw = InputSpec.raw(ColorOrder.RGB);
      Classes opened = new Classes(model, raw, card.side(), card.labels().size(), false);
      opened.requireFit(file);
      return new Described(opened, card);
    } catch (RuntimeException e) {
      model.close();
      throw e;
    }
  }

  private void requireFit(Path file) {
    long[] wanted = {1, input.channels(), side, side};
    long[] found = model.inputShape();
    boolean fits = found.length == wanted.length && model.outputs().size() == 1;
    for (int i = 0; fits && i < wanted.length; i++) {
      fits = found[i] < 0 || found[i] == wanted[i];
    }
    int values = fits ? values(ByteBuffer.allocate(3 * side * side)).length : 0;
    if (values != classes) {
      throw new MalformedModelException(
          file
              + ": the model has the input "
              + Arrays.toString(found)
              + " and returns "
              + model.outputs().keySet()
              + (fits ? " of " + values + " values" : "")
              + "; use one with the input "
              + Arrays.toString(wanted)
              + " and returns "
              + classes
              + " values");
    }
  }

  int side() {
    return side;
  }

  /** {@return a probability per class} */
  float[] probabilities(ByteBuffer rgb) {
    float[] values = values(rgb);
    return logits ? softmax(values) : values;
  }

  /** {@return what the network gives} */
  float[] values(ByteBuffer rgb) {
    FloatBuffer planes =
        ByteBuffer.allocateDirect(Float.BYTES * input.channels() * side * side)
            .order(ByteOrder.nativeOrder())
            .asFloatBuffer();
    input.write(rgb, side * side, planes);
    return model.run(planes.flip(), new long[] {1, input.channels(), side, side}, output);
  }

  private static float[] softmax(float[] logits) {
    float highest = Float.NEGATIVE_INFINITY;
    for (float logit : logits) {
      highest = Math.max(highest, logit);
    }
    double sum = 0;
    double[] powers = new double[logits.length];
    for (int i = 0; i < logits.length; i++) {
      powers[i] = Math.exp(logits[i] - highest);
      sum += powers[i];
    }
    float[] probabilities = new float[logits.length];
    for (int i = 0; i < logits.length; i++) {
      probabilities[i] = (float) (powers[i] / sum);
    }
    return probabilities;
  }

  @Override
  public void close() {
    model.close();
  }
}
