package io.facepipeline.detection.onestage;

import io.facepipeline.detection.scan.ScanNetwork;
import io.facepipeline.detection.work.Proposals;
import io.facepipeline.onnx.InferenceException;
import java.nio.FloatBuffer;

/**
 * Makes candidates of a network's outputs, by the formulas of its authors. Coordinates are pixels
 * of the network's input. Immutable.
 */
final class Decoder {
  private static final float RETINAFACE_CENTER = 0.1f;
  private static final float RETINAFACE_SIZE = 0.2f;

  private final Heads heads;
  private final float threshold;

  /**
   * @param heads the outputs
   * @param threshold the least score
   */
  Decoder(Heads heads, float threshold) {
    this.heads = heads;
    this.threshold = threshold;
  }

  /**
   * Adds what reaches the threshold.
   *
   * @param outputs the outputs in the order of {@link Heads#all}
   * @param width the input's width
   * @param height the input's height
   * @param found gets the candidates, in the order of the outputs
   */
  void decode(FloatBuffer[] outputs, int width, int height, Proposals found) {
    switch (heads.family) {
      case YUNET -> {
        for (int level = 0; level < heads.strides.length; level++) {
          yunet(outputs, 4 * level, heads.strides[level], width, found);
        }
      }
      case SCRFD -> {
        for (int level = 0; level < heads.strides.length; level++) {
          scrfd(outputs, level, width, found);
        }
      }
      case RETINAFACE -> retinaFace(outputs, width, height, found);
      case ULTRA_LIGHT -> ultraLight(outputs, width, height, found);
      case SCAN -> scan(outputs[0], width, height, found);
    }
  }

  private void yunet(FloatBuffer[] outputs, int first, int stride, int width, Proposals found) {
    FloatBuffer classes = outputs[first];
    FloatBuffer objects = outputs[first + 1];
    FloatBuffer boxes = outputs[first + 2];
    FloatBuffer points = outputs[first + 3];
    int columns = Heads.columns(width, stride);
    for (int i = 0; i < classes.limit(); i++) {
      float score = (float) Math.sqrt(unit(classes.get(i)) * unit(objects.get(i)));
      if (!(score >= threshold)) {
        continue;
      }
      int column = i % columns;
      int line = i / columns;
      float x = (column + boxes.get(4 * i)) * stride;
      float y = (line + boxes.get(4 * i + 1)) * stride;
      float w = (float) Math.exp(boxes.get(4 * i + 2)) * stride;
      float h = (float) Math.exp(boxes.get(4 * i + 3)) * stride;
      int row = add(found, x - w / 2, y - h / 2, x + w / 2, y + h / 2, score);
      for (int k = 0; k < 5; k++) {
        float px = (points.get(10 * i + 2 * k) + column) * stride;
        float py = (points.get(10 * i + 2 * k + 1) + line) * stride;
        setPoint(found, row, k, px, py);
      }
    }
  }

  private static float unit(float value) {
    return Math.max(0, Math.min(1, value));
  }

  private void scrfd(FloatBuffer[] outputs, int level, int width, Proposals found) {
    int first = level * heads.perLevel();
    FloatBuffer scores = outputs[first];
    FloatBuffer boxes = outputs[first + 1];
    int stride = heads.strides[level];
    int anchors = heads.anchors[level];
    int columns = Heads.columns(width, stride);
    for (int i = 0; i < scores.limit(); i++) {
      float score = scores.get(i);
      if (!(score >= threshold)) {
        continue;
      }
      float x = (float) (i / anchors % columns * stride);
      float y = (float) (i / anchors / columns * stride);
      int row =
          add(
              found,
              x - boxes.get(4 * i) * stride,
              y - boxes.get(4 * i + 1) * stride,
              x + boxes.get(4 * i + 2) * stride,
              y + boxes.get(4 * i + 3) * stride,
              score);
      for (int k = 0; heads.hasLandmarks && k < 5; k++) {
        FloatBuffer points = outputs[first + 2];
        float px = x + points.get(10 * i + 2 * k) * stride;
        float py = y + points.get(10 * i + 2 * k + 1) * stride;
        setPoint(found, row, k, px, py);
      }
    }
  }

