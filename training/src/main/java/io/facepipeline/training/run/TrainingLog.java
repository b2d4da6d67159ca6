package io.facepipeline.training.run;

import io.facepipeline.FacePipelineException;
import io.facepipeline.Image;
import io.facepipeline.internal.WholeFile;
import java.awt.Color;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import org.knowm.xchart.BitmapEncoder;
import org.knowm.xchart.XYChart;
import org.knowm.xchart.XYChartBuilder;
import org.knowm.xchart.style.markers.SeriesMarkers;

/**
 * The log of a training: measured values per step, as a table and as a plot. Not thread-safe.
 *
 * <p>The table has the column {@code step} and the given ones; a row holds the means of the steps
 * since the previous row.
 */
public final class TrainingLog {
  private static final String STEP = "step";

  private final Path file;
  private final List<String> columns;
  private final List<Row> rows = new ArrayList<>();

  /**
   * The values up to a step.
   *
   * @param step the number of steps done
   * @param values one per column
   */
  public record Row(long step, List<Double> values) {}

  /**
   * Starts a log, or continues one from a step.
   *
   * @param file the table, a .csv
   * @param step rows of later steps are dropped; 0 starts a new log
   * @param columns the names of the measured values
   * @throws FacePipelineException if the table exists but cannot be read
   */
  public TrainingLog(Path file, long step, String... columns) {
    this.file = file;
    this.columns = List.of(columns);
    if (step > 0 && Files.exists(file)) {
      try {
        Files.readAllLines(file).stream()
            .skip(1)
            .map(this::parse)
            .filter(row -> row.step() <= step)
            .forEach(rows::add);
      } catch (IOException | IllegalArgumentException e) {
        throw new FacePipelineException(
            "cannot continue the log " + file + "; delete it to start a new one: " + e, e);
      }
    }
  }

  private Row parse(String line) {
    String[] fields = line.split(",", -1);
    if (fields.length != columns.size() + 1) {
      throw new IllegalArgumentException("\"" + line + "\" does not have the columns " + columns);
    }
    return new Row(
        Long.parseLong(fields[0]), Arrays.stream(fields).skip(1).map(Double::valueOf).toList());
  }

  /**
   * Adds a row.
   *
   * @param step the number of steps done
   * @param values one per column
   */
  public void add(long step, double... values) {
    if (values.length != columns.size()) {
      throw new IllegalArgumentException(
          "a row needs the columns " + columns + ", got " + Arrays.toString(values));
    }
    rows.add(new Row(step, Arrays.stream(values).boxed().toList()));
  }

  /** {@return the rows, in order} */
  public List<Row> rows() {
    return List.copyOf(rows);
  }

  /** {@return one column, a number per row} */
  public double[] column(String name) {
    int index = columns.indexOf(name);
    return rows.stream().mapToDouble(row -> row.values().get(index)).toArray();
  }

  /** Writes the table atomically. */
  public void save() {
    List<String> lines = new ArrayList<>();
    lines.add(STEP + "," + String.join(",", columns));
    for (Row row : rows) {
      StringBuilder line = new StringBuilder().append(row.step());
      row.values().forEach(value -> line.append(String.format(Locale.ROOT, ",%.6g", value)));
      lines.add(line.toString());
    }
    try {
      WholeFile.write(file, WholeFile.Access.UMASK, part -> Files.write(part, lines));
    } catch (IOException e) {
      throw new FacePipelineException("cannot write the log " + file + ": " + e, e);
    }
  }

  /**
   * Plots columns over the steps, on a logarithmic axis.
   *
   * @param title the title
   * @param picture the .png to write
   * @param drawn names of columns with positive numbers only
   */
  public void plot(String title, Path picture, List<String> drawn) {
    XYChart chart =
        new XYChartBuilder()
            .width(900)
            .height(500)
            .title(title)
            .xAxisTitle(STEP)
            .yAxisTitle(String.join(", ", drawn))
            .build();
    chart.getStyler().setYAxisLogarithmic(true);
    chart.getStyler().setChartBackgroundColor(Color.WHITE);
    double[] steps = rows.stream().mapToDouble(Row::step).toArray();
    for (String name : drawn) {
      chart.addSeries(name, steps, column(name)).setMarker(SeriesMarkers.NONE);
    }
    Image.of(BitmapEncoder.getBufferedImage(chart)).writePng(picture);
  }
}
