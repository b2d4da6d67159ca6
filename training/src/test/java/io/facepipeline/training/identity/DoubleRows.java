package io.facepipeline.training.identity;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.Arrays;
import org.bytedeco.javacpp.DoublePointer;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.TensorOptions;
import org.bytedeco.pytorch.global.torch;
import org.bytedeco.pytorch.global.torch.ScalarType;

/** Rows of doubles as tensors, and slopes against differences. */
final class DoubleRows {
  private DoubleRows() {}

  interface Function {
    double of(double[][] values);
  }

  static void checkSlope(Tensor variable, double[][] at, Function function) {
    double[] slopes = values(variable.grad());
    double step = 1e-6;
    int columns = at[0].length;
    double largest = 0;
    for (int i = 0; i < slopes.length; i++) {
      double[][] moved = Arrays.stream(at).map(double[]::clone).toArray(double[][]::new);
      moved[i / columns][i % columns] += step;
      double after = function.of(moved);
      moved[i / columns][i % columns] -= 2 * step;
      double difference = (after - function.of(moved)) / (2 * step);
      assertEquals(difference, slopes[i], 1e-6 * Math.max(1, Math.abs(difference)), "slope " + i);
      largest = Math.max(largest, Math.abs(difference));
    }
    assertTrue(largest > 1e-3, "all slopes are next to nothing");
  }

  static double dot(double[] a, double[] b) {
    double sum = 0;
    for (int i = 0; i < a.length; i++) {
      sum += a[i] * b[i];
    }
    return sum;
  }

  static double length(double[] a) {
    return Math.sqrt(dot(a, a));
  }

  static Tensor tensor(double[][] rows) {
    double[] flat = Arrays.stream(rows).flatMapToDouble(Arrays::stream).toArray();
    return torch
        .from_blob(
            new DoublePointer(flat),
            new long[] {rows.length, rows[0].length},
            new TensorOptions(ScalarType.Double))
        .clone();
  }

  static double[] values(Tensor tensor) {
    double[] values = new double[Math.toIntExact(tensor.numel())];
    tensor.detach().contiguous().data_ptr_double().get(values);
    return values;
  }
}
