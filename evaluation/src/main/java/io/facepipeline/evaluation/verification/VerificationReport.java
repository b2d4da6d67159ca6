package io.facepipeline.evaluation.verification;

import io.facepipeline.evaluation.EvaluationRun;
import io.facepipeline.evaluation.Table;
import io.facepipeline.evaluation.internal.Figures;
import io.facepipeline.evaluation.internal.TableRows;
import io.facepipeline.evaluation.verification.RocCurve.OperatingPoint;
import java.beans.Transient;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Random;
import java.util.function.Function;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;

/**
 * The figures of a verification run. A pair with a missing face counts as wrong for the accuracy,
 * and as rejected at every threshold for the ROC curve and the figures derived from it. Immutable.
 */
public final class VerificationReport {
  /** The false-accept rates at which the true-accept rate is reported. */
  public static final List<Double> FALSE_ACCEPT_RATES = List.of(1e-2, 1e-3, 1e-4);

  private static final int BOOTSTRAP_DRAWS = 1000;
  private static final long BOOTSTRAP_SEED = 7;

  private final List<ScoredPair> pairs;
  private final FoldAccuracy accuracy;
  private final double[] genuine;
  private final double[] impostor;
  private final RocCurve roc;
  private final ConfidenceInterval accuracyInterval;
  private final List<ConfidenceInterval> rocIntervals;

  /**
   * A pair and the similarity of its faces.
   *
   * @param pair the pair
   * @param similarity the cosine similarity, -1 to 1; NaN if a face was not found
   */
  public record ScoredPair(FacePair pair, double similarity) {
    /** {@return whether both faces were found} */
    @Transient // told by the other values, so no part of JSON
    public boolean isDecided() {
      return !Double.isNaN(similarity);
    }
  }

  /**
   * A 95 % confidence interval by the percentile bootstrap (Efron 1979): the items are resampled
   * with replacement many times. Pairs are resampled as if they were independent; if pairs share
   * people, the true interval is somewhat wider.
   *
   * @param lower the 2.5 % quantile; NaN if undefined
   * @param upper the 97.5 % quantile; NaN if undefined
   */
  public record ConfidenceInterval(double lower, double upper) {
    private static final double TAIL = 0.025;

    /** The intervals of several figures, all over the same resamples. */
    static List<ConfidenceInterval> of(int draws, long seed, Function<Random, double[]> figures) {
      Random random = new Random(seed);
      double[][] drawn = new double[draws][];
      for (int i = 0; i < draws; i++) {
        drawn[i] = figures.apply(random);
      }
      return IntStream.range(0, drawn[0].length)
          .mapToObj(f -> of(Arrays.stream(drawn).mapToDouble(d -> d[f]).sorted().toArray()))
          .toList();
    }

    private static ConfidenceInterval of(double[] sorted) {
      // NaN sorts last: a figure that some draws do not define has no interval.
      return Double.isNaN(sorted[sorted.length - 1])
          ? new ConfidenceInterval(Double.NaN, Double.NaN)
          : new ConfidenceInterval(quantile(sorted, TAIL), quantile(sorted, 1 - TAIL));
    }

    /** A resample of the same size, drawn with replacement. */
    static double[] draw(double[] values, Random random) {
      double[] drawn = new double[values.length];
      for (int i = 0; i < drawn.length; i++) {
        drawn[i] = values[random.nextInt(values.length)];
      }
      return drawn;
    }

    private static double quantile(double[] sorted, double share) {
      double at = share * (sorted.length - 1);
      int below = (int) at;
      int above = Math.min(below + 1, sorted.length - 1);
      return sorted[below] + (at - below) * (sorted[above] - sorted[below]);
    }
  }

  private VerificationReport(List<ScoredPair> pairs) {
    this.pairs = List.copyOf(pairs);
    accuracy = FoldAccuracy.of(pairs);
    genuine = scores(true);
    impostor = scores(false);
    roc = RocCurve.of(genuine, impostor);
    double[] right = pairs.stream().mapToDouble(p -> accuracy.isCorrect(p) ? 1 : 0).toArray();
    accuracyInterval =
        ConfidenceInterval.of(
                BOOTSTRAP_DRAWS,
                BOOTSTRAP_SEED,
                random ->
                    new double[] {
                      Arrays.stream(ConfidenceInterval.draw(right, random)).average().orElseThrow()
                    })
            .get(0);
    double[] same = genuine;
    double[] different = impostor;
    rocIntervals =
        ConfidenceInterval.of(
            BOOTSTRAP_DRAWS,
            BOOTSTRAP_SEED,
            random ->
                rocFigures(
                    RocCurve.of(
                        ConfidenceInterval.draw(same, random),
                        ConfidenceInterval.draw(different, random))));
  }

