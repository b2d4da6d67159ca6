package io.facepipeline.evaluation.detection;

import io.facepipeline.Face;
import io.facepipeline.Landmarks;
import io.facepipeline.evaluation.Table;
import io.facepipeline.evaluation.detection.AnnotatedFace.FaceRegion;
import io.facepipeline.evaluation.internal.Figures;
import io.facepipeline.evaluation.internal.OneToOneMatching;
import io.facepipeline.evaluation.internal.TableRows;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Collections;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * The figures of a detector on annotated photos. The ROC curve compares with the annotated regions
 * (FDDB's ellipses); recall, precision and average precision compare with the boxes around them.
 * The landmark error of a matched face is the mean distance of its five points from the annotated
 * ones, divided by the annotated distance of the eyes. Immutable.
 */
public final class DetectionReport {
  /** The numbers of false positives at which the recall is reported. */
  public static final List<Long> FALSE_POSITIVES = List.of(10L, 50L, 100L, 500L, 1000L);

  /** Landmark errors above this usually count as failures. */
  public static final double LANDMARK_FAILURE = 0.1;

  private final int images;
  private final Curve regions;
  private final Curve boxes;
  private final List<Double> landmarkErrors;

  /**
   * A photo's annotations and detections.
   *
   * @param annotated the annotated faces
   * @param detected the detected faces
   */
  public record Photo(List<AnnotatedFace> annotated, List<Face> detected) {
    /** Creates it. */
    public Photo {
      annotated = List.copyOf(annotated);
      detected = List.copyOf(detected);
    }
  }

  private DetectionReport(int images, Curve regions, Curve boxes, List<Double> landmarkErrors) {
    this.images = images;
    this.regions = regions;
    this.boxes = boxes;
    this.landmarkErrors = List.copyOf(landmarkErrors);
  }

  /**
   * {@return the report of photos}
   *
   * @param photos the photos; an unreadable photo has no detections
   */
  public static DetectionReport of(List<Photo> photos) {
    List<PhotoOverlaps> regions = new ArrayList<>();
    List<PhotoOverlaps> boxes = new ArrayList<>();
    List<Double> errors = new ArrayList<>();
    for (Photo photo : photos) {
      List<FaceRegion> around = new ArrayList<>();
      photo.annotated().forEach(a -> around.add(new FaceRegion.Rectangle(a.region().bounds())));
      PhotoOverlaps byBox = PhotoOverlaps.of(around, photo.detected());
      boxes.add(byBox);
      regions.add(
          PhotoOverlaps.of(
              photo.annotated().stream().map(AnnotatedFace::region).toList(), photo.detected()));
      addLandmarkErrors(photo, byBox, errors);
    }
    Collections.sort(errors);
    return new DetectionReport(photos.size(), Curve.of(regions), Curve.of(boxes), errors);
  }

  /** {@return the curve against the annotated regions} */
  public Curve regions() {
    return regions;
  }

  /** {@return the curve against the boxes around the annotated regions} */
  public Curve boxes() {
    return boxes;
  }

  /** {@return the landmark errors of the matched faces that have annotated landmarks, ascending} */
  public List<Double> landmarkErrors() {
    return landmarkErrors;
  }

  /** {@return the mean landmark error in eye distances; NaN if there are none} */
  public double meanLandmarkError() {
    return landmarkErrors.stream().mapToDouble(e -> e).average().orElse(Double.NaN);
  }

  /**
   * {@return the share of landmark errors above {@link #LANDMARK_FAILURE}; NaN if there are none}
   */
  public double landmarkFailureRate() {
    return landmarkErrors.stream()
        .mapToDouble(e -> e > LANDMARK_FAILURE ? 1 : 0)
        .average()
        .orElse(Double.NaN);
  }

  /** {@return the figures as a table} */
  public Table table() {
    TableRows table = new TableRows("figure", "value", "based on");
    table.row("faces", regions.faces(), images + " photos");
    for (long asked : FALSE_POSITIVES) {
      Curve.Reading at = regions.at(asked);
      table.row(
          "discrete recall at " + asked + " false positives",
          Figures.percent(at.recall()),
          at.endsBefore()
              ? "the curve ends at " + at.falsePositives() + " false positives"
              : at.falsePositives() + " false positives");
    }
    Curve.Point end = regions.end();
    table.row(
        "discrete recall at the curve's end",
        Figures.percent(regions.recall()),
        end.truePositives() + " true, " + end.falsePositives() + " false positives");
    table.row(
        "continuous recall at the curve's end",
        Figures.percent(end.overlap() / regions.faces()),
        "");
    table.row("recall against boxes", Figures.percent(boxes.recall()), "all detections");
    table.row("precision against boxes", Figures.percent(boxes.precision()), "all detections");
    table.row("average precision against boxes", Figures.percent(boxes.averagePrecision()), "");
    if (!landmarkErrors.isEmpty()) {
      table.row(
          "landmark error, mean",
          String.format(Locale.ROOT, "%.4f eye distances", meanLandmarkError()),
          landmarkErrors.size() + " faces");
      table.row(
          "landmark error above " + LANDMARK_FAILURE, Figures.percent(landmarkFailureRate()), "");
    }
    return table.table();
  }

  /** {@return the figures for JSON: maps, lists and numbers; null if undefined} */
  public Map<String, @Nullable Object> values() {
    Map<String, @Nullable Object> values = new LinkedHashMap<>();
    values.put("images", images);
    values.put("faces", regions.faces());
    Map<String, @Nullable Object> discrete = new LinkedHashMap<>();
    Map<String, @Nullable Object> continuous = new LinkedHashMap<>();
    List<String> endsBefore = new ArrayList<>();
    for (long asked : FALSE_POSITIVES) {
      Curve.Reading at = regions.at(asked);
      discrete.put(String.valueOf(asked), Figures.orNull(at.recall()));
      continuous.put(String.valueOf(asked), Figures.orNull(at.continuousRecall()));
      if (at.endsBefore()) {
        endsBefore.add(String.valueOf(asked));
      }
    }
    values.put("recallAtFalsePositives", discrete);
    values.put("continuousRecallAtFalsePositives", continuous);
    Curve.Point end = regions.end();
    Map<String, @Nullable Object> last = new LinkedHashMap<>();
    last.put("falsePositives", end.falsePositives());
    last.put("recall", Figures.orNull(regions.recall()));
    last.put("continuousRecall", Figures.orNull(end.overlap() / regions.faces()));
    values.put("curveEnd", last);
    values.put("curveEndsBefore", endsBefore);
    values.put("averagePrecision", Figures.orNull(boxes.averagePrecision()));
    values.put("recall", Figures.orNull(boxes.recall()));
    values.put("precision", Figures.orNull(boxes.precision()));
    values.put("landmarkFaces", landmarkErrors.size());
    values.put("landmarkError", Figures.orNull(meanLandmarkError()));
    values.put("landmarkFailureRate", Figures.orNull(landmarkFailureRate()));
    return values;
  }

  private static void addLandmarkErrors(Photo photo, PhotoOverlaps byBox, List<Double> errors) {
    int[] matched = OneToOneMatching.of(byBox.overlaps);
    for (int i = 0; i < matched.length; i++) {
      Landmarks truth = photo.annotated().get(i).marked();
      if (truth != null && matched[i] >= 0 && byBox.overlaps[i][matched[i]] > Curve.LEAST_OVERLAP) {
        errors.add(truth.errorOf(photo.detected().get(matched[i]).landmarks()));
      }
    }
  }

  /**
   * Recall over false positives as the detector's threshold falls, by the rules of FDDB (Jain and
   * Learned-Miller 2010, vis-www.cs.umass.edu/fddb). At each threshold, the detections that reach
   * it are matched one to one with the annotations so that the sum of intersection over union is
   * largest. A match above 0.5 is a true positive; every other detection is a false positive. The
   * discrete curve counts true positives; the continuous curve sums the matches' intersection over
   * union. Immutable.
   */
  public static final class Curve {
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
    public record Point(
        double threshold, long truePositives, long falsePositives, double overlap) {}

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

    private Curve(List<Point> points, long faces) {
      this.points = List.copyOf(points);
      this.faces = faces;
    }

    static Curve of(Collection<PhotoOverlaps> photos) {
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
      return new Curve(points, faces);
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
     * {@return the average precision: the area under the precision-recall curve, with precision
     * made monotonic as in PASCAL VOC since 2010; 0 to 1, NaN without faces}
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
}
