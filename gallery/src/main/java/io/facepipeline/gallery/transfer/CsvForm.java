package io.facepipeline.gallery.transfer;

import io.facepipeline.ProgressListener;
import io.facepipeline.gallery.Gallery;
import io.facepipeline.gallery.memory.Snapshot;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.Reader;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import org.apache.commons.csv.CSVFormat;
import org.apache.commons.csv.CSVParser;
import org.apache.commons.csv.CSVPrinter;
import org.apache.commons.csv.CSVRecord;
import org.apache.commons.csv.DuplicateHeaderMode;

/** Comma-separated values: a row per face. */
final class CsvForm implements GalleryForm {
  private static final String META = "meta:";

  @Override
  public void write(Gallery gallery, Snapshot snapshot, Path file, ProgressListener listener)
      throws IOException {
    TreeSet<String> keys = new TreeSet<>();
    snapshot.everyone().forEach(person -> keys.addAll(person.metadata().keySet()));
    List<String> header = new ArrayList<>(List.of("face", "label", "model"));
    keys.forEach(key -> header.add(META + key));
    for (int d = 0; d < gallery.dimensions(); d++) {
      header.add("e" + d);
    }
    CSVFormat format = CSVFormat.DEFAULT.builder().setHeader(header.toArray(new String[0])).get();
    try (CSVPrinter csv = new CSVPrinter(Files.newBufferedWriter(file), format)) {
      FaceVisitor.visit(
          snapshot,
          gallery.dimensions(),
          listener,
          (id, person, vector) -> {
            csv.print(id);
            csv.print(person.label());
            csv.print(gallery.fingerprint());
            for (String key : keys) {
              csv.print(person.metadata().getOrDefault(key, ""));
            }
            for (float number : vector) {
              csv.print(number);
            }
            csv.println();
          });
    }
  }

  @Override
  public FaceSource open(Gallery gallery, Path file) {
    return new FaceSource() {
      @Override
      public void forEach(FaceSource.Sink sink) throws IOException {
        read(gallery, file, sink);
      }

      @Override
      public void close() {}
    };
  }

  private static void read(Gallery gallery, Path file, FaceSource.Sink sink) throws IOException {
    CSVFormat format =
        CSVFormat.DEFAULT
            .builder()
            .setHeader()
            .setSkipHeaderRecord(true)
            .setDuplicateHeaderMode(DuplicateHeaderMode.ALLOW_ALL)
            .get();
    try (CSVParser csv = CSVParser.parse(withoutMark(file), format)) {
      List<String> header = csv.getHeaderNames();
      Set<String> seen = new HashSet<>();
      for (String column : header) {
        if (!seen.add(column)) {
          throw ImportChecks.malformed(
              file, "has the column \"" + column + "\" twice in its first line; keep one");
        }
      }
      List<String> needed = new ArrayList<>(List.of("label", "model"));
      for (int d = 0; d < gallery.dimensions(); d++) {
        needed.add("e" + d);
      }
      for (String column : needed) {
        if (!header.contains(column)) {
          throw ImportChecks.malformed(file, "lacks the column " + column + " in its first line");
        }
      }
      if (header.contains("e" + gallery.dimensions())) {
        throw ImportChecks.malformed(
            file, "has more than the gallery's " + gallery.dimensions() + " dimensions");
      }
      List<String> keys = header.stream().filter(column -> column.startsWith(META)).toList();
      int first = header.indexOf("e0");
      for (CSVRecord record : csv) {
        if (!record.isConsistent()) {
          throw ImportChecks.malformed(
              file,
              "line "
                  + csv.getCurrentLineNumber()
                  + " has "
                  + record.size()
                  + " cells, but the first line has "
                  + header.size());
        }
        ImportChecks.requireModel(gallery, file, record.get("model"));
        Map<String, String> metadata = new HashMap<>();
        for (String key : keys) {
          if (!record.get(key).isEmpty()) {
            metadata.put(key.substring(META.length()), record.get(key));
          }
        }
        float[] vector = new float[gallery.dimensions()];
        for (int d = 0; d < vector.length; d++) {
          String column = "e" + d;
          // Nearly always they stand side by side.
          boolean inOrder = first + d < header.size() && header.get(first + d).equals(column);
          String cell = inOrder ? record.get(first + d) : record.get(column);
          vector[d] = number(file, csv, column, cell);
        }
        sink.row(record.get("label"), vector, metadata);
      }
    } catch (UncheckedIOException e) {
      throw ImportChecks.malformed(file, "is not CSV: " + e.getMessage(), e);
    } catch (IllegalArgumentException e) {
      throw ImportChecks.malformed(file, "has an unusable first line: " + e.getMessage(), e);
    }
  }

  /** Spreadsheets begin a file with a byte order mark, which is no part of the first column. */
  private static Reader withoutMark(Path file) throws IOException {
    BufferedReader reader = Files.newBufferedReader(file);
    reader.mark(1);
    if (reader.read() != '\uFEFF') {
      reader.reset();
    }
    return reader;
  }

  private static float number(Path file, CSVParser csv, String column, String cell) {
    try {
      return Float.parseFloat(cell);
    } catch (NumberFormatException e) {
      throw ImportChecks.malformed(
          file,
          "line " + csv.getCurrentLineNumber() + ", column " + column + ": not a number: " + cell,
          e);
    }
  }
}
