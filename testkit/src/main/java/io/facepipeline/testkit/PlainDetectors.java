package io.facepipeline.testkit;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;

/**
 * What the authors' programs do with the outputs of one-stage detectors, written out plainly:
 * priors and anchor centers in lists, decoding in doubles, suppression of each by each. A row is
 * x1, y1, x2, y2, score, and x and y of five points if there are any, in pixels of the input.
 */
public final class PlainDetectors {
  private PlainDetectors() {}

  /**
   * {@return the rows of YuNet as OpenCV decodes it}
   *
   * @param outputs the outputs by name: {@code cls_8} and so on
   * @param width the width of the input
   * @param height the height of the input
   * @param least the least score
   */
  public static List<double[]> yunet(
      Map<String, float[]> outputs, int width, int height, double least) {
    List<double[]> rows = new ArrayList<>();
    for (int stride : new int[] {8, 16, 32}) {
      int i = 0;
      for (int r = 0; r < height / stride; r++) {
        for (int c = 0; c < width / stride; c++, i++) {
          double score =
              Math.sqrt((double) outputs.get("cls_" + stride)[i] * outputs.get("obj_" + stride)[i]);
          float[] box = outputs.get("bbox_" + stride);
          double x = (c + box[4 * i]) * stride;
          double y = (r + box[4 * i + 1]) * stride;
          double w = Math.exp(box[4 * i + 2]) * stride;
          double h = Math.exp(box[4 * i + 3]) * stride;
          double[] row = row(x - w / 2, y - h / 2, x + w / 2, y + h / 2, score);
          for (int k = 0; k < 10; k++) {
            row[5 + k] = (outputs.get("kps_" + stride)[10 * i + k] + (k % 2 == 0 ? c : r)) * stride;
          }
          rows.add(row);
        }
      }
    }
    return reaching(rows, least);
  }

  /**
   * {@return the rows of SCRFD as InsightFace decodes it}
   *
   * @param outputs the scores of each stride, then the boxes, then the points
   * @param levels the number of strides, 3 with two anchors or 5 with one
   * @param landmarks whether there are points
   * @param side the sides of the input
   * @param least the least score
   */
  public static List<double[]> scrfd(
      List<float[]> outputs, int levels, boolean landmarks, int side, double least) {
    List<double[]> rows = new ArrayList<>();
    int anchors = levels == 3 ? 2 : 1;
    for (int level = 0; level < levels; level++) {
      int stride = 8 << level;
      List<double[]> centers = new ArrayList<>();
      for (int y = 0; y < side / stride; y++) {
        for (int x = 0; x < side / stride; x++) {
          for (int a = 0; a < anchors; a++) {
            centers.add(new double[] {x * stride, y * stride});
          }
        }
      }
      float[] scores = outputs.get(level);
      float[] box = outputs.get(levels + level);
      for (int i = 0; i < centers.size(); i++) {
        double x = centers.get(i)[0];
        double y = centers.get(i)[1];
        double[] row =
            row(
                x - box[4 * i] * stride,
                y - box[4 * i + 1] * stride,
                x + box[4 * i + 2] * stride,
                y + box[4 * i + 3] * stride,
                scores[i]);
        for (int k = 0; landmarks && k < 10; k++) {
          float[] points = outputs.get(2 * levels + level);
          row[5 + k] = centers.get(i)[k % 2] + points[10 * i + k] * stride;
        }
        rows.add(row);
      }
    }
    return reaching(rows, least);
  }

