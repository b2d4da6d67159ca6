package io.facepipeline.evaluation;

import io.facepipeline.Box;
import io.facepipeline.Face;
import io.facepipeline.Landmarks;
import io.facepipeline.Point;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * How far a detector's faces are those of another one, its reference: for a detector that is to
 * give the same numbers, not only as good ones. Faces are paired one to one by their boxes'
 * intersection over union; a pair differs by the largest difference of a coordinate of box or
 * landmarks. Immutable.
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
   * @param box where it is
   * @param landmarks its landmarks; null if the reference finds boxes alone
   * @param score how sure the reference is
   */
  public record Recorded(Box box, @Nullable Landmarks landmarks, float score) {}

  /**
   * A photo that both have looked at.
   *
   * @param name what to call it
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
   * @param reference the reference's face; null for one that only the detector has found
   * @param found the detector's face; null for one that only the reference has found
   * @param pixels the largest difference of a coordinate; positive infinity where one is missing
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
   * @param tolerance up to how many pixels two numbers are the same
   * @throws IllegalArgumentException if the tolerance is no positive number
   */
  public static DetectionEquality of(List<Photo> photos, double tolerance) {
    if (!(tolerance > 0 && tolerance < Double.POSITIVE_INFINITY)) {
      throw new IllegalArgumentException(
          "the tolerance must be a number of pixels over 0, got " + tolerance);
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

  /** {@return how many photos were compared} */
  public int photos() {
    return photos;
  }

  /** {@return how many faces the reference found in them} */
  public int faces() {
    return faces;
  }

  /** {@return the faces that differ by more than the tolerance or are missing, the worst first} */
  public List<Difference> differences() {
    return differences;
  }

  /** {@return the photos in which the detector found more or fewer faces} */
  public List<Photo> otherCounts() {
    return otherCounts;
  }

  /** {@return the largest difference of the scores of two faces that were paired} */
  public double largestScoreDifference() {
    return largestScoreDifference;
  }

  /** {@return the share of the reference's faces that are the same, 0 to 1; NaN without any} */
  public double equalShare() {
    long differing = differences.stream().filter(d -> d.reference() != null).count();
    return faces == 0 ? Double.NaN : 1 - (double) differing / faces;
  }

  /** {@return the figures as a table} */
  public Table table() {
    Table.Builder table = Table.of("figure", "value", "rests on");
    table.row(
        "faces within " + tolerance + " px",
        Table.percent(equalShare()),
        faces + " faces of the reference");
    table.row("photos with another number of faces", otherCounts.size(), photos + " photos");
    table.row("faces that differ", differences.size(), "missing and added ones too");
    table.row(
        "largest difference of a score",
        String.format(Locale.ROOT, "%.2g", largestScoreDifference),
        "faces that were paired");
    return table.build();
  }

  /** {@return a row for each face that differs, the worst first} */
  public Table differenceTable() {
    Table.Builder table = Table.of("image", "pixels", "reference", "score", "found", "score found");
    for (Difference d : differences) {
      table.row(
          d.photo(),
          Table.number(d.pixels(), 3),
          d.reference() == null ? NONE : text(d.reference().box()),
          d.reference() == null ? "-" : score(d.reference().score()),
          d.found() == null ? NONE : text(d.found().box()),
          d.found() == null ? "-" : score(d.found().score()));
    }
    return table.build();
  }

  private static String text(Box b) {
    return String.format(Locale.ROOT, "%.1f %.1f %.1f %.1f", b.x1(), b.y1(), b.x2(), b.y2());
  }

  private static String score(float score) {
    return String.format(Locale.ROOT, "%.7f", score);
  }

  /** {@return the figures in the form of JSON: maps, lists and numbers; null where not defined} */
  public Map<String, @Nullable Object> values() {
    Map<String, @Nullable Object> values = new LinkedHashMap<>();
    values.put("images", photos);
    values.put("faces", faces);
    values.put("tolerance", tolerance);
    values.put("equal", VerificationReport.orNull(equalShare()));
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