  private void retinaFace(FloatBuffer[] outputs, int width, int height, Proposals found) {
    int i = 0;
    for (int level = 0; level < heads.strides.length; level++) {
      int stride = heads.strides[level];
      int columns = Heads.columns(width, stride);
      int lines = Heads.columns(height, stride);
      for (int cell = 0; cell < columns * lines; cell++) {
        for (int side : Family.RETINAFACE_SIDES[level]) {
          if (outputs[0].get(2 * i + 1) >= threshold) {
            float x = (cell % columns + 0.5f) * stride;
            int line = cell / columns;
            float y = (line + 0.5f) * stride;
            retinaFaceBox(outputs, i, x, y, side, found);
          }
          i++;
        }
      }
    }
  }

  private static void retinaFaceBox(
      FloatBuffer[] outputs, int i, float anchorX, float anchorY, int side, Proposals found) {
    FloatBuffer boxes = outputs[1];
    FloatBuffer points = outputs[2];
    float x = anchorX + boxes.get(4 * i) * RETINAFACE_CENTER * side;
    float y = anchorY + boxes.get(4 * i + 1) * RETINAFACE_CENTER * side;
    float w = side * (float) Math.exp(boxes.get(4 * i + 2) * RETINAFACE_SIZE);
    float h = side * (float) Math.exp(boxes.get(4 * i + 3) * RETINAFACE_SIZE);
    float score = outputs[0].get(2 * i + 1);
    int row = add(found, x - w / 2, y - h / 2, x + w / 2, y + h / 2, score);
    for (int k = 0; k < 5; k++) {
      float px = anchorX + points.get(10 * i + 2 * k) * RETINAFACE_CENTER * side;
      float py = anchorY + points.get(10 * i + 2 * k + 1) * RETINAFACE_CENTER * side;
      setPoint(found, row, k, px, py);
    }
  }

  /** The network itself decodes its boxes, as shares of the sides. */
  private void ultraLight(FloatBuffer[] outputs, int width, int height, Proposals found) {
    FloatBuffer boxes = outputs[1];
    for (int i = 0; i < outputs[0].limit() / 2; i++) {
      float score = outputs[0].get(2 * i + 1);
      if (score >= threshold) {
        add(
            found,
            boxes.get(4 * i) * width,
            boxes.get(4 * i + 1) * height,
            boxes.get(4 * i + 2) * width,
            boxes.get(4 * i + 3) * height,
            score);
      }
    }
  }

  /** As {@link ScanNetwork} says what it gives. */
  private void scan(FloatBuffer planes, int width, int height, Proposals found) {
    int cells = planes.limit() / ScanNetwork.NUMBERS;
    // Most cells find nothing, and that can be told without their score.
    float least = (float) Math.log(threshold / (1 - threshold));
    int cell = 0;
    for (int stride : heads.strides) {
      int columns = Heads.columns(width, stride);
      int count = columns * Heads.columns(height, stride);
      for (int i = 0; i < count; i++, cell++) {
        float logit = planes.get(cell);
        if (logit >= least) {
          float x = (float) (i % columns * stride);
          float y = (float) (i / columns * stride);
          scanFace(planes, cells, cell, x, y, stride, found);
        }
      }
    }
  }

  private static void scanFace(
      FloatBuffer planes, int cells, int cell, float left, float top, int stride, Proposals found) {
    float score = (float) (1 / (1 + Math.exp(-planes.get(cell))));
    int at = ScanNetwork.BOX * cells + cell;
    float x = left + planes.get(at) * stride;
    float y = top + planes.get(at + cells) * stride;
    float w = (float) Math.exp(planes.get(at + 2 * cells)) * stride;
    float h = (float) Math.exp(planes.get(at + 3 * cells)) * stride;
    int row = add(found, x - w / 2, y - h / 2, x + w / 2, y + h / 2, score);
    int point = ScanNetwork.LANDMARKS * cells + cell;
    for (int k = 0; k < 5; k++, point += 2 * cells) {
      float px = left + planes.get(point) * stride;
      setPoint(found, row, k, px, top + planes.get(point + cells) * stride);
    }
  }

  private static int add(Proposals found, float x1, float y1, float x2, float y2, float score) {
    requireFinite(x1 + y1 + x2 + y2);
    return found.add(x1, y1, x2, y2, Math.min(1, score));
  }

  private static void setPoint(Proposals found, int row, int point, float x, float y) {
    requireFinite(x + y);
    found.set(row, Proposals.LANDMARKS + point, x);
    found.set(row, Proposals.LANDMARKS + 5 + point, y);
  }

  private static void requireFinite(float sum) {
    if (!Float.isFinite(sum)) {
      throw new InferenceException(
          "the detector gives a face whose place is not a number; its weights are damaged or its"
              + " outputs are those of another architecture");
    }
  }
}
