package io.facepipeline.examples;

import io.facepipeline.Embedding;
import io.facepipeline.FaceClassifier;
import io.facepipeline.ModelCard;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Makes a classifier of the embeddings of known people. */
interface ClassifierTraining {
  /**
   * Trains a classifier.
   *
   * @param kind svm, knn, centroid or logistic
   * @param card the embedder's card
   * @param people the embeddings of each person; people without any are not there
   * @param threshold the least score of a known person; null for what the kind or the card says;
   *     negative infinity if nobody is to be rejected
   * @return the classifier, which the caller closes
   * @throws IllegalArgumentException if there is no such kind
   */
  FaceClassifier train(
      String kind, ModelCard card, Map<String, List<Embedding>> people, @Nullable Float threshold);
}
