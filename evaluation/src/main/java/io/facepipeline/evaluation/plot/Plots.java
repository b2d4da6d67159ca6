package io.facepipeline.evaluation.plot;

import io.facepipeline.Image;
import io.facepipeline.evaluation.EvaluationRun;
import io.facepipeline.evaluation.detection.DetectionReport;
import io.facepipeline.evaluation.identification.IdentificationReport;
import io.facepipeline.evaluation.liveness.LivenessReport;
import io.facepipeline.evaluation.verification.RocCurve;
import io.facepipeline.evaluation.verification.VerificationReport;
import io.facepipeline.evaluation.verification.VerificationReport.ScoredPair;
import java.awt.Color;
import java.awt.Font;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import org.knowm.xchart.BitmapEncoder;
import org.knowm.xchart.HeatMapChart;
import org.knowm.xchart.HeatMapChartBuilder;
import org.knowm.xchart.XYChart;
import org.knowm.xchart.XYChartBuilder;
import org.knowm.xchart.XYSeries;
import org.knowm.xchart.XYSeries.XYSeriesRenderStyle;
import org.knowm.xchart.style.Styler.LegendPosition;
import org.knowm.xchart.style.markers.SeriesMarkers;

/** Draws curves, histograms and pairs of photos as PNG. Files are written atomically. */
public final class Plots {
  private static final int WIDTH = 760;
  private static final int HEIGHT = 520;
  private static final int TICK_SPACING = 48;

  /** Thresholds of a sweep from 0 to 1. */
  private static final int SWEEP = 200;

  private static final int HISTOGRAM_BINS = 80;
  static final Color[] COLORS = {
    new Color(0x1f6fb2), new Color(0xd1495b), new Color(0x2b9348), new Color(0x8d5a97)
  };

  private Plots() {}

  /**
   * Draws ROC curves: the true-accept rate over the logarithm of the false-accept rate, which
   * starts at one impostor pair.
   *
   * @param curves the curves by name
   * @param file the file to write
   * @throws IllegalArgumentException if no curve has scores of both kinds
   */
  public static void roc(Map<String, RocCurve> curves, Path file) {
    XYChart chart = chart("ROC", "false-accept rate", "true-accept rate");
    chart.getStyler().setXAxisLogarithmic(true);
    curves.forEach(
        (name, curve) -> {
          List<Double> x = new ArrayList<>();
          List<Double> y = new ArrayList<>();
          double before = 0;
          for (RocCurve.Point point : curve.points()) {
            if (point.falseAccepts() > 0 && !Double.isNaN(point.trueAcceptRate())) {
              // A step: with this many false accepts, the genuine ones above come in first.
              step(x, y, point.falseAcceptRate(), before, point.trueAcceptRate());
            }
            before = point.trueAcceptRate();
          }
          addLine(chart, name, x, y);
        });
    requireSeries(chart, "scores of both kinds");
    double lowest = 1;
    for (XYSeries series : chart.getSeriesCollection()) {
      lowest = Math.min(lowest, min(series.getYData()));
    }
    // A whole percent, so that the axis has round labels.
    chart.getStyler().setYAxisMin(Math.min(0.95, Math.floor(100 * lowest) / 100));
    chart.getStyler().setYAxisMax(1.0);
    write(chart, file);
  }

  /**
   * Draws the distribution of the scores of both kinds of pairs.
   *
   * @param report the pairs; those without a face are left out
   * @param file the file to write
   * @throws IllegalArgumentException if no pair has a score
   */
  public static void scores(VerificationReport report, Path file) {
    double[] same = report.similarities(true);
    double[] different = report.similarities(false);
    XYChart chart = chart("Similarities", "cosine similarity", "share of pairs");
    // Whole tenths at both ends, so that the axis has round labels.
    double low = Math.floor(10 * Math.min(min(same), min(different))) / 10;
    double high = Math.ceil(10 * Math.max(max(same), max(different))) / 10;
    double width = Math.max(0.1, high - low) / HISTOGRAM_BINS;
    chart.getStyler().setXAxisMin(low);
    chart.getStyler().setXAxisMax(low + HISTOGRAM_BINS * width);
    chart.getStyler().setXAxisDecimalPattern("0.0");
    addHistogram(chart, "same person", same, low, width);
    addHistogram(chart, "different people", different, low, width);
    requireSeries(chart, "scores");
    write(chart, file);
  }

