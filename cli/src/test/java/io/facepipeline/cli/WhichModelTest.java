package io.facepipeline.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.facepipeline.onnx.catalog.CatalogEntry;
import io.facepipeline.onnx.catalog.CatalogEntry.Accuracy;
import io.facepipeline.onnx.catalog.CatalogEntry.Kind;
import io.facepipeline.onnx.catalog.ModelCatalog;
import io.facepipeline.onnx.store.PublishedFile;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.junit.jupiter.api.Test;

/** The page that helps to choose a model says what the catalog says. */
class WhichModelTest {
  private static final Map<Kind, String> KINDS =
      Map.of(
          Kind.FACE_DETECTOR, "detector",
          Kind.FACE_EMBEDDER, "embedder",
          Kind.FACE_ATTRIBUTE, "attribute");
  private static final List<String> COLUMNS =
      List.of("id", "what", "size", "license", "commercial use", "accuracy", "speed");

  @Test
  void theTableIsThatOfTheCatalog() throws IOException {
    Map<String, List<String>> rows = rows();
    List<String> wrong = new ArrayList<>();
    rows.forEach(
        (id, cells) -> {
          CatalogEntry entry = ModelCatalog.installed().entry(id).orElse(null);
          if (entry == null) {
            wrong.add(id + " is not in the catalog");
            return;
          }
          PublishedFile.License license = entry.file().license();
          compare(wrong, id, KINDS.get(entry.kind()), cells.get(1));
          compare(wrong, id, size(entry), cells.get(2));
          compare(wrong, id, license.name(), cells.get(3));
          compare(wrong, id, license.commercialUse().toString(), cells.get(4));
          String accuracy = cells.get(5);
          for (Accuracy stated : entry.accuracies()) {
            if (accuracy.contains("stated") && !accuracy.contains(number(stated.percent()))) {
              wrong.add(id + ": the authors state " + stated + ", not " + accuracy);
            }
          }
        });
    assertEquals(List.of(), wrong);
  }

  /** A model whose accuracy is known is worth a row. */
  @Test
  void noModelWithFiguresIsMissing() throws IOException {
    Map<String, List<String>> rows = rows();
    List<String> missing =
        ModelCatalog.installed().entries().stream()
            .filter(e -> e.kind() == Kind.FACE_DETECTOR || e.kind() == Kind.FACE_EMBEDDER)
            .filter(e -> !e.accuracies().isEmpty() || e.thresholds().isPresent())
            .map(CatalogEntry::id)
            .filter(id -> !rows.containsKey(id))
            .toList();
    assertEquals(List.of(), missing);
    assertTrue(rows.size() >= 30, rows.size() + " rows");
  }

  private static void compare(List<String> wrong, String id, String expected, String found) {
    if (!found.equals(expected)) {
      wrong.add(id + ": \"" + expected + "\" in the catalog, \"" + found + "\" on the page");
    }
  }

  private static String size(CatalogEntry entry) {
    long bytes = 0;
    for (PublishedFile file : entry.files()) {
      if (file.usual().size() == 0) {
        return "not stated";
      }
      bytes += file.usual().size();
    }
    return String.format(Locale.ROOT, "%.1f MB", bytes / 1e6);
  }

  private static String number(double percent) {
    String text = Double.toString(percent);
    return text.endsWith(".0") ? text.substring(0, text.length() - 2) : text;
  }

  /** The cells of the table's rows by the model's id. */
  private static Map<String, List<String>> rows() throws IOException {
    Path page = Path.of(System.getProperty("facepipeline.root", ".."), "docs", "which-model.md");
    Map<String, List<String>> rows = new LinkedHashMap<>();
    List<String> columns = List.of();
    for (String line : Files.readAllLines(page)) {
      if (!line.startsWith("|")) {
        continue;
      }
      List<String> cells =
          Arrays.stream(line.substring(1).split("\\|", -1)).map(String::strip).toList();
      cells = cells.subList(0, cells.size() - 1);
      if (columns.isEmpty()) {
        columns = cells;
        assertEquals(COLUMNS, columns);
      } else if (cells.get(0).startsWith("`")) {
        rows.put(cells.get(0).replace("`", ""), cells);
      }
    }
    return rows;
  }
}
