package io.facepipeline.evaluation.internal;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.Random;
import org.junit.jupiter.api.Test;

class OneToOneMatchingTest {
  @Test
  void noPairingHasALargerSum() {
    Random random = new Random(1);
    for (int round = 0; round < 500; round++) {
      int rows = random.nextInt(6);
      int columns = 1 + random.nextInt(6);
      double[][] values = new double[rows][columns];
      for (double[] row : values) {
        for (int c = 0; c < columns; c++) {
          row[c] = random.nextInt(3) == 0 ? 0 : random.nextDouble();
        }
      }
      int[] matched = OneToOneMatching.of(values);
      boolean[] taken = new boolean[columns];
      double sum = 0;
      for (int row = 0; row < rows; row++) {
        if (matched[row] >= 0) {
          assertTrue(!taken[matched[row]] && values[row][matched[row]] > 0);
          taken[matched[row]] = true;
          sum += values[row][matched[row]];
        }
      }
      assertEquals(best(values, 0, new boolean[columns]), sum, 1e-9);
    }
  }

  /** The largest sum of any pairing of the rows from one on, by trying all. */
  private static double best(double[][] values, int row, boolean[] taken) {
    if (row == values.length) {
      return 0;
    }
    double best = best(values, row + 1, taken);
    for (int c = 0; c < taken.length; c++) {
      if (!taken[c]) {
        taken[c] = true;
        best = Math.max(best, values[row][c] + best(values, row + 1, taken));
        taken[c] = false;
      }
    }
    return best;
  }

  @Test
  void fewFacesAmongThousandsOfDetectionsAreMatched() {
    double[][] values = new double[3][5000];
    values[0][4999] = 0.5;
    values[1][0] = 0.9;
    values[1][4999] = 0.8;
    assertArrayEquals(new int[] {4999, 0, -1}, OneToOneMatching.of(values));
  }
}
