package io.facepipeline.attributes;

import io.facepipeline.Point;
import io.facepipeline.onnx.MalformedModelException;
import io.facepipeline.onnx.internal.OutputSpec;
import io.facepipeline.onnx.internal.OutputSpec.Labels;
import io.facepipeline.onnx.internal.OutputSpec.Measures;
import io.facepipeline.onnx.internal.OutputSpec.Points;
import io.facepipeline.onnx.internal.OutputSpec.Rotation;
import io.facepipeline.onnx.internal.OutputSpec.Slice;
import io.facepipeline.onnx.internal.OutputSpec.Value;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** Makes probabilities, values or points of the numbers that a network gives. Immutable. */
final class OutputReader {
  private static final int MATRIX = 9;

  /** Below this the head looks straight up or down, and yaw and roll cannot be told apart. */
  private static final double GIMBAL_LOCK = 1e-6;

  private final OutputSpec spec;

  /** Which label each class means; several may mean the same. */
  private final List<String> classes;

  OutputReader(OutputSpec spec, List<String> classes) {
    this.spec = spec;
    this.classes = List.copyOf(classes);
  }

  /** What a card says of them: the labels, each once. */
  List<String> labels() {
    return classes.stream().distinct().toList();
  }

  /** The names of what is measured. */
  List<String> values() {
    if (spec instanceof Measures measures) {
      return measures.values().stream().map(Value::label).toList();
    }
    return spec instanceof Rotation ? OutputSpec.ANGLES : List.of();
  }

  /** The unit of what is measured; empty if there is none. */
  String unit() {
    return spec instanceof Measures measures
        ? measures.unit()
        : spec instanceof Rotation ? OutputSpec.DEGREES : "";
  }

  /** How many points are found. */
  int points() {
    return spec instanceof Points points ? points.count() : 0;
  }

  /** Which points make the five landmarks; empty if that is not known. */
  List<List<Integer>> five() {
    return spec instanceof Points points ? points.five() : List.of();
  }

  /**
   * Refuses a network that gives other numbers.
   *
   * @param outputs what it gives for some picture
   */
  void requireFit(Path file, Map<String, float[]> outputs) {
    if (spec instanceof Labels labels) {
      int numbers = labels.form().isSingle() ? 1 : classes.size();
      require(file, outputs, labels.slice(), numbers);
    } else if (spec instanceof Measures measures) {
      measures.values().forEach(v -> require(file, outputs, v.slice(), Math.max(1, v.bins())));
    } else if (spec instanceof Rotation rotation) {
      require(file, outputs, rotation.slice(), MATRIX);
    } else if (spec instanceof Points points) {
      require(file, outputs, points.slice(), 2 * points.count());
    }
  }

  /** Refuses an output without the numbers, or with others that the card does not expect. */
  private static void require(Path file, Map<String, float[]> outputs, Slice slice, int count) {
    int wanted = slice.from() + count;
    if (slice.output().isEmpty() && outputs.size() != 1) {
      throw new MalformedModelException(
          file
              + ": the model returns "
              + outputs.keySet()
              + "; name one of them as \"name\" in the card's output");
    }
    float[] found =
        slice.output().isEmpty() ? outputs.values().iterator().next() : outputs.get(slice.output());
    if (found == null) {
      throw new MalformedModelException(
          file + ": the model returns " + outputs.keySet() + ", not " + slice.output());
    }
    boolean all = slice.whole();
    if (all ? found.length != wanted : found.length < wanted) {
      throw new MalformedModelException(
          file
              + ": the model returns "
              + found.length
              + " values"
              + (slice.output().isEmpty() ? "" : " as " + slice.output())
              + "; use one that returns "
              + (all ? "" : "at least ")
              + wanted
              + " values, or a card that says otherwise");
    }
  }

