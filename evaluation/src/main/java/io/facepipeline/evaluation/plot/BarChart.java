package io.facepipeline.evaluation.plot;

import io.facepipeline.Image;
import java.awt.Color;
import java.awt.Font;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.knowm.xchart.BitmapEncoder;
import org.knowm.xchart.CategoryChart;
import org.knowm.xchart.CategoryChartBuilder;
import org.knowm.xchart.style.Styler.LegendPosition;

/** Draws shares as bars. */
final class BarChart {
  private static final int WIDTH = 900;
  private static final int HEIGHT = 420;
  private static final double LARGE = 0.2;

  private BarChart() {}

  static Image draw(String title, Map<String, Map<String, Double>> shares) {
    if (shares.isEmpty() || shares.values().stream().anyMatch(Map::isEmpty)) {
      throw new IllegalArgumentException(
          "the plot " + title + " has nothing to draw: it needs a share for each of " + shares);
    }
    CategoryChart chart =
        new CategoryChartBuilder()
            .width(WIDTH)
            .height(HEIGHT)
            .title(title)
            .xAxisTitle("")
            .yAxisTitle("share")
            .build();
    chart.getStyler().setChartBackgroundColor(Color.WHITE);
    chart.getStyler().setChartTitleFont(new Font(Font.SANS_SERIF, Font.BOLD, 15));
    chart.getStyler().setSeriesColors(Plots.COLORS);
    chart.getStyler().setLegendPosition(LegendPosition.OutsideS);
    chart.getStyler().setYAxisMin(0.0);
    chart.getStyler().setYAxisDecimalPattern("0.0###");
    chart.getStyler().setXAxisLabelRotation(35);
    if (isLarge(shares)) {
      chart.getStyler().setYAxisMax(1.0);
    }
    chart.getStyler().setAvailableSpaceFill(0.8);
    shares.forEach(
        (name, categories) -> {
          List<Double> heights = new ArrayList<>();
          categories.values().forEach(share -> heights.add(Double.isNaN(share) ? 0 : share));
          chart.addSeries(name, List.copyOf(categories.keySet()), heights);
        });
    return Image.of(BitmapEncoder.getBufferedImage(chart));
  }

  /** Small shares would be invisible beside the whole. */
  private static boolean isLarge(Map<String, Map<String, Double>> shares) {
    return shares.values().stream()
        .flatMap(categories -> categories.values().stream())
        .anyMatch(share -> share > LARGE);
  }
}
