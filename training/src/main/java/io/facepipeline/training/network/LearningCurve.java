package io.facepipeline.training.network;

import io.facepipeline.FacePipelineException;
import io.facepipeline.Image;
import io.facepipeline.training.run.TrainingLog;
import java.awt.Color;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import org.knowm.xchart.BitmapEncoder;
import org.knowm.xchart.XYChart;
import org.knowm.xchart.XYChartBuilder;
import org.knowm.xchart.style.Styler.LegendPosition;
import org.knowm.xchart.style.Styler.YAxisPosition;
import org.knowm.xchart.style.markers.SeriesMarkers;

/**
 * How well a network knows the photos it learns from and those it is validated with, epoch by
 * epoch, as a table and as a plot; and which epoch was the best. Not thread-safe.
 */
final class LearningCurve {
  private static final String EPOCH = "epoch";
  private static final String LOSS = "loss";
  private static final String ACCURACY = "accuracy";
  private static final String VALIDATION_LOSS = "validation loss";
  private static final String VALIDATION_ACCURACY = "validation accuracy";
  private static final String RATE = "rate";

  private final TrainingLog log;
  private final Path picture;

  /**
   * What an epoch came to. The training's figures are means over its steps, on changed photos,
   * while the weights moved; the validation's are those of the weights after it.
   */
  record Epoch(
      int number,
      double loss,
      double accuracy,
      double validationLoss,
      double validationAccuracy,
      double rate) {

    /** Whether this one's weights are to be kept rather than another's. */
    boolean isBetterThan(Epoch other) {
      return validationAccuracy > other.validationAccuracy
          || (validationAccuracy == other.validationAccuracy
              && validationLoss < other.validationLoss);
    }
  }

  /**
   * Starts a curve, or continues one.
   *
   * @param folder where the table and the plot go
   * @param step how many steps are done; later epochs are forgotten
   */
  LearningCurve(Path folder, int step) {
    picture = folder.resolve("learning.png");
    log =
        new TrainingLog(
            folder.resolve("learning.csv"),
            step,
            EPOCH,
            LOSS,
            ACCURACY,
            VALIDATION_LOSS,
            VALIDATION_ACCURACY,
            RATE);
  }

  /**
   * Adds an epoch.
   *
   * @return whether it is the best so far
   */
  boolean add(int step, Epoch epoch) {
    log.add(
        step,
        epoch.number(),
        epoch.loss(),
        epoch.accuracy(),
        rounded(epoch.validationLoss()),
        rounded(epoch.validationAccuracy()),
        epoch.rate());
    return best().number() == epoch.number();
  }

  /** As the table has it: what was read from it must compare as what was put into it. */
  private static double rounded(double value) {
    return Double.parseDouble(String.format(Locale.ROOT, "%.6g", value));
  }

  /**
   * {@return the best epoch}
   *
   * @throws FacePipelineException if none is known, since the table of a training is gone
   */
  Epoch best() {
    if (log.rows().isEmpty()) {
      throw new FacePipelineException(
          "the table beside "
              + picture
              + " is gone, and with it which epoch was the best; use another --out to start again");
    }
    Epoch best = epoch(log.rows().get(0));
    for (TrainingLog.Row row : log.rows()) {
      Epoch epoch = epoch(row);
      best = epoch.isBetterThan(best) ? epoch : best;
    }
    return best;
  }

  private static Epoch epoch(TrainingLog.Row row) {
    List<Double> v = row.values();
    return new Epoch(v.get(0).intValue(), v.get(1), v.get(2), v.get(3), v.get(4), v.get(5));
  }

  /** Writes the table. */
  void save() {
    log.save();
  }

  /** Draws the plot. */
  void draw() {
    XYChart chart =
        new XYChartBuilder()
            .width(900)
            .height(500)
            .title("Loss and accuracy, best at epoch " + best().number())
            .xAxisTitle(EPOCH)
            .build();
    chart.setYAxisGroupTitle(0, LOSS);
    chart.setYAxisGroupTitle(1, ACCURACY);
    chart.getStyler().setYAxisGroupPosition(1, YAxisPosition.Right);
    chart.getStyler().setYAxisMin(0, 0.0);
    chart.getStyler().setYAxisMin(1, 0.0);
    chart.getStyler().setYAxisMax(1, 1.0);
    chart.getStyler().setLegendPosition(LegendPosition.OutsideS);
    chart.getStyler().setChartBackgroundColor(Color.WHITE);
    double[] epochs = log.column(EPOCH);
    List<String> drawn = List.of(LOSS, VALIDATION_LOSS, ACCURACY, VALIDATION_ACCURACY);
    for (String name : drawn) {
      chart
          .addSeries(name, epochs, log.column(name))
          .setMarker(SeriesMarkers.NONE)
          .setYAxisGroup(name.endsWith(ACCURACY) ? 1 : 0);
    }
    Image.of(BitmapEncoder.getBufferedImage(chart)).writePng(picture);
  }
}
