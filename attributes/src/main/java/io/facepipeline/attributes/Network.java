package io.facepipeline.attributes;

import io.facepipeline.onnx.MalformedModelException;
import io.facepipeline.onnx.OnnxModel;
import io.facepipeline.onnx.OnnxOptions;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.FloatBuffer;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Map;

/** A network that looks at one picture at a time. Thread-safe; to be closed. */
final class Network implements AutoCloseable {
  private final OnnxModel model;
  private final InputSpec input;
  private final int width;
  private final int height;

  /** Whether a pixel's channels lie together, as TensorFlow has them. */
  private final boolean channelsLast;

  private Network(OnnxModel model, InputSpec input, int width, int height, boolean channelsLast) {
    this.model = model;
    this.input = input;
    this.width = width;
    this.height = height;
    this.channelsLast = channelsLast;
  }

  /**
   * Opens a file.
   *
   * @throws MalformedModelException if the network has another input
   */
  static Network open(Path file, InputSpec input, int width, int height, OnnxOptions options) {
    OnnxModel model = OnnxModel.load(file, options);
    try {
      return of(file, model, input, width, height);
    } catch (RuntimeException e) {
      model.close();
      throw e;
    }
  }

  /** A network that is loaded; it is closed with this, unless this fails. */
  static Network of(Path file, OnnxModel model, InputSpec input, int width, int height) {
    long[] planes = {1, input.channels(), height, width};
    long[] pixels = {1, height, width, input.channels()};
    long[] found = model.inputShape();
    boolean fits = fits(found, planes);
    if (!fits && !fits(found, pixels)) {
      throw new MalformedModelException(
          file
              + ": the model has the input "
              + Arrays.toString(found)
              + " and returns "
              + model.outputs().keySet()
              + "; use one with the input "
              + Arrays.toString(planes)
              + " or "
              + Arrays.toString(pixels)
              + ", or a card that says otherwise");
    }
    return new Network(model, input, width, height, !fits);
  }

  private static boolean fits(long[] found, long[] wanted) {
    boolean fits = found.length == wanted.length;
    for (int i = 0; fits && i < wanted.length; i++) {
      fits = found[i] < 0 || found[i] == wanted[i];
    }
    return fits;
  }

  /** {@return the values of each output for a black picture} */
  Map<String, float[]> trial() {
    return run(ByteBuffer.allocate(3 * width * height));
  }

  /** {@return the values of each output} */
  Map<String, float[]> run(ByteBuffer rgb) {
    int pixels = width * height;
    int channels = input.channels();
    FloatBuffer planes = floats(channels * pixels);
    input.write(rgb, pixels, planes);
    if (!channelsLast) {
      return model.run(planes.flip(), new long[] {1, channels, height, width});
    }
    FloatBuffer together = floats(channels * pixels);
    for (int i = 0; i < pixels; i++) {
      for (int c = 0; c < channels; c++) {
        together.put(planes.get(c * pixels + i));
      }
    }
    return model.run(together.flip(), new long[] {1, height, width, channels});
  }

  private static FloatBuffer floats(int count) {
    return ByteBuffer.allocateDirect(Float.BYTES * count)
        .order(ByteOrder.nativeOrder())
        .asFloatBuffer();
  }

  @Override
  public void close() {
    model.close();
  }
}
