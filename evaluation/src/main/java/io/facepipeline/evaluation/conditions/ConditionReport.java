package io.facepipeline.evaluation.conditions;

import io.facepipeline.Embedding;
import io.facepipeline.ModelCard;
import io.facepipeline.evaluation.Table;
import io.facepipeline.evaluation.internal.Figures;
import io.facepipeline.evaluation.internal.ImpostorScores;
import io.facepipeline.evaluation.internal.TableRows;
import io.facepipeline.evaluation.internal.WilsonInterval;
import io.facepipeline.evaluation.verification.FacePair;
import io.facepipeline.evaluation.verification.FacePair.PersonPhoto;
import io.facepipeline.evaluation.verification.RocCurve.OperatingPoint;
import io.facepipeline.evaluation.verification.VerificationReport;
import io.facepipeline.evaluation.verification.VerificationReport.ScoredPair;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * How well faces under one condition are recognized by good photos of them. The first photo of each
 * pair is as it is, the second under the condition. Thresholds come from all pairs of an unchanged
 * first photo and a changed second one of different people, which are far more than the pairs of
 * the list.
 *
 * @param condition the condition
 * @param photos how many photos were changed
 * @param found in how many of them a face was found
 * @param report the pairs
 * @param impostors the similarities of all such pairs of different people
 */