  /**
   * {@return the rows of RetinaFace as github.com/biubug6/Pytorch_Retinaface decodes it}
   *
   * @param outputs {@code loc}, {@code conf} after the softmax, and {@code landms}
   * @param width the width of the input
   * @param height the height of the input
   * @param least the least score
   */
  public static List<double[]> retinaFace(
      Map<String, float[]> outputs, int width, int height, double least) {
    int[][] sides = {{16, 32}, {64, 128}, {256, 512}};
    List<double[]> priors = new ArrayList<>(); // center and size as shares of the image
    for (int k = 0; k < 3; k++) {
      int step = 8 << k;
      for (int i = 0; i < Math.ceil((double) height / step); i++) {
        for (int j = 0; j < Math.ceil((double) width / step); j++) {
          for (int side : sides[k]) {
            priors.add(
                new double[] {
                  (j + 0.5) * step / width,
                  (i + 0.5) * step / height,
                  (double) side / width,
                  (double) side / height
                });
          }
        }
      }
    }
    List<double[]> rows = new ArrayList<>();
    float[] loc = outputs.get("loc");
    for (int i = 0; i < priors.size(); i++) {
      double[] p = priors.get(i);
      double x = p[0] + loc[4 * i] * 0.1 * p[2];
      double y = p[1] + loc[4 * i + 1] * 0.1 * p[3];
      double w = p[2] * Math.exp(loc[4 * i + 2] * 0.2);
      double h = p[3] * Math.exp(loc[4 * i + 3] * 0.2);
      double[] row =
          row(
              (x - w / 2) * width,
              (y - h / 2) * height,
              (x + w / 2) * width,
              (y + h / 2) * height,
              outputs.get("conf")[2 * i + 1]);
      for (int k = 0; k < 10; k++) {
        int axis = k % 2;
        double at = p[axis] + outputs.get("landms")[10 * i + k] * 0.1 * p[2 + axis];
        row[5 + k] = at * (axis == 0 ? width : height);
      }
      rows.add(row);
    }
    return reaching(rows, least);
  }

  /**
   * {@return the rows of Ultra-Light as its authors decode it}
   *
   * @param outputs {@code scores} and {@code boxes}
   * @param width the width of the input
   * @param height the height of the input
   * @param least the least score
   */
  public static List<double[]> ultraLight(
      Map<String, float[]> outputs, int width, int height, double least) {
    List<double[]> rows = new ArrayList<>();
    float[] scores = outputs.get("scores");
    float[] b = outputs.get("boxes");
    for (int i = 0; i < scores.length / 2; i++) {
      rows.add(
          row(
              b[4 * i] * width,
              b[4 * i + 1] * height,
              b[4 * i + 2] * width,
              b[4 * i + 3] * height,
              scores[2 * i + 1]));
    }
    return reaching(rows, least);
  }

  /**
   * {@return the rows of the library's own detector}
   *
   * @param planes its output, 15 planes
   * @param width the width of the input
   * @param height the height of the input
   * @param least the least score
   */
  public static List<double[]> scan(float[] planes, int width, int height, double least) {
    List<double[]> rows = new ArrayList<>();
    int cells = planes.length / 15;
    int cell = 0;
    for (int stride : new int[] {8, 16, 32}) {
      for (int r = 0; r < height / stride; r++) {
        for (int c = 0; c < width / stride; c++, cell++) {
          double[] n = new double[15];
          for (int i = 0; i < n.length; i++) {
            n[i] = planes[i * cells + cell];
          }
          double x = (c + n[1]) * stride;
          double y = (r + n[2]) * stride;
          double w = Math.exp(n[3]) * stride;
          double h = Math.exp(n[4]) * stride;
          double score = 1 / (1 + Math.exp(-n[0]));
          double[] row = row(x - w / 2, y - h / 2, x + w / 2, y + h / 2, score);
          for (int k = 0; k < 10; k++) {
            row[5 + k] = (n[5 + k] + (k % 2 == 0 ? c : r)) * stride;
          }
          rows.add(row);
        }
      }
    }
    return reaching(rows, least);
  }

  private static double[] row(double x1, double y1, double x2, double y2, double score) {
    double[] row = new double[15];
    row[0] = x1;
    row[1] = y1;
    row[2] = x2;
    row[3] = y2;
    row[4] = score;
    return row;
  }

  private static List<double[]> reaching(List<double[]> rows, double least) {
    return rows.stream().filter(row -> row[4] >= least).toList();
  }

  /**
   * {@return the best first, without those that overlap one before them too much}
   *
   * @param rows the rows
   * @param threshold the most that two may share of their union
   */
  public static List<double[]> suppressed(List<double[]> rows, double threshold) {
    List<double[]> kept = new ArrayList<>();
    rows.stream()
        .sorted(Comparator.comparingDouble((double[] row) -> -row[4]))
        .forEach(
            row -> {
              if (kept.stream().noneMatch(k -> overlap(k, row) > threshold)) {
                kept.add(row);
              }
            });
    return kept;
  }

  private static double overlap(double[] a, double[] b) {
    double w = Math.min(a[2], b[2]) - Math.max(a[0], b[0]);
    double h = Math.min(a[3], b[3]) - Math.max(a[1], b[1]);
    if (w <= 0 || h <= 0) {
      return 0;
    }
    double areas = (a[2] - a[0]) * (a[3] - a[1]) + (b[2] - b[0]) * (b[3] - b[1]);
    return w * h / (areas - w * h);
  }
}
