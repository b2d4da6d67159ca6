package io.facepipeline.evaluation.liveness;

import io.facepipeline.evaluation.Table;
import io.facepipeline.evaluation.internal.Figures;
import io.facepipeline.evaluation.internal.TableRows;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/**
 * How well live faces are told from presentation attacks, as ISO/IEC 30107-3 counts it. A face
 * whose score reaches the threshold counts as live.
 *
 * <ul>
 *   <li>APCER, the attack presentation classification error rate: the share of the attacks of one
 *       species, such as printed photos, that pass as live. For several species it is the rate of
 *       the worst.
 *   <li>BPCER, the bona fide presentation classification error rate: the share of live faces that
 *       are taken for attacks.
 *   <li>ACER: the mean of the two.
 * </ul>
 *
 * <p>Immutable.
 */
public final class LivenessReport {
  /** The attack error rates at which the other rate is reported: BPCER10, BPCER20 and BPCER100. */
  public static final List<Double> APCERS = List.of(0.1, 0.05, 0.01);

  private final double threshold;
  private final double[] live;
  private final Map<String, double[]> attacks;

  private LivenessReport(double threshold, double[] live, Map<String, double[]> attacks) {
    this.threshold = threshold;
    this.live = live;
    this.attacks = attacks;
  }

  /**
   * {@return the report of scores}
   *
   * @param live the scores of live faces, 0 to 1; higher is more live
   * @param attacks the scores of attacks by species, such as {@code print} and {@code replay}
   * @param threshold the least score of a live face
   * @throws IllegalArgumentException if there are no live faces, no attacks, a species without any,
   *     or a score that is not a number
   */
  public static LivenessReport of(
      List<Float> live, Map<String, List<Float>> attacks, double threshold) {
    if (live.isEmpty() || attacks.isEmpty() || attacks.values().stream().anyMatch(List::isEmpty)) {
      throw new IllegalArgumentException(
          "error rates need live faces and attacks of each species, got "
              + live.size()
              + " live faces and attacks "
              + counts(attacks));
    }
    Map<String, double[]> sorted = new LinkedHashMap<>();
    attacks.forEach((species, scores) -> sorted.put(species, sorted(scores)));
    return new LivenessReport(threshold, sorted(live), sorted);
  }

  private static Map<String, Integer> counts(Map<String, List<Float>> attacks) {
    Map<String, Integer> counts = new LinkedHashMap<>();
    attacks.forEach((species, scores) -> counts.put(species, scores.size()));
    return counts;
  }

  private static double[] sorted(List<Float> scores) {
    double[] sorted = scores.stream().mapToDouble(Float::doubleValue).sorted().toArray();
    if (Arrays.stream(sorted).anyMatch(Double::isNaN)) {
      throw new IllegalArgumentException("a score of liveness is not a number");
    }
    return sorted;
  }

  /** {@return the least score of a live face} */
  public double threshold() {
    return threshold;
  }

  /** {@return the species of the attacks, in the order given} */
  public List<String> species() {
    return List.copyOf(attacks.keySet());
  }

  /** {@return the attack error rate of the worst species at the threshold, 0 to 1} */
  public double apcer() {
    return apcer(threshold);
  }

  /** {@return the error rate of live faces at the threshold, 0 to 1} */
  public double bpcer() {
    return bpcer(threshold);
  }

  /** {@return the mean of both error rates at the threshold, 0 to 1} */
  public double acer() {
    return (apcer() + bpcer()) / 2;
  }

  /**
   * {@return the attack error rate of the worst species at another threshold, 0 to 1}
   *
   * @param least the least score of a live face
   */
  public double apcer(double least) {
    return attacks.values().stream().mapToDouble(scores -> passing(scores, least)).max().orElse(0);
  }

  /**
   * {@return the attack error rate of one species, 0 to 1}
   *
   * @param species the species
   * @param least the least score of a live face
   * @throws IllegalArgumentException if there is no such species
   */
  public double apcer(String species, double least) {
    double[] scores = attacks.get(species);
    if (scores == null) {
      throw new IllegalArgumentException(
          "there are no attacks of the species " + species + ", but of " + species());
    }
    return passing(scores, least);
  }

  /**
   * {@return the error rate of live faces at another threshold, 0 to 1}
   *
   * @param least the least score of a live face
   */
  public double bpcer(double least) {
    return 1 - passing(live, least);
  }

