package io.facepipeline.classify.training;

import io.facepipeline.classify.ClassifierException;
import io.facepipeline.classify.file.Rejection;
import java.util.Arrays;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/**
 * Finds from where on a face is a known person's, so that strangers are named at most as often as
 * the user allows.
 */
public final class StrangerRejection {
  /** What is aimed for where the user names no rate and there are photos enough. */
  static final double USUAL_RATE = 0.01;

  private StrangerRejection() {}

  /** A rejection, the rate it keeps, and how many faces of strangers it would let through. */
  public record Fit(Rejection rejection, double rate, int accepted) {}

  /**
   * Of n faces of strangers and one more, each is as likely to score highest. So the threshold
   * above the k-th highest of n lets the next stranger through with probability k / (n + 1),
   * whatever the scores' distribution (split conformal prediction; Vovk, Gammerman, Shafer 2005).
   * Where the known people's scores leave a gap above that, the threshold lies in its middle: none
   * of them is lost, and fewer strangers get through.
   *
   * @param known scores of known people's photos with classifiers that had not seen them
   * @param strangers the best scores of strangers' faces
   * @param wanted the rate, or null for 1 % or as near as the faces allow
   */
  public static Fit fit(double[] known, double[] strangers, @Nullable Double wanted) {
    LogisticCurve curve = curve(known, strangers);
    int faces = strangers.length;
    double finest = 1.0 / (faces + 1);
    double rate = wanted != null ? wanted : Math.max(USUAL_RATE, finest);
    if (rate < finest * (1 - 1e-9)) {
      throw ClassifierException.untrainable(
          String.format(
              Locale.ROOT,
              "a false-accept rate of %s needs %d faces of strangers, there are %d (each photo"
                  + " counts as one while its person is left out); give more photos, or ask for a"
                  + " rate of at least %.4f",
              rate,
              (long) Math.ceil(1 / rate - 1e-6) - 1,
              faces,
              finest));
    }
    double[] sorted = strangers.clone();
    Arrays.sort(sorted);
    int above = (int) Math.floor(rate * (faces + 1) + 1e-9) - 1;
    double refused = sorted[faces - 1 - above];
    double lowest = Arrays.stream(known).min().orElseThrow();
    // The next float, since the score that must be refused may round to the same one.
    float threshold = Math.nextUp((float) curve.probability(refused));
    if (lowest > refused) {
      float middle = (float) curve.probability((refused + lowest) / 2);
      threshold = Math.max(threshold, middle);
    }
    Rejection rejection = new Rejection(curve, threshold);
    int accepted =
        (int)
            Arrays.stream(strangers)
                .filter(s -> rejection.score(s) >= rejection.threshold())
                .count();
    return new Fit(rejection, rate, accepted);
  }

  /** Names everyone; the curve tells the right from the wrong person. */
  public static Fit closed(double[] known, double[] wrong) {
    return new Fit(new Rejection(curve(known, wrong), 0), 1, wrong.length);
  }

  private static LogisticCurve curve(double[] known, double[] others) {
    LogisticCurve curve = LogisticCurve.fit(known, others);
    if (!(curve.slope() > 0)) {
      throw ClassifierException.untrainable(
          "photos of the same person are no more similar than photos of different people; check"
              + " that each folder holds photos of its person, and that the detector finds the"
              + " right faces");
    }
    return curve;
  }
}
