package io.facepipeline.cli.evaluation;

import io.facepipeline.CropSpec;
import io.facepipeline.FaceAligner;
import io.facepipeline.Image;
import io.facepipeline.cli.evaluation.PersonCenters.Placed;
import io.facepipeline.cli.output.Counted;
import io.facepipeline.cli.output.Reports;
import io.facepipeline.drawing.ContactSheet;
import io.facepipeline.evaluation.EvaluationRun.EvaluatedPhoto;
import io.facepipeline.evaluation.Table;
import java.awt.BasicStroke;
import java.awt.Color;
import java.awt.Font;
import java.awt.Graphics2D;
import java.awt.image.BufferedImage;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/** Says which photos are far from their person's others: tables, JSON, contact sheets. */
final class OutlierReport {
  private static final CropSpec THUMBNAIL = CropSpec.margin(96, 16);
  private static final int ROWS = 40;
  private static final Color SUSPECT = new Color(0xd1495b);
  private static final List<String> COLUMNS =
      List.of(
          "image",
          "person",
          "distance",
          "similarity",
          "nearest",
          "nearestSimilarity",
          "suspect",
          "error");

  private final Map<Path, EvaluatedPhoto> embedded;
  private final Predicate<Placed> suspect;

  /** The photos of each person, the farthest first; those with the farthest first. */
  private final List<List<Placed>> people;

  private final List<Map<String, @Nullable Object>> photos = new ArrayList<>();
  private final int unusable;

  /**
   * Creates it.
   *
   * @param persons the person of each photo
   * @param embedded what became of each photo
   * @param placed the photos of each person, the farthest first
   * @param suspect which of them are suspect
   */
  OutlierReport(
      Map<Path, String> persons,
      Map<Path, EvaluatedPhoto> embedded,
      Map<String, List<Placed>> placed,
      Predicate<Placed> suspect) {
    this.embedded = embedded;
    this.suspect = suspect;
    people =
        placed.values().stream()
            .sorted(Comparator.comparingDouble((List<Placed> p) -> -p.get(0).distance()))
            .toList();
    people.forEach(person -> person.forEach(photo -> photos.add(values(photo))));
    int usable = photos.size();
    persons.forEach(
        (file, person) -> {
          EvaluatedPhoto photo = embedded.get(file);
          if (photo != null && photo.embedding().isEmpty()) {
            photos.add(unusable(person, photo));
          }
        });
    unusable = photos.size() - usable;
  }

  private Map<String, @Nullable Object> values(Placed photo) {
    Map<String, @Nullable Object> values = new LinkedHashMap<>();
    values.put("image", photo.file().toString());
    values.put("person", photo.person());
    values.put("distance", photo.distance());
    values.put("similarity", photo.similarity());
    values.put("nearest", photo.nearest());
    values.put("nearestSimilarity", photo.nearestSimilarity());
    values.put("suspect", suspect.test(photo));
    values.put("error", null);
    return values;
  }

  private static Map<String, @Nullable Object> unusable(String person, EvaluatedPhoto photo) {
    Map<String, @Nullable Object> values = new LinkedHashMap<>();
    COLUMNS.forEach(column -> values.put(column, null));
    values.put("image", photo.file().toString());
    values.put("person", person);
    values.put("error", photo.error().orElse("no face was found"));
    return values;
  }

  /** Those to look at. */
  List<Placed> suspects() {
    return people.stream().flatMap(List::stream).filter(suspect).toList();
  }

  /** The people whose photos can be compared with each other. */
  private List<List<Placed>> several() {
    return people.stream().filter(person -> person.size() > 1).toList();
  }

  /** A row per person with several photos, the one with the farthest photo first. */
  Table table() {
    List<List<String>> rows = new ArrayList<>();
    for (List<Placed> person : several()) {
      Placed farthest = person.get(0);
      rows.add(
          List.of(
              farthest.person(),
              String.valueOf(person.size()),
              figure(person.stream().mapToDouble(Placed::distance).average().orElse(0)),
              figure(farthest.distance()),
              farthest.file().toString()));
    }
    return new Table(List.of("person", "photos", "mean distance", "farthest", "photo"), rows);
  }

