package io.facepipeline.classify.file;

import io.facepipeline.classify.training.LogisticCurve;

/**
 * What a classifier's own scores mean, and from where on a face is a known person's.
 *
 * @param curve from the classifier's score to a probability; rises
 * @param threshold the least probability of a known person
 */
public record Rejection(LogisticCurve curve, float threshold) {
  public float score(double raw) {
    return (float) curve.probability(raw);
  }
}
