package io.facepipeline.evaluation.gallerysize;

import io.facepipeline.evaluation.Table;
import io.facepipeline.evaluation.gallerysize.GallerySizeReport.AtThreshold;
import io.facepipeline.evaluation.gallerysize.GallerySizeReport.Rate;
import io.facepipeline.evaluation.gallerysize.GallerySizeReport.Size;
import io.facepipeline.evaluation.internal.Figures;
import io.facepipeline.evaluation.internal.TableRows;
import io.facepipeline.evaluation.internal.WilsonInterval;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** A report of galleries as tables, JSON and curves. */
public final class GallerySizeTables {
  private GallerySizeTables() {}

  /** {@return a row for each size and rate} */
  public static Table table(GallerySizeReport report) {
    TableRows table =
        new TableRows(
            "people",
            "made",
            "rank 1",
            "FAR",
            "threshold",
            "DIR, 95 % interval",
            "threshold by formula",
            "DIR",
            "strangers named",
            "card's for so many",
            "DIR",
            "strangers named");
    for (Size size : report.sizes()) {
      for (Rate rate : size.rates()) {
        List<String> row = new ArrayList<>();
        row.add(String.valueOf(size.people()));
        row.add(String.valueOf(size.made()));
        row.add(Figures.percent(size.rankOne()));
        row.add(Figures.rateKey(rate.falseAcceptRate()));
        row.add(
            Figures.number(rate.measured().threshold(), 3) + (rate.enough() ? "" : " (too few)"));
        double[] dir = WilsonInterval.of(rate.measured().identified(), rate.measured().probes());
        row.add(
            String.format(
                Locale.ROOT,
                "%s, %.1f to %.1f",
                Figures.percent(rate.measured().identificationRate()),
                100 * dir[0],
                100 * dir[1]));
        addAll(row, rate.formula());
        addAll(row, rate.card());
        table.row(row.toArray());
      }
    }
    return table.table();
  }

  private static void addAll(List<String> row, @Nullable AtThreshold at) {
    if (at == null || Double.isNaN(at.threshold())) {
      row.addAll(List.of("-", "-", "-"));
    } else {
      row.add(Figures.number(at.threshold(), 3));
      row.add(Figures.percent(at.identificationRate()));
      row.add(Figures.percent(at.falseAcceptRate()));
    }
  }

  /** {@return what the card's identification threshold does in each gallery; empty without one} */
  public static Table cardTable(GallerySizeReport report) {
    TableRows table =
        new TableRows("people", "the card's threshold", "DIR", "strangers named", "by formula");
    for (Size size : report.sizes()) {
      if (size.card() != null) {
        List<String> row = new ArrayList<>();
        row.add(String.valueOf(size.people()));
        addAll(row, size.card());
        row.add(Figures.percent(size.cardByFormula()));
        table.row(row.toArray());
      }
    }
    return table.table();
  }

  /** {@return the figures for JSON; null if undefined} */
  public static Map<String, @Nullable Object> values(GallerySizeReport report) {
    Map<String, @Nullable Object> values = new LinkedHashMap<>();
    values.put("impostorPairs", report.tail().pairs());
    values.put("sizes", report.sizes().stream().map(GallerySizeTables::values).toList());
    Map<String, @Nullable Object> check = new LinkedHashMap<>();
    GallerySizeReport.Check both = report.check();
    if (both != null) {
      check.put("real", values(both.real()));
      check.put("made", values(both.made()));
    }
    values.put("madeAgainstReal", both == null ? null : check);
    return values;
  }

  private static Map<String, @Nullable Object> values(Size size) {
    Map<String, @Nullable Object> values = new LinkedHashMap<>();
    values.put("people", size.people());
    values.put("made", size.made());
    values.put("rank1", Figures.orNull(size.rankOne()));
    List<Object> rates = new ArrayList<>();
    for (Rate rate : size.rates()) {
      Map<String, @Nullable Object> one = new LinkedHashMap<>();
      one.put("far", rate.falseAcceptRate());
      one.put("measured", values(rate.measured()));
      one.put("enoughStrangers", rate.enough());
      one.put("byFormula", values(rate.formula()));
      one.put("extrapolated", rate.extrapolated());
      one.put("cardForSize", values(rate.card()));
      rates.add(one);
    }
    values.put("openSet", rates);
    values.put("card", values(size.card()));
    values.put("strangersNamedAtCardByFormula", Figures.orNull(size.cardByFormula()));
    return values;
  }

  private static @Nullable Map<String, @Nullable Object> values(@Nullable AtThreshold at) {
    if (at == null) {
      return null;
    }
    Map<String, @Nullable Object> values = new LinkedHashMap<>();
    values.put("threshold", Figures.orNull(at.threshold()));
    values.put("dir", Figures.orNull(at.identificationRate()));
    values.put("identified", at.identified());
    values.put("probes", at.probes());
    values.put("strangersNamed", at.named());
    values.put("strangers", at.strangers());
    return values;
  }

  /** {@return the shares to draw, by the number of people; measured ones without made people} */
  public static Map<String, Map<Integer, Double>> curves(GallerySizeReport report) {
    Map<String, Map<Integer, Double>> curves = new LinkedHashMap<>();
    for (Size size : report.sizes()) {
      for (Rate rate : size.rates()) {
        String name = "DIR at FAR " + Figures.rateKey(rate.falseAcceptRate());
        if (size.made() == 0) {
          put(curves, name, size, rate.measured().identificationRate());
        }
        if (!Double.isNaN(rate.formula().threshold())) {
          put(curves, name + ", by formula", size, rate.formula().identificationRate());
        }
      }
      if (size.card() != null) {
        String name = "strangers named at " + Figures.number(size.card().threshold(), 3);
        if (size.made() == 0) {
          put(curves, name, size, size.card().falseAcceptRate());
        }
        put(curves, name + ", by formula", size, size.cardByFormula());
      }
    }
    return curves;
  }

  private static void put(
      Map<String, Map<Integer, Double>> curves, String name, Size size, double share) {
    if (!Double.isNaN(share)) {
      curves.computeIfAbsent(name, n -> new LinkedHashMap<>()).put(size.people(), share);
    }
  }
}
