package io.facepipeline.evaluation.gallerysize;

import io.facepipeline.Embedding;
import io.facepipeline.ModelCard.Thresholds;
import io.facepipeline.ProgressListener;
import io.facepipeline.evaluation.EvaluationRun.EvaluatedPhoto;
import io.facepipeline.evaluation.gallerysize.DistractorScan.Nearest;
import io.facepipeline.evaluation.identification.IdentificationReport;
import io.facepipeline.evaluation.identification.IdentificationReport.Probe;
import io.facepipeline.evaluation.internal.ImpostorScores;
import io.facepipeline.evaluation.verification.RocCurve.OperatingPoint;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.TreeMap;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * Identification as the gallery grows: the people who are asked for are enrolled together with more
 * and more distractors, of whom there are no probes. After Kemelmacher-Shlizerman et al., "The
 * MegaFace Benchmark" (2016), with strangers as in {@link IdentificationReport}.
 *
 * @param sizes the sizes of the gallery, ascending
 * @param tail what the formula for independent comparisons says, from the strangers' similarities
 *     with the real faces
 * @param check how well made distractors stand for real ones; null if there are none
 */
public record GallerySizeReport(List<Size> sizes, FalseMatches tail, @Nullable Check check) {
  /** Fewer real faces are not enough to make others from. */
  public static final int LEAST_TO_MAKE = 100;

  /**
   * What is compared.
   *
   * @param split who is enrolled, and whom the probes show
   * @param photos the photos of the split
   * @param distractors a face of each further person
   * @param sizes the numbers of enrolled people, ascending, at least those of the split
   * @param rates the shares of strangers who may get a name
   * @param seed the same seed gives the same galleries
   * @param threads how many threads compare
   */
  public record Protocol(
      IdentificationReport.Split split,
      Map<Path, EvaluatedPhoto> photos,
      List<Embedding> distractors,
      List<Integer> sizes,
      List<Double> rates,
      long seed,
      int threads) {
    private int enrolled() {
      return split.gallery().size();
    }

    /** How many distractors the largest gallery has. */
    private int wanted() {
      return sizes.get(sizes.size() - 1) - enrolled();
    }
  }

  /**
   * What a threshold does.
   *
   * @param threshold the lowest similarity that gets a name
   * @param identified probes whose person ranks first and reaches it
   * @param probes photos of enrolled people
   * @param named strangers who reach it with somebody
   * @param strangers photos of strangers
   */
  public record AtThreshold(
      double threshold, int identified, int probes, int named, int strangers) {
    static AtThreshold of(IdentificationReport report, double threshold) {
      return new AtThreshold(
          threshold,
          (int)
              report.probes().stream().filter(p -> p.rank() == 1 && p.score() >= threshold).count(),
          report.probes().size(),
          (int) report.strangers().stream().filter(p -> p.bestScore() >= threshold).count(),
          report.strangers().size());
    }

    /** {@return the detection and identification rate} */
    public double identificationRate() {
      return (double) identified / probes;
    }

    /** {@return the share of strangers who get a name} */
    public double falseAcceptRate() {
      return (double) named / strangers;
    }
  }

  /**
   * An open-set rate.
   *
   * @param falseAcceptRate the share of strangers who may get a name
   * @param measured at the threshold that this share of the strangers reach
   * @param enough whether there are enough strangers for it
   * @param formula at the threshold that the formula gives
   * @param extrapolated whether too few pairs reach that threshold to measure it
   * @param card at the threshold that the model's card gives for so many faces, if it has one
   */
  public record Rate(
      double falseAcceptRate,
      AtThreshold measured,
      boolean enough,
      AtThreshold formula,
      boolean extrapolated,
      @Nullable AtThreshold card) {}

  /**
   * A gallery.
   *
   * @param people everybody enrolled
   * @param made how many of them are made
   * @param rankOne how often the right person ranks first
   * @param rates the open-set rates
   * @param card at the card's identification threshold, if it has one
   * @param cardByFormula the share of strangers who reach that threshold by the formula; NaN if it
   *     has none
   */
  public record Size(
      int people,
      int made,
      double rankOne,
      List<Rate> rates,
      @Nullable AtThreshold card,
      double cardByFormula) {}

  /**
   * Two galleries of the same size, one of real distractors, and one in which as many are made, in
   * proportion, as in the largest gallery.
   */
  public record Check(Size real, Size made) {}

  /**
   * {@return the report of galleries}
   *
   * @param protocol what is compared
   * @param card the model's thresholds, if somebody has measured them
   * @param listener is told how many distractors were compared
   * @throws IllegalArgumentException if there are too few real distractors to make others, or no
   *     probe has a face
   */
  public static GallerySizeReport of(
      Protocol protocol, @Nullable Thresholds card, ProgressListener listener) {
    Distractors real = Distractors.of(protocol.distractors(), protocol.seed());
    int wanted = protocol.wanted();
    if (wanted > real.count() && real.count() < LEAST_TO_MAKE) {
      throw new IllegalArgumentException(
          "there are "
              + real.count()
              + " distractors, too few to make others from, and "
              + wanted
              + " are wanted; give at least "
              + LEAST_TO_MAKE);
    }
    Measurement measurement = new Measurement(protocol, card);
    List<Size> sizes = measurement.of(real, protocol.sizes(), listener);
    Check check = null;
    if (wanted > real.count()) {
      int base = (int) Math.max(LEAST_TO_MAKE / 2, (long) real.count() * real.count() / wanted);
      List<Integer> size = List.of(protocol.enrolled() + real.count());
      check =
          new Check(
              measurement.of(real, size, listener).get(0),
              measurement.of(real.fromReal(base), size, listener).get(0));
    }
    return new GallerySizeReport(sizes, measurement.tail, check);
  }

