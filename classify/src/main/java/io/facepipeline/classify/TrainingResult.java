package io.facepipeline.classify;

/**
 * A classifier and how its training went.
 *
 * @param <T> its type
 * @param classifier the classifier
 * @param report how its training went
 */
public record TrainingResult<T extends TrainedClassifier>(T classifier, TrainingReport report) {}
