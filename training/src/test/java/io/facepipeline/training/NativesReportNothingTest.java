package io.facepipeline.training;

import static org.junit.jupiter.api.Assertions.assertEquals;

import io.facepipeline.testkit.NativeLibraries;
import java.util.Map;
import org.junit.jupiter.api.Test;

/** PyTorch, for training. */
class NativesReportNothingTest {
  @Test
  void noLibraryHoldsTheAddressOfAServiceThatCollectsWhatProgramsDo() {
    assertEquals(Map.of(), NativeLibraries.thatReport("pytorch-"));
  }
}
