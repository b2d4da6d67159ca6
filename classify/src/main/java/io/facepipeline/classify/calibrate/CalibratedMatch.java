package io.facepipeline.classify.calibrate;

/**
 * Whether two embeddings are of one person, and how sure that is.
 *
 * @param same whether the value is on the threshold's side of the same person
 * @param value the measure of the two: a cosine or a distance
 * @param threshold the threshold at the false-accept rate, in the same measure
 * @param falseAcceptRate how often two different people are called the same at the threshold
 * @param probability the probability that it is the same person, were both cases as frequent
 */
public record CalibratedMatch(
    boolean same, double value, double threshold, double falseAcceptRate, double probability) {}
