package io.facepipeline.onnx;

import io.facepipeline.FacePipelineException;

/** A process that loads ONNX Runtime and says how that went. */
final class LoadsRuntime {
  static final String LOADED = "loaded";

  private LoadsRuntime() {}

  /** Prints {@link #LOADED}, or the library's exceptions of two attempts. */
  public static void main(String[] args) {
    for (int attempt = 0; attempt < 2; attempt++) {
      try {
        System.out.println(
            OnnxOptions.Provider.available().contains(OnnxOptions.Provider.CPU)
                ? LOADED
                : "no cpu");
        return;
      } catch (FacePipelineException e) {
        System.out.println(e);
      }
    }
  }
}
