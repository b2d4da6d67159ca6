package io.facepipeline.onnx.catalog;

/**
 * What the authors of a model say of its accuracy. Not measured here.
 *
 * @param benchmark what was measured on which data
 * @param percent the result
 * @param source where it is published
 */
public record PublishedAccuracy(String benchmark, double percent, String source) {
  @Override
  public String toString() {
    return benchmark + " " + percent + " % (" + source + ")";
  }
}
