package io.facepipeline.opencv;

import static org.junit.jupiter.api.Assertions.assertEquals;

import io.facepipeline.testkit.NativeLibraries;
import java.util.Map;
import org.junit.jupiter.api.Test;

/** OpenCV and what it stands on. */
class NativesReportNothingTest {
  @Test
  void noLibraryHoldsTheAddressOfAServiceThatCollectsWhatProgramsDo() {
    assertEquals(Map.of(), NativeLibraries.thatReport("opencv-4"));
    assertEquals(Map.of(), NativeLibraries.thatReport("openblas-"));
  }
}
