package io.facepipeline.training.faces;

import io.facepipeline.Box;
import io.facepipeline.FacePipelineException;
import io.facepipeline.Landmarks;
import java.io.IOException;
import java.io.Reader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.apache.commons.csv.CSVFormat;
import org.apache.commons.csv.CSVParser;
import org.apache.commons.csv.CSVRecord;
import org.jspecify.annotations.Nullable;

/**
 * Labels of one's own photos: a table with a header and a row for each face. Its columns are {@code
 * image} (a path, relative to the table's folder), {@code x1, y1, x2, y2} and, where the landmarks
 * were marked, {@code leye_x, leye_y, reye_x, reye_y, nose_x, nose_y, lmouth_x, lmouth_y, rmouth_x,
 * rmouth_y}; left as seen in the image. A column {@code ignore} that says {@code true} marks a face
 * that is neither to be found nor to be left out. A row with nothing but an image is a photo of
 * nobody. Every face of a photo must have its row. Columns are separated by tabs if the file's name
 * ends in {@code .tsv}, else by commas.
 */
public final class LabelTable {
  private static final List<String> LANDMARKS =
      List.of(
          "leye_x",
          "leye_y",
          "reye_x",
          "reye_y",
          "nose_x",
          "nose_y",
          "lmouth_x",
          "lmouth_y",
          "rmouth_x",
          "rmouth_y");

  private LabelTable() {}

  /**
   * {@return the photos of a table, in its order}
   *
   * @throws FacePipelineException if the table cannot be read or a row is not of the format
   */
  public static List<LabelledPhoto> read(Path table) {
    boolean tabs = String.valueOf(table.getFileName()).endsWith(".tsv");
    CSVFormat format =
        (tabs ? CSVFormat.TDF : CSVFormat.DEFAULT)
            .builder()
            .setHeader()
            .setSkipHeaderRecord(true)
            .get();
    Map<Path, List<LabelledFace>> photos = new LinkedHashMap<>();
    try (Reader reader = Files.newBufferedReader(table, StandardCharsets.UTF_8);
        CSVParser rows = CSVParser.parse(reader, format)) {
      require(table, rows.getHeaderNames());
      for (CSVRecord row : rows) {
        Path photo = table.resolveSibling(row.get("image"));
        List<LabelledFace> faces = photos.computeIfAbsent(photo, p -> new ArrayList<>());
        LabelledFace face = face(table, row);
        if (face != null) {
          faces.add(face);
        }
      }
    } catch (IOException e) {
      throw new FacePipelineException(
          "cannot read the labels " + table + "; give a table with a header: " + e, e);
    }
    List<LabelledPhoto> labelled = new ArrayList<>();
    photos.forEach((p, faces) -> labelled.add(new LabelledPhoto(p, table.toString(), faces, true)));
    return labelled;
  }

  private static void require(Path table, List<String> header) {
    for (String column : List.of("image", "x1", "y1", "x2", "y2")) {
      if (!header.contains(column)) {
        throw new FacePipelineException(
            table + " has no column \"" + column + "\"; its columns are " + header);
      }
    }
  }

  private static @Nullable LabelledFace face(Path table, CSVRecord row) {
    if (!row.isSet("x1") || row.get("x1").isBlank()) {
      return null;
    }
    try {
      Box box = new Box(number(row, "x1"), number(row, "y1"), number(row, "x2"), number(row, "y2"));
      Landmarks landmarks = null;
      if (row.isSet(LANDMARKS.get(0)) && !row.get(LANDMARKS.get(0)).isBlank()) {
        float[] xy = new float[LANDMARKS.size()];
        for (int i = 0; i < xy.length; i++) {
          xy[i] = number(row, LANDMARKS.get(i));
        }
        landmarks = Landmarks.of(xy);
      }
      boolean ignored = row.isSet("ignore") && row.get("ignore").strip().equals("true");
      return new LabelledFace(box, landmarks, ignored);
    } catch (IllegalArgumentException e) {
      throw new FacePipelineException(
          table + ", row " + row.getRecordNumber() + ": " + e.getMessage(), e);
    }
  }

  private static float number(CSVRecord row, String column) {
    return Float.parseFloat(row.get(column));
  }
}
