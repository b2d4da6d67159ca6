package io.facepipeline.evaluation.internal;

import io.facepipeline.Box;
import io.facepipeline.Face;
import io.facepipeline.FacePipelineException;
import io.facepipeline.Landmarks;
import io.facepipeline.Point;
import io.facepipeline.evaluation.Table;
import io.facepipeline.evaluation.detection.AnnotatedFace.FaceRegion;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Compares a detector's faces with those of a reference detector, for a detector that must give the
 * same numbers and not only equally good ones. Faces are paired one to one by the intersection over
 * union of their boxes. The difference of a pair is the largest difference of a coordinate of box
 * or landmarks. Immutable.
 */
public final class DetectionEquality {
  private static final String NONE = "no such face";

  private final double tolerance;
  private final int photos;
  private final int faces;
  private final List<Difference> differences;
  private final List<Photo> otherCounts;
  private final double largestScoreDifference;

  /**
   * A face of the reference.
   *
   * @param box its box
   * @param landmarks its landmarks; null if the reference finds only boxes
   * @param score the reference's score
   */
  public record Recorded(Box box, @Nullable Landmarks landmarks, float score) {
    /**
     * {@return what any detector found in each photo, by the photo's path below the folder of
     * images} The file has the form that the command {@code detect --json} writes: {@code
     * [{"image", "faces": [{"box": [x1, y1, x2, y2], "score", "landmarks": [[x, y], ...]}]}]}.
     * Landmarks may be left out.
     *
     * @param file the file
     * @throws FacePipelineException if the file cannot be read or is of another form
     */
    public static Map<String, List<Recorded>> read(Path file) {
      return RecordedDetections.read(file);
    }
  }

  /**
   * A photo that both detectors have seen.
   *
   * @param name its name in the results
   * @param reference the reference's faces
   * @param found the detector's faces
   */
  public record Photo(String name, List<Recorded> reference, List<Face> found) {
    /** Creates it. */
    public Photo {
      reference = List.copyOf(reference);
      found = List.copyOf(found);
    }
  }

  /**
   * A face that differs.
   *
   * @param photo the photo's name
   * @param reference the reference's face; null if only the detector found it
   * @param found the detector's face; null if only the reference found it
   * @param pixels the largest difference of a coordinate; positive infinity if one face is missing
   */
  public record Difference(
      String photo, @Nullable Recorded reference, @Nullable Face found, double pixels) {}

  private DetectionEquality(double tolerance, List<Photo> photos) {
    this.tolerance = tolerance;
    this.photos = photos.size();
    List<Difference> all = new ArrayList<>();
    double score = 0;
    for (Photo photo : photos) {
      for (Difference pair : pairs(photo)) {
        if (!(pair.pixels() <= tolerance)) {
          all.add(pair);
        }
        if (pair.reference() != null && pair.found() != null) {
          score = Math.max(score, Math.abs(pair.reference().score() - pair.found().score()));
        }
      }
    }
    all.sort(Comparator.comparingDouble(Difference::pixels).reversed());
    differences = List.copyOf(all);
    faces = photos.stream().mapToInt(p -> p.reference().size()).sum();
    otherCounts = photos.stream().filter(p -> p.reference().size() != p.found().size()).toList();
    largestScoreDifference = score;
  }

  /**
   * {@return the comparison of photos}
   *
   * @param photos the photos
   * @param tolerance the largest difference in pixels that counts as equal
   * @throws IllegalArgumentException if the tolerance is not positive
   */
  public static DetectionEquality of(List<Photo> photos, double tolerance) {
    if (!(tolerance > 0 && tolerance < Double.POSITIVE_INFINITY)) {
      throw new IllegalArgumentException(
          "the tolerance must be more than 0 pixels, got " + tolerance);
    }
    return new DetectionEquality(tolerance, photos);
  }

  private static List<Difference> pairs(Photo photo) {
    double[][] overlaps = new double[photo.reference().size()][photo.found().size()];
    for (int r = 0; r < overlaps.length; r++) {
      FaceRegion region = new FaceRegion.Rectangle(photo.reference().get(r).box());
      for (int f = 0; f < overlaps[r].length; f++) {
        overlaps[r][f] = region.intersectionOverUnion(photo.found().get(f).box());
      }
    }
    int[] matched = OneToOneMatching.of(overlaps);
    List<Face> added = new ArrayList<>(photo.found());
    List<Difference> pairs = new ArrayList<>();
    for (int r = 0; r < matched.length; r++) {
      Recorded reference = photo.reference().get(r);
      Face found = matched[r] < 0 ? null : photo.found().get(matched[r]);
      added.remove(found);
      double pixels = found == null ? Double.POSITIVE_INFINITY : pixels(reference, found);
      pairs.add(new Difference(photo.name(), reference, found, pixels));
    }
    for (Face found : added) {
      pairs.add(new Difference(photo.name(), null, found, Double.POSITIVE_INFINITY));
    }
    return pairs;
  }