  /** {@return the probability of each class} */
  float[] probabilities(Map<String, float[]> outputs) {
    Labels labels = (Labels) spec;
    int count = labels.form().isSingle() ? 1 : classes.size();
    float[] numbers = slice(outputs, labels.slice(), count);
    return switch (labels.form()) {
      case LOGITS -> softmax(numbers);
      case PROBABILITIES -> numbers;
      case SIGMOID -> both((float) (1 / (1 + Math.exp(-numbers[0]))));
      case PROBABILITY -> both(numbers[0]);
    };
  }

  private static float[] both(float second) {
    return new float[] {1 - second, second};
  }

  /** {@return the probability of each label, summed over its classes} */
  float[] labelProbabilities(Map<String, float[]> outputs) {
    List<String> labels = labels();
    float[] sums = new float[labels.size()];
    float[] probabilities = probabilities(outputs);
    for (int i = 0; i < probabilities.length; i++) {
      sums[labels.indexOf(classes.get(i))] += probabilities[i];
    }
    return sums;
  }

  /** Whether there are labels. */
  boolean tellsLabels() {
    return spec instanceof Labels;
  }

  /** {@return what is measured, by name} */
  Map<String, Float> measured(Map<String, float[]> outputs) {
    Map<String, Float> measured = new LinkedHashMap<>();
    if (spec instanceof Measures measures) {
      for (Value value : measures.values()) {
        float[] numbers = slice(outputs, value.slice(), Math.max(1, value.bins()));
        double number = value.bins() == 0 ? numbers[0] : mean(numbers, value.logits());
        measured.put(value.label(), (float) (number * value.scale() + value.offset()));
      }
    } else if (spec instanceof Rotation rotation) {
      double[] angles = angles(slice(outputs, rotation.slice(), MATRIX));
      for (int i = 0; i < angles.length; i++) {
        measured.put(OutputSpec.ANGLES.get(i), (float) angles[i]);
      }
    }
    return measured;
  }

  /** The mean index of bins by their probabilities. */
  private static double mean(float[] numbers, boolean logits) {
    float[] probabilities = logits ? softmax(numbers) : numbers;
    double mean = 0;
    for (int i = 0; i < probabilities.length; i++) {
      mean += i * (double) probabilities[i];
    }
    return mean;
  }

  /** Yaw, pitch and roll of R = Rz(roll) Ry(yaw) Rx(pitch), in degrees, as 6DRepNet takes them. */
  private static double[] angles(float[] r) {
    double flat = Math.hypot(r[0], r[3]);
    boolean locked = flat < GIMBAL_LOCK;
    double pitch = locked ? Math.atan2(-r[5], r[4]) : Math.atan2(r[7], r[8]);
    double yaw = Math.atan2(-r[6], flat);
    double roll = locked ? 0 : Math.atan2(r[3], r[0]);
    return new double[] {Math.toDegrees(yaw), Math.toDegrees(pitch), Math.toDegrees(roll)};
  }

  /** {@return the points, in pixels of the crop} */
  List<Point> points(Map<String, float[]> outputs, int width, int height) {
    if (!(spec instanceof Points points)) {
      return List.of();
    }
    float[] xy = slice(outputs, points.slice(), 2 * points.count());
    float range = points.high() - points.low();
    List<Point> found = new ArrayList<>(points.count());
    for (int i = 0; i < xy.length; i += 2) {
      found.add(
          new Point(
              (xy[i] - points.low()) / range * width, (xy[i + 1] - points.low()) / range * height));
    }
    return found;
  }

  private static float[] slice(Map<String, float[]> outputs, Slice slice, int count) {
    float[] all =
        slice.output().isEmpty() ? outputs.values().iterator().next() : outputs.get(slice.output());
    if (all == null) { // the trial at opening had it
      throw new IllegalStateException("the network has no output " + slice.output() + " any more");
    }
    return Arrays.copyOfRange(all, slice.from(), slice.from() + count);
  }

  static float[] softmax(float[] logits) {
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
}
