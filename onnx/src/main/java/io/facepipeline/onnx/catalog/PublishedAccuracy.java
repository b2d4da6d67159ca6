package io.facepipeline.onnx.catalog;

/**
 * The accuracy that the authors of a model state; not measured here.
 *
 * @param benchmark the measure and the data
 * @param percent the result
 * @param source the publication
 */
public record PublishedAccuracy(String benchmark, double percent, String source) {
  @Override
  public String toString() {
    return benchmark + " " + percent + " % (" + source + ")";
  }
}