  private static double pixels(Recorded reference, Face found) {
    Box a = reference.box();
    Box b = found.box();
    double largest = largest(0, a.x1() - b.x1(), a.y1() - b.y1());
    largest = largest(largest, a.x2() - b.x2(), a.y2() - b.y2());
    Landmarks landmarks = reference.landmarks();
    for (int k = 0; landmarks != null && k < 5; k++) {
      Point p = landmarks.points().get(k);
      Point q = found.landmarks().points().get(k);
      largest = largest(largest, p.x() - q.x(), p.y() - q.y());
    }
    return largest;
  }

  private static double largest(double soFar, float dx, float dy) {
    return Math.max(soFar, Math.max(Math.abs(dx), Math.abs(dy)));
  }

  /** {@return the number of photos compared} */
  public int photos() {
    return photos;
  }

  /** {@return the number of faces that the reference found in them} */
  public int faces() {
    return faces;
  }

  /**
   * {@return the faces that differ by more than the tolerance or are missing, largest difference
   * first}
   */
  public List<Difference> differences() {
    return differences;
  }

  /** {@return the photos in which the detector found more or fewer faces} */
  public List<Photo> otherCounts() {
    return otherCounts;
  }

  /** {@return the largest score difference of paired faces} */
  public double largestScoreDifference() {
    return largestScoreDifference;
  }

  /** {@return the share of the reference's faces that are equal, 0 to 1; NaN if there are none} */
  public double equalShare() {
    long differing = differences.stream().filter(d -> d.reference() != null).count();
    return faces == 0 ? Double.NaN : 1 - (double) differing / faces;
  }

  /** {@return the figures as a table} */
  public Table table() {
    TableRows table = new TableRows("figure", "value", "based on");
    table.row(
        "faces within " + tolerance + " px",
        Figures.percent(equalShare()),
        faces + " faces of the reference");
    table.row("photos with more or fewer faces", otherCounts.size(), photos + " photos");
    table.row("faces that differ", differences.size(), "including missing and added faces");
    table.row(
        "largest score difference",
        String.format(Locale.ROOT, "%.2g", largestScoreDifference),
        "paired faces");
    return table.table();
  }

  /** {@return a row for each face that differs, largest difference first} */
  public Table differenceTable() {
    TableRows table =
        new TableRows("image", "pixels", "reference", "score", "found", "score found");
    for (Difference d : differences) {
      table.row(
          d.photo(),
          Figures.number(d.pixels(), 3),
          d.reference() == null ? NONE : text(d.reference().box()),
          d.reference() == null ? "-" : score(d.reference().score()),
          d.found() == null ? NONE : text(d.found().box()),
          d.found() == null ? "-" : score(d.found().score()));
    }
    return table.table();
  }

  private static String text(Box b) {
    return String.format(Locale.ROOT, "%.1f %.1f %.1f %.1f", b.x1(), b.y1(), b.x2(), b.y2());
  }

  private static String score(float score) {
    return String.format(Locale.ROOT, "%.7f", score);
  }

  /** {@return the figures for JSON: maps, lists and numbers; null if undefined} */
  public Map<String, @Nullable Object> values() {
    Map<String, @Nullable Object> values = new LinkedHashMap<>();
    values.put("images", photos);
    values.put("faces", faces);
    values.put("tolerance", tolerance);
    values.put("equal", Figures.orNull(equalShare()));
    List<Map<String, @Nullable Object>> worst = new ArrayList<>();
    for (Difference d : differences) {
      Map<String, @Nullable Object> one = new LinkedHashMap<>();
      one.put("image", d.photo());
      one.put("pixels", Double.isInfinite(d.pixels()) ? null : d.pixels());
      one.put("reference", d.reference() == null ? null : corners(d.reference().box()));
      one.put("found", d.found() == null ? null : corners(d.found().box()));
      worst.add(one);
    }
    values.put("differing", worst);
    List<Map<String, @Nullable Object>> counts = new ArrayList<>();
    for (Photo photo : otherCounts) {
      Map<String, @Nullable Object> one = new LinkedHashMap<>();
      one.put("image", photo.name());
      one.put("reference", photo.reference().size());
      one.put("found", photo.found().size());
      counts.add(one);
    }
    values.put("otherCounts", counts);
    values.put("largestScoreDifference", largestScoreDifference);
    return values;
  }

  private static List<Float> corners(Box b) {
    return List.of(b.x1(), b.y1(), b.x2(), b.y2());
  }
}