  /**
   * Draws cumulative match characteristics: how often the right person is among the k most similar.
   *
   * @param reports the reports by name
   * @param file the file to write
   * @throws IllegalArgumentException if no report has probes
   */
  public static void cumulativeMatch(Map<String, IdentificationReport> reports, Path file) {
    XYChart chart = chart("CMC", "rank", "identification rate");
    reports.forEach(
        (name, report) -> {
          List<Double> x = new ArrayList<>();
          List<Double> y = new ArrayList<>();
          for (int rank = 1; rank <= report.people() && !report.probes().isEmpty(); rank++) {
            x.add((double) rank);
            y.add(report.identificationRate(rank));
          }
          addLine(chart, name, x, y);
        });
    requireSeries(chart, "probes");
    double lowest =
        reports.values().stream()
            .mapToDouble(report -> report.identificationRate(1))
            .filter(rate -> !Double.isNaN(rate))
            .min()
            .orElse(0);
    // Room below the curve, also below one that is 1 everywhere.
    chart.getStyler().setYAxisMin(Math.max(0, Math.min(0.9, Math.floor(10 * lowest) / 10 - 0.1)));
    chart.getSeriesCollection().forEach(series -> series.setMarker(SeriesMarkers.CIRCLE));
    chart.getStyler().setYAxisMax(1.0);
    chart.getStyler().setXAxisDecimalPattern("0");
    write(chart, file);
  }

  /**
   * Draws shares over the logarithm of the gallery's size, such as how often people are identified.
   *
   * @param title what the shares are of
   * @param shares for each name, the shares by the number of enrolled people, above 0
   * @param file the file to write
   * @throws IllegalArgumentException if there is no share
   */
  public static void gallerySizes(
      String title, Map<String, ? extends Map<Integer, Double>> shares, Path file) {
    XYChart chart = chart(title, "people in the gallery", "share");
    chart.getStyler().setXAxisLogarithmic(true);
    shares.forEach(
        (name, bySize) ->
            addLine(
                chart,
                name,
                bySize.keySet().stream().map(Integer::doubleValue).toList(),
                List.copyOf(bySize.values())));
    requireSeries(chart, "a gallery's size");
    chart.getSeriesCollection().forEach(series -> series.setMarker(SeriesMarkers.CIRCLE));
    chart.getStyler().setLegendPosition(LegendPosition.OutsideS);
    chart.getStyler().setYAxisMin(0.0);
    chart.getStyler().setYAxisMax(1.0);
    chart.getStyler().setYAxisDecimalPattern("0.0");
    write(chart, file);
  }

  /**
   * Draws FDDB's curves: recall over the number of false positives, discrete and continuous.
   *
   * @param name the name of the detector
   * @param curve the curve
   * @param file the file to write
   * @throws IllegalArgumentException if there are no faces or no detections
   */
  public static void detection(String name, DetectionReport.Curve curve, Path file) {
    XYChart chart = chart(name, "false positives", "recall");
    List<Double> x = new ArrayList<>();
    List<Double> discrete = new ArrayList<>();
    List<Double> continuous = new ArrayList<>();
    for (DetectionReport.Curve.Point point : curve.points()) {
      if (curve.faces() > 0) {
        x.add((double) point.falsePositives());
        discrete.add((double) point.truePositives() / curve.faces());
        continuous.add(point.overlap() / curve.faces());
      }
    }
    addLine(chart, "discrete", x, discrete);
    addLine(chart, "continuous", x, continuous);
    requireSeries(chart, "faces and detections");
    chart.getStyler().setXAxisTickMarkSpacingHint(TICK_SPACING);
    chart.getStyler().setYAxisMin(0.0);
    chart.getStyler().setYAxisMax(1.0);
    chart.getStyler().setXAxisDecimalPattern("0");
    write(chart, file);
  }

