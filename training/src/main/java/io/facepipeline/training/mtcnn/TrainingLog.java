package io.facepipeline.training.mtcnn;

import io.facepipeline.FacePipelineException;
import io.facepipeline.Image;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import org.knowm.xchart.BitmapEncoder;
import org.knowm.xchart.XYChart;
import org.knowm.xchart.XYChartBuilder;
import org.knowm.xchart.style.markers.SeriesMarkers;

/** The losses of a stage as they fall, as a table and as a picture. Not thread-safe. */
final class TrainingLog {
  private static final String HEADER = "step,loss,class,box,landmarks,rate";

  private final Path file;
  private final List<Row> rows = new ArrayList<>();

  /** Mean losses of the steps since the row before. */
  record Row(long step, double loss, double face, double box, double landmarks, double rate) {
    static Row parse(String line) {
      String[] f = line.split(",", -1);
      return new Row(
          Long.parseLong(f[0]),
          Double.parseDouble(f[1]),
          Double.parseDouble(f[2]),
          Double.parseDouble(f[3]),
          Double.parseDouble(f[4]),
          Double.parseDouble(f[5]));
    }

    String line() {
      return String.format(
          Locale.ROOT, "%d,%.6f,%.6f,%.6f,%.6f,%.3e", step, loss, face, box, landmarks, rate);
    }
  }

  /** Takes up a log as far as a step. */
  TrainingLog(Path file, long step) {
    this.file = file;
    if (step > 0 && Files.exists(file)) {
      try {
        Files.readAllLines(file).stream()
            .skip(1)
            .map(Row::parse)
            .filter(row -> row.step() <= step)
            .forEach(rows::add);
      } catch (IOException | IllegalArgumentException | IndexOutOfBoundsException e) {
        throw new FacePipelineException(
            "cannot go on with the log " + file + "; delete it to begin another: " + e, e);
      }
    }
  }

  void add(Row row) {
    rows.add(row);
  }

  List<Row> rows() {
    return List.copyOf(rows);
  }

  /** Writes the table, whole. */
  void save() {
    List<String> lines = new ArrayList<>();
    lines.add(HEADER);
    rows.forEach(row -> lines.add(row.line()));
    Path unfinished = file.resolveSibling(file.getFileName() + ".unfinished");
    try {
      Files.write(unfinished, lines);
      Files.move(unfinished, file, StandardCopyOption.ATOMIC_MOVE);
    } catch (IOException e) {
      throw new FacePipelineException("cannot write the log " + file + ": " + e, e);
    }
  }

  /** Draws the losses over the steps, the losses on a logarithmic axis. */
  void plot(String title, boolean withLandmarks, Path picture) {
    XYChart chart =
        new XYChartBuilder()
            .width(900)
            .height(500)
            .title(title)
            .xAxisTitle("step")
            .yAxisTitle("loss")
            .build();
    chart.getStyler().setYAxisLogarithmic(true);
    double[] steps = rows.stream().mapToDouble(Row::step).toArray();
    series(chart, "class", steps, rows.stream().mapToDouble(Row::face).toArray());
    series(chart, "box", steps, rows.stream().mapToDouble(Row::box).toArray());
    if (withLandmarks) {
      series(chart, "landmarks", steps, rows.stream().mapToDouble(Row::landmarks).toArray());
    }
    Image.of(BitmapEncoder.getBufferedImage(chart)).writePng(picture);
  }

  private static void series(XYChart chart, String name, double[] steps, double[] losses) {
    chart.addSeries(name, steps, losses).setMarker(SeriesMarkers.NONE);
  }
}
