package io.facepipeline.testkit;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Assumptions;

/** Runs Python, which is the judge of files that are made for it. */
public final class Python {
  private Python() {}

  /** Skips the calling test where there is no {@code python3} with NumPy. */
  public static void assumeNumpy() {
    Assumptions.assumeTrue(complaintOf("import numpy").isEmpty(), "no python3 with numpy");
  }

  /**
   * Runs a script with {@code python3}.
   *
   * @return what it printed if it failed; empty if it ran
   */
  public static String complaintOf(String... lines) {
    Process python;
    try {
      python = new ProcessBuilder("python3", "-").redirectErrorStream(true).start();
    } catch (IOException e) {
      return e.toString();
    }
    try {
      try (var in = python.getOutputStream()) {
        in.write(String.join("\n", lines).getBytes(StandardCharsets.UTF_8));
      }
      String said = new String(python.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
      if (!python.waitFor(1, TimeUnit.MINUTES)) {
        throw new AssertionError("python3 did not end within a minute");
      }
      return python.exitValue() == 0 ? "" : said + "exit " + python.exitValue();
    } catch (IOException e) {
      return e.toString();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new AssertionError(e);
    } finally {
      python.destroy();
    }
  }
}
