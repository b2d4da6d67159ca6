package io.facepipeline.training;

import io.facepipeline.FacePipelineException;
import io.facepipeline.Image;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import org.knowm.xchart.BitmapEncoder;
import org.knowm.xchart.XYChart;
import org.knowm.xchart.XYChartBuilder;
import org.knowm.xchart.style.markers.SeriesMarkers;

/**
 * What is measured in training, step by step, as a table and as a picture. Not thread-safe.
 *
 * <p>The table has the column {@code step} and those given; a row holds the means of the steps
 * since the row before.
 */
public final class TrainingLog {
  private static final String STEP = "step";

  private final Path file;
  private final List<String> columns;
  private final List<Row> rows = new ArrayList<>();

  /**
   * What was measured up to a step.
   *
   * @param step how many steps were done
   * @param values one a column
   */
  public record Row(long step, List<Double> values) {}

  /**
   * Begins a log, or takes one up as far as a step.
   *
   * @param file the table, a .csv
   * @param step what was written of later steps is left out; 0 begins anew
   * @param columns the names of what is measured
   * @throws FacePipelineException if the table is there but cannot be read
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
            "cannot go on with the log " + file + "; delete it to begin another: " + e, e);
      }
    }
  }

  private Row parse(String line) {
    String[] fields = line.split(",", -1);
    if (fields.length != columns.size() + 1) {
      throw new IllegalArgumentException("\"" + line + "\" is not of the columns " + columns);
    }
    return new Row(
        Long.parseLong(fields[0]), Arrays.stream(fields).skip(1).map(Double::valueOf).toList());
  }

  /**
   * Adds a row.
   *
   * @param step how many steps were done
   * @param values one a column
   */
  public void add(long step, double... values) {
    if (values.length != columns.size()) {
      throw new IllegalArgumentException(
          "a row has the columns " + columns + ", got " + Arrays.toString(values));
    }
    rows.add(new Row(step, Arrays.stream(values).boxed().toList()));
  }

  /** {@return the rows, in order} */
  public List<Row> rows() {
    return List.copyOf(rows);
  }

  /** {@return one column, a number a row} */
  public double[] column(String name) {
    int index = columns.indexOf(name);
    return rows.stream().mapToDouble(row -> row.values().get(index)).toArray();
  }

  /** Writes the table, whole. */
  public void save() {
    List<String> lines = new ArrayList<>();
    lines.add(STEP + "," + String.join(",", columns));
    for (Row row : rows) {
      StringBuilder line = new StringBuilder().append(row.step());
      row.values().forEach(value -> line.append(String.format(Locale.ROOT, ",%.6g", value)));
      lines.add(line.toString());
    }
    Path unfinished = file.resolveSibling(file.getFileName() + ".unfinished");
    try {
      Files.write(unfinished, lines);
      Files.move(unfinished, file, StandardCopyOption.ATOMIC_MOVE);
    } catch (IOException e) {
      throw new FacePipelineException("cannot write the log " + file + ": " + e, e);
    }
  }

  /**
   * Draws columns over the steps, on a logarithmic axis.
   *
   * @param title of the picture
   * @param picture the .png to write
   * @param drawn names of columns whose numbers are all above 0
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
    double[] steps = rows.stream().mapToDouble(Row::step).toArray();
    for (String name : drawn) {
      chart.addSeries(name, steps, column(name)).setMarker(SeriesMarkers.NONE);
    }
    Image.of(BitmapEncoder.getBufferedImage(chart)).writePng(picture);
  }
}