  /**
   * Draws the error rates of liveness over the threshold: of live faces, and of the attacks of each
   * species.
   *
   * @param report the error rates
   * @param file the file to write
   */
  public static void liveness(LivenessReport report, Path file) {
    XYChart chart = chart("Liveness", "threshold", "error rate");
    List<Double> x = new ArrayList<>();
    for (int i = 0; i <= SWEEP; i++) {
      x.add((double) i / SWEEP);
    }
    addLine(chart, "BPCER", x, x.stream().map(report::bpcer).toList());
    for (String species : report.species()) {
      addLine(chart, "APCER " + species, x, x.stream().map(t -> report.apcer(species, t)).toList());
    }
    chart.getStyler().setYAxisMin(0.0);
    chart.getStyler().setYAxisMax(1.0);
    chart.getStyler().setXAxisMin(0.0);
    chart.getStyler().setXAxisMax(1.0);
    chart.getStyler().setXAxisDecimalPattern("0.0");
    write(chart, file);
  }

  /**
   * Draws a confusion matrix: rows from the bottom are the truth, colors are shares of a row's
   * photos, numbers are counts.
   *
   * @param labels the labels
   * @param counts for each true label, in order, how often each label was predicted
   * @param file the file to write
   * @throws IllegalArgumentException if there is no label, or the matrix is not square
   */
  public static void confusion(List<String> labels, List<List<Integer>> counts, Path file) {
    int size = labels.size();
    if (size == 0 || counts.size() != size || counts.stream().anyMatch(row -> row.size() != size)) {
      throw new IllegalArgumentException(
          "a confusion matrix of " + labels + " needs as many rows and columns");
    }
    List<Number[]> cells = new ArrayList<>();
    for (int told = 0; told < size; told++) {
      for (int shown = 0; shown < size; shown++) {
        int of = counts.get(shown).stream().mapToInt(Integer::intValue).sum();
        double share = of == 0 ? 0 : (double) counts.get(shown).get(told) / of;
        cells.add(new Number[] {told, shown, Math.round(100 * share)});
      }
    }
    HeatMapChart chart =
        new HeatMapChartBuilder()
            .width(WIDTH)
            .height(HEIGHT)
            .title("Percent of each row's photos by predicted label")
            .xAxisTitle("predicted")
            .yAxisTitle("shown")
            .build();
    chart.addSeries("percent", labels, labels, cells);
    chart.getStyler().setChartBackgroundColor(Color.WHITE);
    chart.getStyler().setChartTitleFont(new Font(Font.SANS_SERIF, Font.BOLD, 15));
    chart.getStyler().setShowValue(true);
    chart.getStyler().setXAxisTickMarkSpacingHint(TICK_SPACING / 2);
    chart.getStyler().setYAxisTickMarkSpacingHint(TICK_SPACING / 2);
    chart.getStyler().setHeatMapValueDecimalPattern("0");
    chart.getStyler().setMin(0);
    chart.getStyler().setMax(100);
    chart.getStyler().setRangeColors(new Color[] {Color.WHITE, COLORS[0]});
    Image.of(BitmapEncoder.getBufferedImage(chart)).writePng(file);
  }

  /**
   * Draws shares as bars, side by side for each category, up to 1 if any is above 0.2.
   *
   * @param title what the shares are of
   * @param shares for each name, in the same order, the share of each category; NaN is drawn as 0
   * @param file the file to write
   * @throws IllegalArgumentException if there is none
   */
  public static void shares(String title, Map<String, Map<String, Double>> shares, Path file) {
    BarChart.draw(title, shares).writePng(file);
  }