  /** The share of ascending scores that reach a threshold. */
  private static double passing(double[] scores, double least) {
    int below = 0;
    int end = scores.length;
    while (below < end) {
      int middle = (below + end) >>> 1;
      if (scores[middle] < least) {
        below = middle + 1;
      } else {
        end = middle;
      }
    }
    return (double) (scores.length - below) / scores.length;
  }

  /**
   * {@return the lowest threshold at which the worst species passes no more often; infinite if only
   * refusing everything does}
   *
   * @param apcer the highest attack error rate, 0 to 1
   */
  public double thresholdAtApcer(double apcer) {
    return thresholds().stream()
        .filter(least -> apcer(least) <= apcer)
        .findFirst()
        .orElse(Double.POSITIVE_INFINITY);
  }

  /**
   * {@return the error rate of live faces at {@link #thresholdAtApcer}, 0 to 1}
   *
   * @param apcer the highest attack error rate, 0 to 1
   */
  public double bpcerAtApcer(double apcer) {
    return bpcer(thresholdAtApcer(apcer));
  }

  /**
   * {@return the threshold at which the larger of the two error rates is the smallest; both are
   * about equal there}
   */
  public double equalErrorThreshold() {
    double best = Double.POSITIVE_INFINITY;
    double error = worse(best);
    for (double least : thresholds()) {
      if (worse(least) < error) {
        best = least;
        error = worse(least);
      }
    }
    return best;
  }

  private double worse(double least) {
    return Math.max(apcer(least), bpcer(least));
  }

  /** {@return all thresholds at which an error rate changes, ascending} */
  public List<Double> thresholds() {
    TreeSet<Double> all = new TreeSet<>();
    Arrays.stream(live).forEach(all::add);
    for (double[] scores : attacks.values()) {
      Arrays.stream(scores).forEach(all::add);
      // Where none of them passes; a number that is kept where thresholds are floats.
      all.add((double) Math.nextUp((float) scores[scores.length - 1]));
    }
    return List.copyOf(all);
  }

  /** {@return the figures as a table} */
  public Table table() {
    TableRows table = new TableRows("figure", "value", "based on");
    String at = "at threshold " + Figures.number(threshold, 3);
    attacks.forEach(
        (species, scores) ->
            table.row(
                "APCER, " + species,
                Figures.percent(passing(scores, threshold)),
                scores.length + " attacks"));
    table.row("APCER of the worst species", Figures.percent(apcer()), at);
    table.row("BPCER", Figures.percent(bpcer()), live.length + " live faces");
    table.row("ACER", Figures.percent(acer()), at);
    for (double apcer : APCERS) {
      table.row(
          "BPCER at an APCER of " + Figures.percent(apcer),
          Figures.percent(bpcerAtApcer(apcer)),
          "threshold " + Figures.number(thresholdAtApcer(apcer), 3));
    }
    double equal = equalErrorThreshold();
    table.row(
        "equal error rate",
        Figures.percent((apcer(equal) + bpcer(equal)) / 2),
        "threshold " + Figures.number(equal, 3));
    return table.table();
  }

  /** {@return the figures for JSON: maps and numbers; null if undefined} */
  public Map<String, @Nullable Object> values() {
    Map<String, @Nullable Object> values = new LinkedHashMap<>();
    values.put("live", live.length);
    values.put("threshold", threshold);
    values.put("apcer", apcer());
    values.put("bpcer", bpcer());
    values.put("acer", acer());
    Map<String, @Nullable Object> bySpecies = new LinkedHashMap<>();
    attacks.forEach(
        (species, scores) ->
            bySpecies.put(
                species, Map.of("attacks", scores.length, "apcer", passing(scores, threshold))));
    values.put("species", bySpecies);
    Map<String, @Nullable Object> atApcer = new LinkedHashMap<>();
    for (double apcer : APCERS) {
      Map<String, @Nullable Object> point = new LinkedHashMap<>();
      point.put("bpcer", bpcerAtApcer(apcer));
      point.put("threshold", Figures.orNull(thresholdAtApcer(apcer)));
      atApcer.put(Figures.rateKey(apcer), point);
    }
    values.put("atApcer", atApcer);
    double equal = equalErrorThreshold();
    values.put("eer", (apcer(equal) + bpcer(equal)) / 2);
    values.put("eerThreshold", Figures.orNull(equal));
    return values;
  }
}
