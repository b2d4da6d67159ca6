package io.facepipeline.evaluation.internal;

import java.util.Arrays;

/**
 * Pairs rows with columns, each at most once, so that the sum of their values is the largest
 * possible: the Hungarian method (Kuhn 1955) with potentials, in time that grows with the longer
 * side and with the square of the shorter one. FDDB's evaluation matches annotations and detections
 * so.
 */
public final class OneToOneMatching {
  private OneToOneMatching() {}

  /**
   * The column of each row, or -1 for a row that got none; pairs of value 0 are not made.
   *
   * @param values a value of at least 0 per row and column
   */
  public static int[] of(double[][] values) {
    int rows = values.length;
    int columns = rows == 0 ? 0 : values[0].length;
    if (rows > columns) {
      return transposed(values, columns);
    }
    // Rows and columns from 1; 0 is the unpaired end of an augmenting path.
    double[] rowPotential = new double[rows + 1];
    double[] columnPotential = new double[columns + 1];
    int[] rowOf = new int[columns + 1];
    int[] previous = new int[columns + 1];
    for (int row = 1; row <= rows; row++) {
      double[] slack = new double[columns + 1];
      boolean[] visited = new boolean[columns + 1];
      Arrays.fill(slack, Double.POSITIVE_INFINITY);
      rowOf[0] = row;
      int column = 0;
      do {
        visited[column] = true;
        int current = rowOf[column];
        double step = Double.POSITIVE_INFINITY;
        int next = 0;
        for (int c = 1; c <= columns; c++) {
          if (!visited[c]) {
            double cost = -values[current - 1][c - 1] - rowPotential[current] - columnPotential[c];
            if (cost < slack[c]) {
              slack[c] = cost;
              previous[c] = column;
            }
            if (slack[c] < step) {
              step = slack[c];
              next = c;
            }
          }
        }
        for (int c = 0; c <= columns; c++) {
          if (visited[c]) {
            rowPotential[rowOf[c]] += step;
            columnPotential[c] -= step;
          } else {
            slack[c] -= step;
          }
        }
        column = next;
      } while (rowOf[column] != 0);
      while (column != 0) {
        rowOf[column] = rowOf[previous[column]];
        column = previous[column];
      }
    }
    int[] matched = new int[rows];
    Arrays.fill(matched, -1);
    for (int c = 1; c <= columns; c++) {
      int row = rowOf[c] - 1;
      if (row >= 0 && values[row][c - 1] > 0) {
        matched[row] = c - 1;
      }
    }
    return matched;
  }

  /** The same with rows for columns: there may be no more rows than columns. */
  private static int[] transposed(double[][] values, int columns) {
    double[][] turned = new double[columns][values.length];
    for (int row = 0; row < values.length; row++) {
      for (int column = 0; column < columns; column++) {
        turned[column][row] = values[row][column];
      }
    }
    int[] matched = new int[values.length];
    Arrays.fill(matched, -1);
    int[] rowOf = of(turned);
    for (int column = 0; column < columns; column++) {
      if (rowOf[column] >= 0) {
        matched[rowOf[column]] = column;
      }
    }
    return matched;
  }
}
