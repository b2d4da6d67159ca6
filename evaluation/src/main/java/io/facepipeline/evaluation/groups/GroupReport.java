package io.facepipeline.evaluation.groups;

import io.facepipeline.Embedding;
import io.facepipeline.evaluation.Table;
import io.facepipeline.evaluation.internal.Figures;
import io.facepipeline.evaluation.internal.TableRows;
import io.facepipeline.evaluation.internal.WilsonInterval;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * How often people of a group are taken for one another, at a threshold that is the same for all,
 * and how often a worse view of a photo is still recognized. Every photo shows another person.
 *
 * @param label what the group shares, such as the origin
 * @param group its value
 * @param photos of the group in which a face was found
 * @param falseAccepts pairs of different people of the group that reach the threshold
 * @param pairs pairs of different people of the group
 * @param error the standard error of the false-accept rate
 * @param accepted worse views that are accepted as the person of the photo
 */
public record GroupReport(
    String label,
    String group,
    int photos,
    long falseAccepts,
    long pairs,
    double error,
    int accepted) {
  private static final double DEVIATIONS = 1.96;

  /** A photo and a worse view of it, in which a face may be missed. */
  public record Views(Embedding photo, @Nullable Embedding worse) {}

  /**
   * {@return the report of a group}
   *
   * @param views the photos of the group
   * @param threshold the similarity that is accepted
   */
  public static GroupReport of(String label, String group, List<Views> views, double threshold) {
    int n = views.size();
    long[] taken = new long[n];
    int accepted = 0;
    for (int a = 0; a < n; a++) {
      Views own = views.get(a);
      Embedding worse = own.worse();
      accepted += worse != null && own.photo().similarity(worse) >= threshold ? 1 : 0;
      for (int b = 0; b < a; b++) {
        if (own.photo().similarity(views.get(b).photo()) >= threshold) {
          taken[a]++;
          taken[b]++;
        }
      }
    }
    long falseAccepts = 0;
    double squares = 0;
    for (long one : taken) {
      falseAccepts += one;
      squares += (double) one * one;
    }
    falseAccepts /= 2;
    return new GroupReport(
        label,
        group,
        n,
        falseAccepts,
        (long) n * (n - 1) / 2,
        error(n, 2 * falseAccepts, squares),
        accepted);
  }

  /**
   * The error of a mean over all pairs. Pairs that share a photo go together, so it is the photos
   * that count (Hoeffding 1948): twice the deviation of each photo's rate, over the root of n.
   */
  private static double error(int n, long sum, double squares) {
    if (n < 3) {
      return Double.NaN;
    }
    double mean = (double) sum / n;
    double variance = (squares / n - mean * mean) * n / (n - 1);
    return 2 * Math.sqrt(Math.max(0, variance) / n) / (n - 1);
  }

  /** {@return the share of the pairs that reach the threshold; NaN without pairs} */
  public double falseAcceptRate() {
    return (double) falseAccepts / pairs;
  }

  /** {@return the share of the worse views that are accepted; NaN without photos} */
  public double trueAcceptRate() {
    return (double) accepted / photos;
  }

  /**
   * The 95 % interval of the false-accept rate. Where all photos have the same rate, such as none,
   * how far they differ says nothing: then only pairs that share no photo count, half as many as
   * there are photos.
   */
  private double[] falseAcceptInterval() {
    if (pairs > 0 && !(error > 0)) {
      int apart = photos / 2;
      return WilsonInterval.of(Math.round(falseAcceptRate() * apart), apart);
    }
    double half = DEVIATIONS * error;
    return new double[] {
      Math.max(0, falseAcceptRate() - half), Math.min(1, falseAcceptRate() + half)
    };
  }

  /** {@return a row a group} */
  public static Table table(List<GroupReport> reports) {
    TableRows table =
        new TableRows(
            "label",
            "group",
            "photos",
            "pairs",
            "false accepts",
            "FAR, 95 % interval",
            "TAR of worse views, 95 % interval");
    for (GroupReport one : reports) {
      double[] far = one.falseAcceptInterval();
      double[] tar = WilsonInterval.of(one.accepted, one.photos);
      table.row(
          one.label,
          one.group,
          one.photos,
          one.pairs,
          one.falseAccepts,
          Double.isNaN(far[0])
              ? "-"
              : String.format(
                  Locale.ROOT,
                  "%.4f %%, %.4f to %.4f",
                  100 * one.falseAcceptRate(),
                  100 * far[0],
                  100 * far[1]),
          Double.isNaN(tar[0])
              ? "-"
              : String.format(
                  Locale.ROOT,
                  "%s, %.1f to %.1f",
                  Figures.percent(one.trueAcceptRate()),
                  100 * tar[0],
                  100 * tar[1]));
    }
    return table.table();
  }

  /** {@return the figures for JSON; null if undefined} */
  public Map<String, @Nullable Object> values() {
    Map<String, @Nullable Object> values = new LinkedHashMap<>();
    values.put("label", label);
    values.put("group", group);
    values.put("photos", photos);
    values.put("pairs", pairs);
    values.put("falseAccepts", falseAccepts);
    values.put("far", Figures.orNull(falseAcceptRate()));
    values.put("farInterval", list(falseAcceptInterval()));
    values.put("tarOfWorseViews", Figures.orNull(trueAcceptRate()));
    values.put("tarInterval", list(WilsonInterval.of(accepted, photos)));
    return values;
  }

  private static List<@Nullable Double> list(double[] interval) {
    List<@Nullable Double> list = new ArrayList<>();
    list.add(Figures.orNull(interval[0]));
    list.add(Figures.orNull(interval[1]));
    return list;
  }
}
