package io.facepipeline.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;

import io.facepipeline.testkit.NativeLibraries;
import java.util.Map;
import org.junit.jupiter.api.Test;

/** FFmpeg, for video. */
class NativesReportNothingTest {
  @Test
  void noLibraryHoldsTheAddressOfAServiceThatCollectsWhatProgramsDo() {
    assertEquals(Map.of(), NativeLibraries.thatReport("ffmpeg-"));
    assertEquals(Map.of(), NativeLibraries.thatReport("javacpp-"));
  }
}
