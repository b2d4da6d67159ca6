package io.facepipeline.classify.file;

import io.facepipeline.classify.ClassifierKind;
import io.facepipeline.classify.TrainingReport;
import java.util.List;

/**
 * All there is to a trained classifier.
 *
 * @param embedder the fingerprint of the model of its embeddings
 * @param labels the people, in the order of the scorer's scores
 */
public record ClassifierState(
    ClassifierKind kind,
    String embedder,
    List<String> labels,
    Scorer scorer,
    Rejection rejection,
    TrainingReport.Summary summary) {}
