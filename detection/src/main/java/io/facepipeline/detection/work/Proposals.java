package io.facepipeline.detection.work;

import io.facepipeline.Box;
import io.facepipeline.Face;
import io.facepipeline.Landmarks;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;

/**
 * Candidates as rows of numbers: x1, y1, x2, y2, score, and then what a network said of the box
 * (four regressions, and ten landmarks behind O-Net). Not thread-safe.
 */
public final class Proposals {
  public static final int WIDTH = 19;
  public static final int SCORE = 4;
  public static final int REGRESSION = 5;
  public static final int LANDMARKS = 9;

  private float[] numbers = new float[64 * WIDTH];
  private int size;

  public int size() {
    return size;
  }

  public void clear() {
    size = 0;
  }

  public float get(int row, int column) {
    return numbers[row * WIDTH + column];
  }

  public void set(int row, int column, float value) {
    numbers[row * WIDTH + column] = value;
  }

  /** Takes the box of another's row. */
  public void setBox(int row, Proposals from, int fromRow) {
    System.arraycopy(from.numbers, fromRow * WIDTH, numbers, row * WIDTH, SCORE);
  }

  /** Adds a row; what is not given is left over from before. */
  public int add(float x1, float y1, float x2, float y2, float score) {
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

  public void addAll(Proposals other) {
    int needed = (size + other.size) * WIDTH;
    if (needed > numbers.length) {
      numbers = Arrays.copyOf(numbers, Math.max(needed, numbers.length * 2));
    }
    System.arraycopy(other.numbers, 0, numbers, size * WIDTH, other.size * WIDTH);
    size += other.size;
  }

  /** {@return the index of a copy of another's row} */
  public int copyRow(Proposals from, int row) {
    int at = add(0, 0, 0, 0, 0);
    System.arraycopy(from.numbers, row * WIDTH, numbers, at * WIDTH, WIDTH);
    return at;
  }

  /**
   * Moves the edges by the regression, in shares of width and height, to each of which a number is
   * added.
   */
  public void regress(float more) {
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
  public void square() {
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
  public float overlap(int row, Proposals others, int otherRow, boolean smaller) {
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

  /** {@return the rows as faces, the largest first} */
  public List<Face> faces() {
    List<Face> faces = new ArrayList<>(size);
    for (int i = 0; i < size; i++) {
      faces.add(new Face(box(i), landmarks(i), get(i, SCORE)));
    }
    return largestFirst(faces);
  }

  /** {@return faces in the order of detectors} */
  public static List<Face> largestFirst(List<Face> faces) {
    return faces.stream()
        .sorted(Comparator.comparingDouble((Face f) -> f.box().area()).reversed())
        .toList();
  }

  /** {@return a row's box} */
  public Box box(int row) {
    float x1 = get(row, 0);
    float y1 = get(row, 1);
    return new Box(x1, y1, Math.max(x1, get(row, 2)), Math.max(y1, get(row, 3)));
  }

  /** {@return a row's landmarks: five columns of x, then five of y} */
  public Landmarks landmarks(int row) {
    float[] xy = new float[10];
    for (int k = 0; k < 5; k++) {
      xy[2 * k] = get(row, LANDMARKS + k);
      xy[2 * k + 1] = get(row, LANDMARKS + 5 + k);
    }
    return Landmarks.of(xy);
  }
}