  private static XYChart chart(String title, String x, String y) {
    XYChart chart =
        new XYChartBuilder()
            .width(WIDTH)
            .height(HEIGHT)
            .title(title)
            .xAxisTitle(x)
            .yAxisTitle(y)
            .build();
    chart.getStyler().setLegendPosition(LegendPosition.InsideSE);
    chart.getStyler().setChartBackgroundColor(Color.WHITE);
    chart.getStyler().setSeriesColors(COLORS);
    chart.getStyler().setMarkerSize(5);
    chart.getStyler().setYAxisDecimalPattern("0.000");
    chart.getStyler().setYAxisTickMarkSpacingHint(TICK_SPACING);
    chart.getStyler().setChartTitleFont(new Font(Font.SANS_SERIF, Font.BOLD, 15));
    return chart;
  }

  private static void step(
      List<Double> x, List<Double> y, double falseAcceptRate, double before, double after) {
    if (x.isEmpty() || x.get(x.size() - 1) != falseAcceptRate) {
      x.add(falseAcceptRate);
      y.add(before);
    }
    x.add(falseAcceptRate);
    y.add(after);
  }

  private static void addLine(XYChart chart, String name, List<Double> x, List<Double> y) {
    if (!x.isEmpty()) {
      XYSeries series = chart.addSeries(name, x, y);
      series.setXYSeriesRenderStyle(XYSeriesRenderStyle.Line);
      series.setMarker(SeriesMarkers.NONE);
    }
  }

  private static void addHistogram(
      XYChart chart, String name, double[] scores, double low, double width) {
    if (scores.length == 0) {
      return;
    }
    double[] shares = new double[HISTOGRAM_BINS];
    for (double score : scores) {
      int bin = (int) Math.min(HISTOGRAM_BINS - 1, (score - low) / width);
      shares[bin] += 1.0 / scores.length;
    }
    List<Double> x = new ArrayList<>();
    List<Double> y = new ArrayList<>();
    for (int bin = 0; bin < HISTOGRAM_BINS; bin++) {
      x.add(low + (bin + 0.5) * width);
      y.add(shares[bin]);
    }
    XYSeries series = chart.addSeries(name, x, y);
    series.setXYSeriesRenderStyle(XYSeriesRenderStyle.StepArea);
    series.setMarker(SeriesMarkers.NONE);
    Color line = COLORS[chart.getSeriesCollection().size() - 1];
    series.setFillColor(new Color(line.getRed(), line.getGreen(), line.getBlue(), 90));
    chart.getStyler().setLegendPosition(LegendPosition.InsideNE);
  }

  /**
   * Draws the two photos of each pair side by side, with the compared faces framed, the similarity
   * and the truth, so that errors can be inspected. Without pairs nothing is written.
   *
   * @param pairs the pairs; only the first 300 are drawn
   * @param photos their photos
   * @param file the file to write
   * @return whether there were pairs to write
   */
  public static boolean pairs(
      List<ScoredPair> pairs, Map<Path, EvaluationRun.EvaluatedPhoto> photos, Path file) {
    if (pairs.isEmpty()) {
      return false;
    }
    PairSheet.draw(pairs, photos).writePng(file);
    return true;
  }

  private static void requireSeries(XYChart chart, String what) {
    if (chart.getSeriesCollection().isEmpty()) {
      throw new IllegalArgumentException(
          "the plot " + chart.getTitle() + " has nothing to draw: it needs " + what);
    }
  }

  private static double min(double[] values) {
    return Arrays.stream(values).min().orElse(1);
  }

  private static double max(double[] values) {
    return Arrays.stream(values).max().orElse(-1);
  }

  private static void write(XYChart chart, Path file) {
    Image.of(BitmapEncoder.getBufferedImage(chart)).writePng(file);
  }
}
