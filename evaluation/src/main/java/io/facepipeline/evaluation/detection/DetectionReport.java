package io.facepipeline.evaluation.detection;

import io.facepipeline.Face;
import io.facepipeline.Landmarks;
import io.facepipeline.evaluation.Table;
import io.facepipeline.evaluation.detection.AnnotatedFace.FaceRegion;
import io.facepipeline.evaluation.internal.Figures;
import io.facepipeline.evaluation.internal.OneToOneMatching;
import io.facepipeline.evaluation.internal.TableRows;
import java.util.ArrayList;
import java.util.Collections;
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
  private final DetectionCurve regions;
  private final DetectionCurve boxes;
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

  private DetectionReport(
      int images, DetectionCurve regions, DetectionCurve boxes, List<Double> landmarkErrors) {
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
    return new DetectionReport(
        photos.size(), DetectionCurve.of(regions), DetectionCurve.of(boxes), errors);
  }

  /** {@return the curve against the annotated regions} */
  public DetectionCurve regions() {
    return regions;
  }

  /** {@return the curve against the boxes around the annotated regions} */
  public DetectionCurve boxes() {
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
      DetectionCurve.Reading at = regions.at(asked);
      table.row(
          "discrete recall at " + asked + " false positives",
          Figures.percent(at.recall()),
          at.endsBefore()
              ? "the curve ends at " + at.falsePositives() + " false positives"
              : at.falsePositives() + " false positives");
    }
    DetectionCurve.Point end = regions.end();
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
      DetectionCurve.Reading at = regions.at(asked);
      discrete.put(String.valueOf(asked), Figures.orNull(at.recall()));
      continuous.put(String.valueOf(asked), Figures.orNull(at.continuousRecall()));
      if (at.endsBefore()) {
        endsBefore.add(String.valueOf(asked));
      }
    }
    values.put("recallAtFalsePositives", discrete);
    values.put("continuousRecallAtFalsePositives", continuous);
    DetectionCurve.Point end = regions.end();
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
      if (truth != null
          && matched[i] >= 0
          && byBox.overlaps[i][matched[i]] > DetectionCurve.LEAST_OVERLAP) {
        errors.add(truth.errorOf(photo.detected().get(matched[i]).landmarks()));
      }
    }
  }
}
