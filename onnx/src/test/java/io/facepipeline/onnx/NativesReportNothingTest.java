package io.facepipeline.onnx;

import static org.junit.jupiter.api.Assertions.assertEquals;

import io.facepipeline.testkit.NativeLibraries;
import java.util.Map;
import org.junit.jupiter.api.Test;

/** ONNX Runtime 1.29.0 reports to its maker on Linux and macOS, so that 1.28.0 is what is used. */
class NativesReportNothingTest {
  @Test
  void noLibraryHoldsTheAddressOfAServiceThatCollectsWhatProgramsDo() {
    assertEquals(Map.of(), NativeLibraries.thatReport("onnxruntime-"));
  }
}