public record ConditionReport(
    Condition condition,
    int photos,
    int found,
    VerificationReport report,
    ImpostorScores impostors) {

  /** At which the true-accept rate is reported. */
  private static final List<Double> FALSE_ACCEPT_RATES = List.of(1e-3, 1e-4);

  /**
   * {@return the report of a condition}
   *
   * @param pairs the pairs
   * @param plain the embeddings of their photos as they are; of those without a face there is none
   * @param changed those of the second photos under the condition
   * @param threads how many threads compare
   */
  public static ConditionReport of(
      Condition condition,
      List<FacePair> pairs,
      Map<Path, Embedding> plain,
      Map<Path, Embedding> changed,
      int threads) {
    List<ScoredPair> scored = new ArrayList<>();
    for (FacePair pair : pairs) {
      Embedding first = plain.get(pair.first().file());
      Embedding second = changed.get(pair.second().file());
      scored.add(
          new ScoredPair(
              pair, first == null || second == null ? Double.NaN : first.similarity(second)));
    }
    Set<Path> seconds = new LinkedHashSet<>();
    pairs.forEach(pair -> seconds.add(pair.second().file()));
    return new ConditionReport(
        condition,
        seconds.size(),
        (int) seconds.stream().filter(changed::containsKey).count(),
        VerificationReport.of(scored),
        ImpostorScores.across(
            byPerson(pairs, FacePair::first, plain),
            byPerson(pairs, FacePair::second, changed),
            threads));
  }

  private static Map<String, List<Embedding>> byPerson(
      List<FacePair> pairs, Function<FacePair, PersonPhoto> which, Map<Path, Embedding> all) {
    Map<Path, String> people = new LinkedHashMap<>();
    pairs.forEach(pair -> people.put(which.apply(pair).file(), which.apply(pair).person()));
    Map<String, List<Embedding>> embeddings = new TreeMap<>();
    people.forEach(
        (file, person) -> {
          Embedding embedding = all.get(file);
          if (embedding != null) {
            embeddings.computeIfAbsent(person, name -> new ArrayList<>()).add(embedding);
          }
        });
    return embeddings;
  }

  /** {@return the share of the pairs of one person that a threshold accepts; NaN without such} */
  private double trueAcceptRate(double threshold) {
    return (double) trueAccepts(threshold) / genuinePairs();
  }

  private long trueAccepts(double threshold) {
    return report.pairs().stream()
        .filter(pair -> pair.pair().same() && pair.similarity() >= threshold)
        .count();
  }

  private long genuinePairs() {
    return report.pairs().stream().filter(pair -> pair.pair().same()).count();
  }

  /** {@return the true-accept rate at the first of the reported false-accept rates, for a plot} */
  public double trueAcceptRate() {
    return trueAcceptRate(impostors.atFalseAcceptRate(FALSE_ACCEPT_RATES.get(0)).threshold());
  }

  /**
   * {@return a row a condition}
   *
   * @param reports the conditions
   * @param thresholds of the model's card, or null if it has none
   */
  public static Table table(
      List<ConditionReport> reports, ModelCard.@Nullable Thresholds thresholds) {
    TableRows table =
        new TableRows(
            "condition",
            "faces found",
            "accuracy, 95 % interval",
            "TAR at FAR 1e-3, 95 % interval",
            "TAR at FAR 1e-4",
            "impostor pairs",
            "at the card's threshold: TAR",
            "FAR");
    for (ConditionReport one : reports) {
      VerificationReport.ConfidenceInterval accuracy = one.report.accuracyInterval();
      List<OperatingPoint> points = one.points();
      double[] interval = one.interval(points.get(0).threshold());
      table.row(
          one.condition.label(),
          one.found + " of " + one.photos,
          Figures.percent(one.report.accuracy().mean()) + range(accuracy.lower(), accuracy.upper()),
          one.rate(points.get(0)) + range(interval[0], interval[1]),
          one.rate(points.get(1)),
          one.impostors.pairs(),
          thresholds == null ? "-" : Figures.percent(one.trueAcceptRate(thresholds.verification())),
          thresholds == null
              ? "-"
              : String.format(
                  Locale.ROOT, "%.1e", one.impostors.falseAcceptRate(thresholds.verification())));
    }
    return table.table();
  }

  /**
   * {@return a row per condition and pair}
   *
   * @param reports the conditions
   */
  public static Table pairTable(List<ConditionReport> reports) {
    TableRows table =
        new TableRows("condition", "fold", "first", "second", "same", "similarity", "correct");
    for (ConditionReport one : reports) {
      for (List<String> row : one.report.pairTable().rows()) {
        List<Object> cells = new ArrayList<>(List.of(one.condition.label()));
        cells.addAll(row);
        table.row(cells.toArray());
      }
    }
    return table.table();
  }

  private List<OperatingPoint> points() {
    return FALSE_ACCEPT_RATES.stream().map(impostors::atFalseAcceptRate).toList();
  }

  private String rate(OperatingPoint point) {
    return Figures.percent(trueAcceptRate(point.threshold()))
        + (point.isMeasured() ? "" : " (too few)");
  }

  private double[] interval(double threshold) {
    return WilsonInterval.of(trueAccepts(threshold), genuinePairs());
  }

  private static String range(double lower, double upper) {
    return Double.isNaN(lower)
        ? ""
        : String.format(Locale.ROOT, ", %.1f to %.1f", 100 * lower, 100 * upper);
  }

  /**
   * {@return the figures for JSON; null if undefined}
   *
   * @param thresholds of the model's card, or null if it has none
   */
  public Map<String, @Nullable Object> values(ModelCard.@Nullable Thresholds thresholds) {
    Map<String, @Nullable Object> values = new LinkedHashMap<>();
    values.put("condition", condition.label());
    values.put("change", condition.summary());
    values.put("photos", photos);
    values.put("found", found);
    Map<String, @Nullable Object> all = report.values();
    for (String name : List.of("pairs", "accuracy", "accuracyInterval", "withoutFace")) {
      values.put(name, all.get(name));
    }
    List<Object> rates = new ArrayList<>();
    for (OperatingPoint point : points()) {
      Map<String, @Nullable Object> one = VerificationReport.operatingPoint(point);
      one.put("tar", Figures.orNull(trueAcceptRate(point.threshold())));
      one.put("interval", list(interval(point.threshold())));
      rates.add(one);
    }
    values.put("operatingPoints", rates);
    Map<String, @Nullable Object> atCard = null;
    if (thresholds != null) {
      double threshold = thresholds.verification();
      atCard = new LinkedHashMap<>();
      atCard.put("threshold", threshold);
      atCard.put("tar", Figures.orNull(trueAcceptRate(threshold)));
      atCard.put("interval", list(interval(threshold)));
      atCard.put("far", Figures.orNull(impostors.falseAcceptRate(threshold)));
    }
    values.put("atCardThreshold", atCard);
    return values;
  }

  private static List<@Nullable Double> list(double[] interval) {
    List<@Nullable Double> list = new ArrayList<>();
    list.add(Figures.orNull(interval[0]));
    list.add(Figures.orNull(interval[1]));
    return list;
  }
}
