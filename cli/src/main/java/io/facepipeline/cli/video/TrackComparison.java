package io.facepipeline.cli.video;

import java.io.PrintWriter;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.function.Function;
import java.util.function.Supplier;

/** Runs a tracker and plain detection of every frame in turn, and compares them. */
final class TrackComparison {
  private TrackComparison() {}

  /** Runs both so often, after a warm-up of each, and prints the medians. */
  static TrackRun run(
      int rounds, Supplier<TrackRun> tracking, Supplier<TrackRun> plain, PrintWriter out) {
    List<TrackRun> tracked = new ArrayList<>();
    List<TrackRun> detected = new ArrayList<>();
    TrackRun last = tracking.get();
    TrackRun unused = plain.get();
    for (int i = 0; i < rounds; i++) {
      last = tracking.get();
      tracked.add(last);
      detected.add(plain.get());
      out.printf(
          Locale.ROOT,
          "round %d: %.1f frames/s tracking, %.1f detecting every frame%n",
          i + 1,
          last.findingRate(),
          detected.get(i).findingRate());
    }
    print(out, "finding faces", tracked, detected, TrackRun::findingRate);
    print(out, "with reading the frames", tracked, detected, TrackRun::totalRate);
    TrackRun every = detected.get(0);
    out.printf(
        Locale.ROOT,
        "of the %d faces that detecting every frame finds, tracking finds %d (%.1f %%), and %d"
            + " others; %d tracks against %d%n",
        every.count(),
        last.found(every),
        100.0 * last.found(every) / every.count(),
        last.count() - every.found(last),
        last.tracks().size(),
        every.tracks().size());
    return last;
  }

  private static void print(
      PrintWriter out,
      String what,
      List<TrackRun> tracked,
      List<TrackRun> detected,
      Function<TrackRun, Double> rate) {
    double fast = median(tracked, rate);
    double slow = median(detected, rate);
    out.printf(
        Locale.ROOT,
        "%s: median %.1f frames/s against %.1f, %.1f times%n",
        what,
        fast,
        slow,
        fast / slow);
  }

  private static double median(List<TrackRun> runs, Function<TrackRun, Double> rate) {
    double[] sorted = runs.stream().mapToDouble(rate::apply).sorted().toArray();
    return (sorted[sorted.length / 2] + sorted[(sorted.length - 1) / 2]) / 2;
  }
}