  /** A row per photo, in the order of {@link #table}. */
  Table items() {
    return new Table(
        COLUMNS,
        photos.stream()
            .map(photo -> COLUMNS.stream().map(c -> cell(photo.get(c))).toList())
            .toList());
  }

  private static String cell(@Nullable Object value) {
    return value == null ? "" : value instanceof Double d ? figure(d) : value.toString();
  }

  private static String figure(double value) {
    return String.format(Locale.ROOT, "%.4f", value);
  }

  /** The figures for JSON. */
  Map<String, @Nullable Object> values() {
    Map<String, @Nullable Object> values = new LinkedHashMap<>();
    values.put("people", people.size());
    values.put("suspects", suspects().size());
    values.put("unusable", unusable);
    values.put("photos", photos);
    return values;
  }

  /** What is said of the suspects. */
  String text() {
    List<Placed> suspects = suspects();
    StringBuilder text = new StringBuilder("\n");
    text.append(Counted.of(photos.size() - (long) unusable, "photo"))
        .append(" of ")
        .append(Counted.people(people.size()))
        .append(unusable == 0 ? "" : ", and " + unusable + " without a usable face")
        .append(": ")
        .append(Counted.of(suspects.size(), "suspect"))
        .append('\n');
    int alone = people.size() - several().size();
    if (alone > 0) {
      text.append(Counted.people(alone))
          .append(" with a single photo, which nothing can be compared with\n");
    }
    for (Placed photo : suspects) {
      text.append("  ").append(photo.file());
      if (photo.similarity() != null) {
        text.append(
            String.format(
                Locale.ROOT,
                ": similarity %.3f to the other photos of %s",
                photo.similarity(),
                photo.person()));
      }
      if (photo.nearest() != null && photo.nearestSimilarity() != null) {
        text.append(
            String.format(
                Locale.ROOT, ", %.3f to those of %s", photo.nearestSimilarity(), photo.nearest()));
      }
      text.append('\n');
    }
    return text.toString();
  }

  /**
   * Draws the farthest photos of each person, with their distances, suspect ones in a red frame.
   *
   * @param most how many of a person
   * @return the files: {@code farthest-1.png} and so on
   */
  List<Path> sheets(Path folder, int most) {
    List<Path> files = new ArrayList<>();
    Reports.folder(folder);
    // A page at a time: the faces of a large set would not fit into memory.
    List<List<Placed>> shown = several();
    for (int first = 0; first < shown.size(); first += ROWS) {
      Map<String, List<Image>> rows = new LinkedHashMap<>();
      for (List<Placed> person : shown.subList(first, Math.min(shown.size(), first + ROWS))) {
        rows.put(
            person.get(0).person() + " (" + person.size() + ")",
            person.stream().limit(most).map(this::thumbnail).toList());
      }
      for (Image page : ContactSheet.ofColumns(most).withRowsPerPage(ROWS).pages(rows)) {
        Path file = folder.resolve("farthest-" + (files.size() + 1) + ".png");
        page.writePng(file);
        files.add(file);
      }
    }
    return files;
  }

  private Image thumbnail(Placed photo) {
    EvaluatedPhoto seen = embedded.get(photo.file());
    if (seen == null) {
      throw new AssertionError(photo.file() + " was placed and not seen");
    }
    Image face =
        FaceAligner.standard()
            .align(Image.read(photo.file()), seen.faces().get(0), THUMBNAIL)
            .toImage();
    BufferedImage picture = face.toBufferedImage();
    Graphics2D g = picture.createGraphics();
    try {
      g.setColor(new Color(0, 0, 0, 170));
      g.fillRect(0, picture.getHeight() - 16, 36, 16);
      g.setColor(Color.WHITE);
      g.setFont(new Font(Font.SANS_SERIF, Font.PLAIN, 12));
      g.drawString(
          String.format(Locale.ROOT, "%.2f", photo.distance()), 4, picture.getHeight() - 4);
      if (suspect.test(photo)) {
        g.setColor(SUSPECT);
        g.setStroke(new BasicStroke(4));
        g.drawRect(2, 2, picture.getWidth() - 4, picture.getHeight() - 4);
      }
    } finally {
      g.dispose();
    }
    return Image.of(picture);
  }
}
