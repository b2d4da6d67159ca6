package io.facepipeline.gallery;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.DisabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;

/** The short form of {@link CrashRounds}. */
@DisabledOnOs(value = OS.WINDOWS, disabledReason = "a killed process is another thing there")
final class GalleryCrashTest {
  private static final int KILLS = 10;

  @Test
  void whatWasAcknowledgedSurvivesBeingKilled(@TempDir Path folder) throws Exception {
    CrashRounds.Report report = CrashRounds.run(folder, KILLS, 7);
    System.out.println(report);
    assertEquals(KILLS, report.kills());
    assertTrue(report.acknowledged() > KILLS, report.toString());
  }
}
