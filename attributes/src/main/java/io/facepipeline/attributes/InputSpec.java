package io.facepipeline.attributes;

import io.facepipeline.ModelCard.ColorOrder;
import io.facepipeline.onnx.catalog.CatalogEntry;
import java.nio.ByteBuffer;
import java.nio.FloatBuffer;
import java.util.Collections;
import java.util.List;

/**
 * How a network of somebody else's wants its pixels: planes of {@code (byte - mean) / deviation},
 * or whitened.
 *
 * @param order of the planes; grey is 0.299 R + 0.587 G + 0.114 B
 * @param mean what is subtracted, a plane each
 * @param deviation what the difference is divided by, a plane each
 * @param whitened whether all planes are then scaled by their own mean and deviation
 */
record InputSpec(ColorOrder order, List<Float> mean, List<Float> deviation, boolean whitened) {
  /** The bytes as they are. */
  static InputSpec raw(ColorOrder order) {
    int planes = order.channels();
    return new InputSpec(
        order, Collections.nCopies(planes, 0f), Collections.nCopies(planes, 1f), false);
  }

  /** What the catalog says of a network. */
  static InputSpec of(CatalogEntry.Input input) {
    ColorOrder order = input.colorOrder();
    return new InputSpec(
        order, perPlane(input.mean(), order), perPlane(input.deviation(), order), input.whitened());
  }

  /** One number for all planes, or one each. */
  static List<Float> perPlane(List<Float> numbers, ColorOrder order) {
    if (numbers.size() == 1) {
      return Collections.nCopies(order.channels(), numbers.get(0));
    }
    if (numbers.size() != order.channels()) {
      throw new IllegalArgumentException(
          order
              + " has "
              + order.channels()
              + " channels, but the scaling has numbers for "
              + numbers.size());
    }
    return numbers;
  }

  int channels() {
    return order.channels();
  }

  /** Writes an image's planes, from the target's position on, which moves behind them. */
  void write(ByteBuffer rgb, int pixels, FloatBuffer target) {
    int begin = target.position();
    for (int plane = 0; plane < channels(); plane++) {
      float subtracted = mean.get(plane);
      float divisor = deviation.get(plane);
      for (int i = 0; i < pixels; i++) {
        target.put((value(rgb, 3 * i, plane) - subtracted) / divisor);
      }
    }
    if (whitened) {
      whiten(target, begin);
    }
  }

  /** As facenet's prewhiten: (x - mean) / max(deviation, 1 / sqrt(n)). */
  private static void whiten(FloatBuffer target, int begin) {
    int numbers = target.position() - begin;
    double sum = 0;
    for (int i = begin; i < target.position(); i++) {
      sum += target.get(i);
    }
    double mean = sum / numbers;
    double squares = 0;
    for (int i = begin; i < target.position(); i++) {
      double apart = target.get(i) - mean;
      squares += apart * apart;
    }
    double divisor = Math.max(Math.sqrt(squares / numbers), 1 / Math.sqrt(numbers));
    for (int i = begin; i < target.position(); i++) {
      target.put(i, (float) ((target.get(i) - mean) / divisor));
    }
  }

  private float value(ByteBuffer rgb, int at, int plane) {
    return switch (order) {
      case RGB -> rgb.get(at + plane) & 0xFF;
      case BGR -> rgb.get(at + 2 - plane) & 0xFF;
      case GREY ->
          0.299f * (rgb.get(at) & 0xFF)
              + 0.587f * (rgb.get(at + 1) & 0xFF)
              + 0.114f * (rgb.get(at + 2) & 0xFF);
    };
  }
}
