package io.facepipeline.evaluation.detection;

import io.facepipeline.evaluation.internal.OneToOneMatching;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.List;

/**
 * Recall over false positives as the detector's threshold falls, by the rules of FDDB (Jain and
 * Learned-Miller 2010, vis-www.cs.umass.edu/fddb). At each threshold, the detections that reach it
 * are matched one to one with the annotations so that the sum of intersection over union is
 * largest. A match above 0.5 is a true positive; every other detection is a false positive. The
 * discrete curve counts true positives; the continuous curve sums the matches' intersection over
 * union. Immutable.
 */
public final class DetectionCurve {
  /** The intersection over union that a match must exceed. */
  public static final double LEAST_OVERLAP = 0.5;

  private final List<Point> points;
  private final long faces;

  /**
   * A point of the curve.
   *
   * @param threshold the lowest score of the detections counted
   * @param truePositives the number of true positives
   * @param falsePositives the number of false positives
   * @param overlap the sum of the matches' intersection over union
   */
  public record Point(double threshold, long truePositives, long falsePositives, double overlap) {}

  /**
   * The recall at a number of false positives.
   *
   * @param asked the number of false positives asked for
   * @param recall the discrete recall there, 0 to 1; if the curve ends earlier, the recall at its
   *     end
   * @param continuousRecall the continuous recall there, 0 to 1
   * @param falsePositives the actual number of false positives, at most {@code asked}
   * @param endsBefore whether the curve ends before the asked number, because the detector has no
   *     more detections
   */
  public record Reading(
      long asked,
      double recall,
      double continuousRecall,
      long falsePositives,
      boolean endsBefore) {}

  /** A change of the counts when the threshold falls to a score. */
  private record Change(double score, int truePositives, int detections, double overlap) {}

  private DetectionCurve(List<Point> points, long faces) {
    this.points = List.copyOf(points);
    this.faces = faces;
  }

  static DetectionCurve of(Collection<PhotoOverlaps> photos) {
    List<Change> changes = new ArrayList<>();
    long faces = 0;
    for (PhotoOverlaps photo : photos) {
      faces += photo.overlaps.length;
      changes(photo, changes);
    }
    changes.sort(Comparator.comparingDouble(Change::score).reversed());
    List<Point> points = new ArrayList<>();
    points.add(new Point(Double.POSITIVE_INFINITY, 0, 0, 0));
    long truePositives = 0;
    long detections = 0;
    double overlap = 0;
    for (int i = 0; i < changes.size(); i++) {
      Change change = changes.get(i);
      truePositives += change.truePositives();
      detections += change.detections();
      overlap += change.overlap();
      // Equal scores, also of different photos, come in together.
      if (i + 1 == changes.size() || changes.get(i + 1).score() < change.score()) {
        points.add(new Point(change.score(), truePositives, detections - truePositives, overlap));
      }
    }
    return new DetectionCurve(points, faces);
  }

  /** {@return the points, from the one without detections to the one with all} */
  public List<Point> points() {
    return points;
  }

  /** {@return the number of annotated faces} */
  public long faces() {
    return faces;
  }

  /** {@return the end of the curve, with all detections} */
  public Point end() {
    return points.get(points.size() - 1);
  }

  /**
   * {@return the highest recall with no more than a number of false positives}
   *
   * @param falsePositives the number, at least 0
   */
  public Reading at(long falsePositives) {
    Point best = points.get(0);
    double overlap = 0;
    for (Point point : points) {
      if (point.falsePositives() <= falsePositives) {
        overlap = Math.max(overlap, point.overlap());
        if (point.truePositives() >= best.truePositives()) {
          best = point;
        }
      }
    }
    return new Reading(
        falsePositives,
        recall(best),
        faces == 0 ? Double.NaN : overlap / faces,
        best.falsePositives(),
        end().falsePositives() < falsePositives);
  }

  /** {@return the recall of all detections; NaN without faces} */
  public double recall() {
    return recall(end());
  }

  /** {@return the precision of all detections; NaN without detections} */
  public double precision() {
    return precision(end());
  }

  /**
   * {@return the average precision: the area under the precision-recall curve, with precision made
   * monotonic as in PASCAL VOC since 2010; 0 to 1, NaN without faces}
   */
  public double averagePrecision() {
    if (faces == 0) {
      return Double.NaN;
    }
    double area = 0;
    double best = 0;
    for (int i = points.size() - 1; i > 0; i--) {
      best = Math.max(best, precision(points.get(i)));
      area += best * Math.max(0, recall(points.get(i)) - recall(points.get(i - 1)));
    }
    return area;
  }

  private double recall(Point point) {
    return faces == 0 ? Double.NaN : (double) point.truePositives() / faces;
  }

  private static double precision(Point point) {
    long all = point.truePositives() + point.falsePositives();
    return all == 0 ? Double.NaN : (double) point.truePositives() / all;
  }

  private static void changes(PhotoOverlaps photo, List<Change> changes) {
    double[] scores = photo.scores;
    List<Integer> order = new ArrayList<>();
    for (int i = 0; i < scores.length; i++) {
      order.add(i);
    }
    order.sort(Comparator.comparingDouble((Integer i) -> scores[i]).reversed());
    int truePositives = 0;
    int detections = 0;
    double overlap = 0;
    for (int count = 1; count <= order.size(); count++) {
      double score = scores[order.get(count - 1)];
      if (count < order.size() && scores[order.get(count)] == score) {
        continue;
      }
      int nowTrue = 0;
      double nowOverlap = 0;
      for (double match : matches(photo.overlaps, order.subList(0, count))) {
        nowOverlap += match;
        nowTrue += match > LEAST_OVERLAP ? 1 : 0;
      }
      changes.add(
          new Change(score, nowTrue - truePositives, count - detections, nowOverlap - overlap));
      truePositives = nowTrue;
      detections = count;
      overlap = nowOverlap;
    }
  }

  private static double[] matches(double[][] overlaps, List<Integer> detections) {
    double[][] values = new double[overlaps.length][detections.size()];
    for (int face = 0; face < overlaps.length; face++) {
      for (int d = 0; d < detections.size(); d++) {
        values[face][d] = overlaps[face][detections.get(d)];
      }
    }
    int[] matched = OneToOneMatching.of(values);
    double[] matches = new double[matched.length];
    for (int face = 0; face < matched.length; face++) {
      matches[face] = matched[face] < 0 ? 0 : values[face][matched[face]];
    }
    return matches;
  }
}