  /** The probes, and what is the same for all galleries. */
  private static final class Measurement {
    private final Protocol protocol;
    private final @Nullable Thresholds card;

    /** Whether the card's thresholds tell those of other galleries. */
    private final boolean isForSizes;

    private final IdentificationReport closest;
    private final List<float @Nullable []> vectors = new ArrayList<>();
    private final double[] own;
    private final FalseMatches tail;

    Measurement(Protocol protocol, @Nullable Thresholds card) {
      this.protocol = protocol;
      this.card = card;
      isForSizes = card != null && card.identification() > card.verification();
      closest = IdentificationReport.of(protocol.split(), protocol.photos());
      List<Probe> all =
          Stream.concat(closest.probes().stream(), closest.strangers().stream()).toList();
      own = new double[all.size()];
      for (int i = 0; i < own.length; i++) {
        Probe probe = all.get(i);
        own[i] = probe.rank() > 0 ? probe.score() : Double.POSITIVE_INFINITY;
        vectors.add(
            embedding(probe.photo().file()).map(Embedding::toArray).findFirst().orElse(null));
      }
      tail = FalseMatches.of(scores());
    }

    private Stream<Embedding> embedding(Path file) {
      return Objects.requireNonNull(protocol.photos().get(file)).embedding().stream();
    }

    /** Every stranger with everybody who is really there. */
    private ImpostorScores scores() {
      Map<String, List<Embedding>> strangers = new TreeMap<>();
      for (Probe stranger : closest.strangers()) {
        embedding(stranger.photo().file())
            .forEach(
                face ->
                    strangers
                        .computeIfAbsent(stranger.photo().person(), p -> new ArrayList<>())
                        .add(face));
      }
      Map<String, List<Embedding>> others = new TreeMap<>();
      protocol
          .split()
          .gallery()
          .forEach(
              (person, files) ->
                  others.put(person, files.stream().flatMap(this::embedding).toList()));
      // No label of a person begins so: no folder's name does.
      for (int i = 0; i < protocol.distractors().size(); i++) {
        others.put("/" + i, List.of(protocol.distractors().get(i)));
      }
      return ImpostorScores.across(strangers, others, protocol.threads());
    }

    List<Size> of(Distractors distractors, List<Integer> sizes, ProgressListener listener) {
      int dimensions =
          vectors.stream()
              .filter(Objects::nonNull)
              .mapToInt(v -> v.length)
              .findFirst()
              .orElseThrow(
                  () ->
                      new IllegalArgumentException(
                          "no face was found in any photo of the people who are asked for"));
      List<Integer> counts = sizes.stream().map(size -> size - protocol.enrolled()).toList();
      List<Nearest> nearest =
          new DistractorScan(vectors, own, dimensions)
              .compare(distractors, counts, protocol.threads(), listener);
      List<Size> results = new ArrayList<>();
      for (int i = 0; i < counts.size(); i++) {
        int made = Math.max(0, counts.get(i) - distractors.count());
        results.add(size(sizes.get(i), made, nearest.get(i)));
      }
      return results;
    }

    private Size size(int people, int made, Nearest nearest) {
      List<Probe> probes = new ArrayList<>();
      List<Probe> strangers = new ArrayList<>();
      int known = closest.probes().size();
      for (int i = 0; i < own.length; i++) {
        Probe probe = i < known ? closest.probes().get(i) : closest.strangers().get(i - known);
        (i < known ? probes : strangers).add(grown(probe, nearest.best()[i], nearest.above()[i]));
      }
      IdentificationReport report = IdentificationReport.of(probes, strangers, people);
      List<Rate> rates = new ArrayList<>();
      for (double rate : protocol.rates()) {
        OperatingPoint point = report.detectionAndIdentification(rate);
        FalseMatches.Threshold formula = tail.threshold(rate, faces(people));
        rates.add(
            new Rate(
                rate,
                AtThreshold.of(report, point.threshold()),
                point.isMeasured(),
                AtThreshold.of(report, formula.similarity()),
                formula.extrapolated(),
                card == null || !isForSizes
                    ? null
                    : AtThreshold.of(report, card.identification(faces(people), rate))));
      }
      return new Size(
          people,
          made,
          report.identificationRate(1),
          rates,
          card == null ? null : AtThreshold.of(report, card.identification()),
          card == null ? Double.NaN : tail.strangersNamed(card.identification(), faces(people)));
    }

    /** People of the split may be enrolled with several photos. */
    private long faces(int people) {
      return (long) people
          - protocol.enrolled()
          + protocol.split().gallery().values().stream().mapToInt(List::size).sum();
    }

    private static Probe grown(Probe probe, float best, int above) {
      if (Double.isNaN(probe.bestScore())) {
        return probe;
      }
      return new Probe(
          probe.photo(),
          probe.rank() == 0 ? 0 : probe.rank() + above,
          probe.score(),
          probe.best(),
          Math.max(probe.bestScore(), best));
    }
  }
}
