package io.facepipeline.testkit;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Assumptions;

/** The memory this process holds, native memory included. */
public final class ResidentMemory {
  private static final Path STATUS = Path.of("/proc/self/status");

  private static final int ROUNDS = 8;

  private ResidentMemory() {}

  /**
   * {@return the resident memory in KiB; the calling test is skipped where the system does not
   * tell}
   */
  public static long kibibytes() {
    Assumptions.assumeTrue(
        Files.isReadable(STATUS), "this system does not tell a process its resident memory");
    System.gc();
    try {
      return Files.readAllLines(STATUS).stream()
          .filter(line -> line.startsWith("VmRSS:"))
          .mapToLong(line -> Long.parseLong(line.replaceAll("\\D", "")))
          .findFirst()
          .orElseThrow();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /**
   * {@return the least growth in KiB in several rounds of work} The heap grows in some rounds, what
   * leaks in every one. Ends early once a round grew by less than a limit.
   *
   * @param enough the limit in KiB
   * @param round the work; it must leak more than the limit if it leaks at all
   */
  public static long leastGrowth(long enough, Runnable round) {
    long least = Long.MAX_VALUE;
    for (int i = 0; i < ROUNDS && least >= enough; i++) {
      long before = kibibytes();
      round.run();
      least = Math.min(least, kibibytes() - before);
    }
    return least;
  }
}
