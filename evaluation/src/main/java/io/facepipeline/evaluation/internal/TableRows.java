package io.facepipeline.evaluation.internal;

import io.facepipeline.evaluation.Table;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/** A table that is filled row by row. */
public final class TableRows {
  private final List<String> columns;
  private final List<List<String>> rows = new ArrayList<>();

  /** Creates a table without rows. */
  public TableRows(String... columns) {
    this.columns = List.of(columns);
  }

  /** Adds a row. */
  public void row(Object... cells) {
    rows.add(Arrays.stream(cells).map(String::valueOf).toList());
  }

  /** {@return the table} */
  public Table table() {
    return new Table(columns, rows);
  }
}
