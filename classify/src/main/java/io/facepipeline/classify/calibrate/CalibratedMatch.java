package io.facepipeline.classify.calibrate;

/**
 * The decision whether two embeddings show the same person, and its probability.
 *
 * @param same whether the threshold says that they are the same person
 * @param value the measured value: a cosine or a distance
 * @param threshold the threshold at the false-accept rate, in the same measure
 * @param falseAcceptRate the rate at which the threshold accepts different people
 * @param probability the probability that they are the same person, if both cases were equally
 *     frequent
 */
public record CalibratedMatch(
    boolean same, double value, double threshold, double falseAcceptRate, double probability) {}
