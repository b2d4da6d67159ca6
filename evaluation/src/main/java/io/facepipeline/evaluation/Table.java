package io.facepipeline.evaluation;

import java.util.ArrayList;
import java.util.List;

/**
 * Rows of text under headings, for a console, CSV or Markdown. Immutable.
 *
 * @param columns the headings
 * @param rows the rows, each with a cell per heading
 */
public record Table(List<String> columns, List<List<String>> rows) {
  /**
   * Creates a table.
   *
   * @throws IllegalArgumentException if a row does not have one cell per heading
   */
  public Table {
    columns = List.copyOf(columns);
    List<List<String>> copies = new ArrayList<>();
    for (List<String> row : rows) {
      if (row.size() != columns.size()) {
        throw new IllegalArgumentException(
            "a row needs " + columns.size() + " cells for " + columns + ", got " + row);
      }
      copies.add(List.copyOf(row));
    }
    rows = List.copyOf(copies);
  }

  /** {@return the table as text with aligned columns, one row per line} */
  public String toText() {
    int[] widths = new int[columns.size()];
    for (List<String> line : lines()) {
      for (int i = 0; i < widths.length; i++) {
        widths[i] = Math.max(widths[i], line.get(i).length());
      }
    }
    StringBuilder text = new StringBuilder();
    for (List<String> line : lines()) {
      StringBuilder row = new StringBuilder();
      for (int i = 0; i < widths.length; i++) {
        row.append(line.get(i)).append(" ".repeat(widths[i] - line.get(i).length() + 2));
      }
      text.append(row.toString().stripTrailing()).append('\n');
    }
    return text.toString();
  }

  /** {@return the table as CSV (RFC 4180), headings first} */
  public String toCsv() {
    StringBuilder csv = new StringBuilder();
    for (List<String> line : lines()) {
      csv.append(String.join(",", line.stream().map(Table::quoted).toList())).append("\r\n");
    }
    return csv.toString();
  }

  /** {@return the table in GitHub's Markdown} */
  public String toMarkdown() {
    StringBuilder markdown = new StringBuilder();
    List<List<String>> lines = new ArrayList<>(lines());
    lines.add(1, columns.stream().map(c -> "---").toList());
    for (List<String> line : lines) {
      List<String> cells = line.stream().map(c -> c.replace("|", "\\|")).toList();
      markdown.append("| ").append(String.join(" | ", cells)).append(" |\n");
    }
    return markdown.toString();
  }

  private List<List<String>> lines() {
    List<List<String>> lines = new ArrayList<>();
    lines.add(columns);
    lines.addAll(rows);
    return lines;
  }

  private static String quoted(String cell) {
    return cell.matches("(?s).*[\",\r\n].*") ? '"' + cell.replace("\"", "\"\"") + '"' : cell;
  }
}