  /** The figures of a curve in the order of {@link #rocIntervals}. */
  private static double[] rocFigures(RocCurve curve) {
    double[] figures = new double[2 + FALSE_ACCEPT_RATES.size()];
    figures[0] = curve.areaUnderCurve();
    figures[1] = curve.equalErrorRate();
    for (int i = 0; i < FALSE_ACCEPT_RATES.size(); i++) {
      figures[2 + i] = curve.atFalseAcceptRate(FALSE_ACCEPT_RATES.get(i)).trueAcceptRate();
    }
    return figures;
  }

  /**
   * {@return the report of pairs that were compared}
   *
   * @param pairs the pairs
   * @throws IllegalArgumentException if fewer than two folds have pairs
   */
  public static VerificationReport of(List<ScoredPair> pairs) {
    return new VerificationReport(pairs);
  }

  /**
   * {@return the report of pairs whose photos were embedded}
   *
   * @param pairs the pairs
   * @param photos the results of {@link io.facepipeline.evaluation.EvaluationRun#embed} for their
   *     photos
   * @throws IllegalArgumentException if fewer than two folds have pairs, or a photo is missing
   */
  public static VerificationReport of(
      List<FacePair> pairs, Map<Path, EvaluationRun.EvaluatedPhoto> photos) {
    return of(
        pairs.stream()
            .map(
                pair -> {
                  EvaluationRun.EvaluatedPhoto a = photo(photos, pair.first().file());
                  EvaluationRun.EvaluatedPhoto b = photo(photos, pair.second().file());
                  boolean decided = a.embedding().isPresent() && b.embedding().isPresent();
                  return new ScoredPair(
                      pair,
                      decided ? a.embedding().get().similarity(b.embedding().get()) : Double.NaN);
                })
            .toList());
  }

  /** {@return the pairs} */
  public List<ScoredPair> pairs() {
    return pairs;
  }

  /** {@return the accuracy, each fold judged with the threshold chosen on the others} */
  public FoldAccuracy accuracy() {
    return accuracy;
  }

  /** {@return the ROC curve of all pairs} */
  public RocCurve roc() {
    return roc;
  }

  /** {@return the number of pairs with a photo without a face} */
  public long withoutFace() {
    return pairs.stream().filter(pair -> !pair.isDecided()).count();
  }

  /** {@return the pairs judged wrongly, in order} */
  public List<ScoredPair> wrong() {
    return pairs.stream().filter(pair -> !accuracy.isCorrect(pair)).toList();
  }

  /**
   * {@return the similarities of the pairs of one kind whose faces were found}
   *
   * @param same whether those of the same person, or of different people
   */
  public double[] similarities(boolean same) {
    return pairs.stream()
        .filter(pair -> pair.pair().same() == same && pair.isDecided())
        .mapToDouble(ScoredPair::similarity)
        .toArray();
  }

  /** {@return the 95 % interval of the share of pairs judged correctly} */
  public ConfidenceInterval accuracyInterval() {
    return accuracyInterval;
  }

  /** {@return the 95 % interval of the area under the ROC curve} */
  public ConfidenceInterval areaUnderCurveInterval() {
    return rocIntervals.get(0);
  }

  /** {@return the 95 % interval of the equal error rate} */
  public ConfidenceInterval equalErrorRateInterval() {
    return rocIntervals.get(1);
  }

  /**
   * {@return the 95 % intervals of the true-accept rates at {@link #FALSE_ACCEPT_RATES}, in their
   * order}
   */
  public List<ConfidenceInterval> trueAcceptRateIntervals() {
    return rocIntervals.subList(2, rocIntervals.size());
  }

  /** {@return the figures as a table: name, value, 95 % interval, and the data behind it} */
  public Table table() {
    TableRows table = new TableRows("figure", "value", "95 % interval", "based on");
    table.row(
        "accuracy",
        Figures.percent(accuracy.mean())
            + String.format(Locale.ROOT, " ± %.2f", 100 * accuracy.deviation()),
        range(accuracyInterval),
        accuracy.folds().size() + " folds, " + pairs.size() + " pairs");
    table.row(
        "AUC",
        Figures.number(roc.areaUnderCurve(), 5),
        numbers(areaUnderCurveInterval()),
        genuine.length + " genuine, " + impostor.length + " impostor pairs");
    table.row("EER", Figures.percent(roc.equalErrorRate()), range(equalErrorRateInterval()), "");
    table.row("100 % - EER", Figures.percent(1 - roc.equalErrorRate()), "", "");
    for (int i = 0; i < FALSE_ACCEPT_RATES.size(); i++) {
      double rate = FALSE_ACCEPT_RATES.get(i);
      OperatingPoint point = roc.atFalseAcceptRate(rate);
      table.row(
          "TAR at FAR " + Figures.rateName(rate),
          Figures.percent(point.trueAcceptRate()),
          range(trueAcceptRateIntervals().get(i)),
          point.falseAccepts()
              + " of "
              + point.impostorPairs()
              + " impostor pairs"
              + (point.isMeasured() ? "" : ", too few for this rate"));
    }
    table.row("pairs without a face", withoutFace(), "", "counted as wrong");
    return table.table();
  }

