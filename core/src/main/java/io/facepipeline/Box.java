package io.facepipeline;

import java.util.Locale;

/**
 * An axis-aligned box in pixels of the upright image. A detector may place a box partly outside the
 * image.
 *
 * @param x1 left edge in pixels
 * @param y1 top edge in pixels
 * @param x2 right edge in pixels, at least {@code x1}
 * @param y2 bottom edge in pixels, at least {@code y1}
 */
public record Box(float x1, float y1, float x2, float y2) {
  /**
   * Creates a box.
   *
   * @throws IllegalArgumentException if a coordinate is not finite, or an edge lies beyond the
   *     opposite one
   */
  public Box {
    if (!(x2 >= x1 && y2 >= y1)
        || Float.isInfinite(x1)
        || Float.isInfinite(y1)
        || Float.isInfinite(x2)
        || Float.isInfinite(y2)) {
      throw new IllegalArgumentException(
          "a box needs finite edges with x1 <= x2 and y1 <= y2, got "
              + x1
              + ","
              + y1
              + ","
              + x2
              + ","
              + y2);
    }
  }

  /** {@return the width in pixels} */
  public float width() {
    return x2 - x1;
  }

  /** {@return the height in pixels} */
  public float height() {
    return y2 - y1;
  }

  /** {@return the area in square pixels} */
  public float area() {
    return width() * height();
  }

  /** {@return the center} */
  public Point center() {
    return new Point((x1 + x2) / 2, (y1 + y2) / 2);
  }

  /**
   * {@return the intersection over union with another box, 0 (apart) to 1 (equal); 0 if both are
   * empty}
   *
   * @param other the other box
   */
  public float intersectionOverUnion(Box other) {
    float w = Math.min(x2, other.x2) - Math.max(x1, other.x1);
    float h = Math.min(y2, other.y2) - Math.max(y1, other.y1);
    if (w <= 0 || h <= 0) {
      return 0;
    }
    float intersection = w * h;
    return intersection / (area() + other.area() - intersection);
  }

  /** {@return the box as {@code [x,y WxH]} in whole pixels} */
  @Override
  public String toString() {
    return String.format(Locale.ROOT, "[%.0f,%.0f %.0fx%.0f]", x1, y1, width(), height());
  }
}
