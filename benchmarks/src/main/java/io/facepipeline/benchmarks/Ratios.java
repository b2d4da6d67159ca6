package io.facepipeline.benchmarks;

import io.facepipeline.Image;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.knowm.xchart.BitmapEncoder;
import org.knowm.xchart.CategoryChart;
import org.knowm.xchart.CategoryChartBuilder;
import org.openjdk.jmh.infra.BenchmarkParams;
import org.openjdk.jmh.results.Result;
import org.openjdk.jmh.results.RunResult;

/** The results of a run as medians and as ratios to what they are compared with. */
final class Ratios {
  private static final String ALLOCATED = "gc.alloc.rate.norm";

  /** A median, and what it is of. */
  private record Row(
      String benchmark,
      String contender,
      String setting,
      double median,
      String unit,
      double allocated) {}

  private final List<Row> rows = new ArrayList<>();

  Ratios(Collection<RunResult> results) {
    for (RunResult result : results) {
      BenchmarkParams params = result.getParams();
      String method = params.getBenchmark();
      String name = method.substring(method.lastIndexOf('.', method.lastIndexOf('.') - 1) + 1);
      String contender = "";
      StringBuilder setting = new StringBuilder();
      for (String key : params.getParamsKeys()) {
        if (key.equals("detector") || key.equals("runtime") || key.equals("workers")) {
          contender = params.getParam(key);
        } else {
          setting.append(setting.isEmpty() ? "" : ", ").append(key).append('=');
          setting.append(params.getParam(key));
        }
      }
      Result<?> allocated = result.getSecondaryResults().get(ALLOCATED);
      rows.add(
          new Row(
              name,
              contender,
              setting.toString(),
              result.getPrimaryResult().getStatistics().getPercentile(50),
              result.getPrimaryResult().getScoreUnit(),
              allocated == null ? Double.NaN : allocated.getScore()));
    }
  }

  /** The base of a row's ratio: this library on all cores, or one worker, in the same setting. */
  private double base(Row row) {
    String base =
        switch (row.benchmark.substring(0, row.benchmark.indexOf('.'))) {
          case "DetectBenchmark", "EmbedBenchmark" -> "facepipeline";
          case "CascadeBenchmark", "ThroughputBenchmark" -> "1";
          default -> row.contender;
        };
    String method = row.benchmark.equals("IdentifyBenchmark.identify") ? "networks" : "";
    return rows.stream()
        .filter(
            other ->
                other.setting.equals(row.setting)
                    && other.contender.equals(base)
                    && (method.isEmpty()
                        ? other.benchmark.equals(row.benchmark)
                        : other.benchmark.equals("IdentifyBenchmark." + method)))
        .mapToDouble(Row::median)
        .findFirst()
        .orElse(Double.NaN);
  }

  String markdown() {
    StringBuilder text =
        new StringBuilder(
            """
            | benchmark | contender or workers | setting | median | ratio | KiB allocated |
            |---|---|---|---|---|---|
            """);
    for (Row row : rows) {
      text.append(
          String.format(
              Locale.ROOT,
              "| %s | %s | %s | %.3f %s | %.2f | %.0f |%n",
              row.benchmark,
              row.contender,
              row.setting,
              row.median,
              row.unit,
              row.median / base(row),
              row.allocated / 1024));
    }
    return text.toString();
  }

  /** A bar chart of each comparison: how many times as long as this library each takes. */
  void plots(Path folder) {
    plot("DetectBenchmark.detect", "Detection: time relative to FacePipeline", folder);
    plot("EmbedBenchmark.embed", "Embedding: time relative to FacePipeline", folder);
  }

  private void plot(String benchmark, String title, Path folder) {
    Map<String, List<String>> contenders = new LinkedHashMap<>();
    Map<String, List<Double>> ratios = new LinkedHashMap<>();
    for (Row row : rows) {
      if (row.benchmark.equals(benchmark)) {
        contenders.computeIfAbsent(row.setting, k -> new ArrayList<>()).add(row.contender);
        ratios.computeIfAbsent(row.setting, k -> new ArrayList<>()).add(row.median / base(row));
      }
    }
    if (contenders.isEmpty()) {
      return;
    }
    CategoryChart chart =
        new CategoryChartBuilder()
            .width(1200)
            .height(600)
            .title(title)
            .yAxisTitle("times as long")
            .build();
    chart.getStyler().setXAxisLabelRotation(30);
    // A setting that was measured with some contenders only would leave holes among the bars.
    int most = contenders.values().stream().mapToInt(List::size).max().orElse(0);
    contenders.forEach(
        (setting, names) -> {
          if (names.size() == most) {
            chart.addSeries(setting, names, ratios.get(setting));
          }
        });
    Image.of(BitmapEncoder.getBufferedImage(chart)).writePng(folder.resolve(benchmark + ".png"));
  }
}