  /** {@return a row per pair: fold, photos, kind, similarity, verdict} */
  public Table pairTable() {
    TableRows table = new TableRows("fold", "first", "second", "same", "similarity", "correct");
    for (ScoredPair pair : pairs) {
      table.row(
          pair.pair().fold(),
          pair.pair().first().file(),
          pair.pair().second().file(),
          pair.pair().same(),
          pair.isDecided() ? Figures.number(pair.similarity(), 6) : "",
          accuracy.isCorrect(pair));
    }
    return table.table();
  }

  /** {@return the figures for JSON: maps, lists and numbers; null if undefined} */
  public Map<String, @Nullable Object> values() {
    Map<String, @Nullable Object> values = new LinkedHashMap<>();
    values.put("pairs", pairs.size());
    values.put("accuracy", accuracy.mean());
    values.put("accuracyStd", accuracy.deviation());
    values.put("accuracyInterval", list(accuracyInterval));
    values.put("auc", Figures.orNull(roc.areaUnderCurve()));
    values.put("aucInterval", list(areaUnderCurveInterval()));
    values.put("eer", Figures.orNull(roc.equalErrorRate()));
    values.put("eerInterval", list(equalErrorRateInterval()));
    values.put("accuracyAtEer", Figures.orNull(1 - roc.equalErrorRate()));
    Map<String, @Nullable Object> rates = new LinkedHashMap<>();
    List<Object> points = new ArrayList<>();
    for (int i = 0; i < FALSE_ACCEPT_RATES.size(); i++) {
      double rate = FALSE_ACCEPT_RATES.get(i);
      OperatingPoint point = roc.atFalseAcceptRate(rate);
      rates.put(Figures.rateKey(rate), Figures.orNull(point.trueAcceptRate()));
      Map<String, @Nullable Object> one = operatingPoint(point);
      one.put("interval", list(trueAcceptRateIntervals().get(i)));
      points.add(one);
    }
    values.put("tarAtFar", rates);
    values.put("operatingPoints", points);
    values.put("withoutFace", withoutFace());
    List<Object> folds = new ArrayList<>();
    for (FoldAccuracy.Fold fold : accuracy.folds()) {
      Map<String, Object> one = new LinkedHashMap<>();
      one.put("fold", fold.index() + 1);
      one.put("pairs", fold.pairs());
      one.put("accuracy", fold.accuracy());
      one.put("threshold", fold.threshold());
      folds.add(one);
    }
    values.put("folds", folds);
    return values;
  }

  /**
   * {@return an operating point for JSON}
   *
   * @param point the point
   */
  public static Map<String, @Nullable Object> operatingPoint(OperatingPoint point) {
    Map<String, @Nullable Object> values = new LinkedHashMap<>();
    values.put("far", point.askedFalseAcceptRate());
    values.put("tar", Figures.orNull(point.trueAcceptRate()));
    values.put("threshold", Figures.orNull(point.threshold()));
    values.put("falseAccepts", point.falseAccepts());
    values.put("impostorPairs", point.impostorPairs());
    values.put("measured", point.isMeasured());
    return values;
  }

  private double[] scores(boolean same) {
    return pairs.stream()
        .filter(pair -> pair.pair().same() == same)
        .mapToDouble(p -> p.isDecided() ? p.similarity() : Double.NEGATIVE_INFINITY)
        .toArray();
  }

  private static EvaluationRun.EvaluatedPhoto photo(
      Map<Path, EvaluationRun.EvaluatedPhoto> photos, Path file) {
    EvaluationRun.EvaluatedPhoto photo = photos.get(file);
    if (photo == null) {
      throw new IllegalArgumentException(file + " was not embedded; embed all photos of the pairs");
    }
    return photo;
  }

  private static String range(ConfidenceInterval interval) {
    return Double.isNaN(interval.lower())
        ? "-"
        : String.format(
            Locale.ROOT, "%.2f to %.2f %%", 100 * interval.lower(), 100 * interval.upper());
  }

  private static String numbers(ConfidenceInterval interval) {
    return Double.isNaN(interval.lower())
        ? "-"
        : String.format(Locale.ROOT, "%.5f to %.5f", interval.lower(), interval.upper());
  }

  private static List<@Nullable Double> list(ConfidenceInterval interval) {
    List<@Nullable Double> list = new ArrayList<>();
    list.add(Figures.orNull(interval.lower()));
    list.add(Figures.orNull(interval.upper()));
    return list;
  }
}
