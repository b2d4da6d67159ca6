package io.facepipeline.detection.mtcnn.cascade;

import java.util.Arrays;

/**
 * Candidates as rows of numbers: x1, y1, x2, y2, score, and then what a network said of the box
 * (four regressions, and ten landmarks behind O-Net). Not thread-safe.
 */
final class Proposals {
  static final int WIDTH = 19;
  static final int SCORE = 4;
  static final int REGRESSION = 5;
  static final int LANDMARKS = 9;

  private float[] numbers = new float[64 * WIDTH];
  private int size;

  int size() {
    return size;
  }

  void clear() {
    size = 0;
  }

  float get(int row, int column) {
    return numbers[row * WIDTH + column];
  }

  void set(int row, int column, float value) {
    numbers[row * WIDTH + column] = value;
  }

  /** Takes the box of another's row. */
  void setBox(int row, Proposals from, int fromRow) {
    System.arraycopy(from.numbers, fromRow * WIDTH, numbers, row * WIDTH, SCORE);
  }

  /** Adds a row; what is not given is left over from before. */
  int add(float x1, float y1, float x2, float y2, float score) {
    if ((size + 1) * WIDTH > numbers.length) {
      numbers = Arrays.copyOf(numbers, numbers.length * 2);
    }
    int at = size * WIDTH;
    numbers[at] = x1;
    numbers[at + 1] = y1;
    numbers[at + 2] = x2;
    numbers[at + 3] = y2;
    numbers[at + SCORE] = score;
    return size++;
  }

  void addAll(Proposals other) {
    int needed = (size + other.size) * WIDTH;
    if (needed > numbers.length) {
      numbers = Arrays.copyOf(numbers, Math.max(needed, numbers.length * 2));
    }
    System.arraycopy(other.numbers, 0, numbers, size * WIDTH, other.size * WIDTH);
    size += other.size;
  }

  /** {@return the index of a copy of another's row} */
  int copyRow(Proposals from, int row) {
    int at = add(0, 0, 0, 0, 0);
    System.arraycopy(from.numbers, row * WIDTH, numbers, at * WIDTH, WIDTH);
    return at;
  }

  /**
   * Moves the edges by the regression, in shares of width and height, to each of which a number is
   * added.
   */
  void regress(float more) {
    for (int at = 0; at < size * WIDTH; at += WIDTH) {
      float w = numbers[at + 2] - numbers[at] + more;
      float h = numbers[at + 3] - numbers[at + 1] + more;
      numbers[at] += numbers[at + REGRESSION] * w;
      numbers[at + 1] += numbers[at + REGRESSION + 1] * h;
      numbers[at + 2] += numbers[at + REGRESSION + 2] * w;
      numbers[at + 3] += numbers[at + REGRESSION + 3] * h;
    }
  }

  /** Makes every box a square about its center whose side is the longer one. */
  void square() {
    for (int at = 0; at < size * WIDTH; at += WIDTH) {
      float w = numbers[at + 2] - numbers[at];
      float h = numbers[at + 3] - numbers[at + 1];
      float side = Math.max(w, h);
      numbers[at] = numbers[at] + w * 0.5f - side * 0.5f;
      numbers[at + 1] = numbers[at + 1] + h * 0.5f - side * 0.5f;
      numbers[at + 2] = numbers[at] + side;
      numbers[at + 3] = numbers[at + 1] + side;
    }
  }

  /**
   * {@return how much a row's box shares with another's}
   *
   * @param smaller whether as a share of the smaller box, pixels counted, or of the union
   */
  float overlap(int row, Proposals others, int otherRow, boolean smaller) {
    float[] o = others.numbers;
    int a = row * WIDTH;
    int b = otherRow * WIDTH;
    float more = smaller ? 1 : 0;
    float w = Math.min(o[b + 2], numbers[a + 2]) - Math.max(o[b], numbers[a]) + more;
    float h = Math.min(o[b + 3], numbers[a + 3]) - Math.max(o[b + 1], numbers[a + 1]) + more;
    if (w <= 0 || h <= 0) {
      return 0;
    }
    float intersection = w * h;
    float area = (numbers[a + 2] - numbers[a] + more) * (numbers[a + 3] - numbers[a + 1] + more);
    float other = (o[b + 2] - o[b] + more) * (o[b + 3] - o[b + 1] + more);
    return intersection / (smaller ? Math.min(area, other) : other + area - intersection);
  }
}
