package io.facepipeline.benchmarks;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/**
 * Settings of one thing, run in turn within one process, so that whatever else the machine does
 * meets them alike. Medians of many short rounds.
 */
final class Contest implements AutoCloseable {
  private static final int WARM_UPS = 2;

  private final String choice;
  private final List<Entrant> entrants = new ArrayList<>();

  /** A setting, what it runs, and how that is let go. */
  private record Entrant(String setting, boolean chosen, Runnable run, Runnable release) {}

  /**
   * What came out for a setting.
   *
   * @param choice what is chosen
   * @param setting one of the settings
   * @param chosen whether the library takes it on this machine
   * @param millis the median of a run
   * @param ratio the median of the rounds' ratios to the chosen setting
   */
  record Result(String choice, String setting, boolean chosen, double millis, double ratio) {}

  Contest(String choice) {
    this.choice = choice;
  }

  /** Adds a setting; exactly one is the chosen one. */
  void add(String setting, boolean chosen, Runnable run, Runnable release) {
    entrants.add(new Entrant(setting, chosen, run, release));
  }

  List<Result> run(int rounds) {
    int count = entrants.size();
    double[][] times = new double[count][rounds];
    for (int round = -WARM_UPS; round < rounds; round++) {
      for (int i = 0; i < count; i++) {
        // Each begins as often as the others.
        int entrant = Math.floorMod(round + i, count);
        long start = System.nanoTime();
        entrants.get(entrant).run().run();
        if (round >= 0) {
          times[entrant][round] = (System.nanoTime() - start) / 1e6;
        }
      }
    }
    int base = 0;
    while (!entrants.get(base).chosen()) {
      base++;
    }
    List<Result> results = new ArrayList<>();
    for (int i = 0; i < count; i++) {
      double[] ratios = new double[rounds];
      for (int round = 0; round < rounds; round++) {
        ratios[round] = times[i][round] / times[base][round];
      }
      Entrant entrant = entrants.get(i);
      results.add(
          new Result(
              choice, entrant.setting(), entrant.chosen(), median(times[i]), median(ratios)));
    }
    return results;
  }

  private static double median(double[] values) {
    double[] sorted = values.clone();
    Arrays.sort(sorted);
    return sorted[sorted.length / 2];
  }

  @Override
  public void close() {
    entrants.forEach(entrant -> entrant.release().run());
  }
}
