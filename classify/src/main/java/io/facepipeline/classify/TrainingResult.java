package io.facepipeline.classify;

/**
 * A classifier and the report of its training.
 *
 * @param <T> its type
 * @param classifier the classifier
 * @param report the report
 */
public record TrainingResult<T extends TrainedClassifier>(T classifier, TrainingReport report) {}
