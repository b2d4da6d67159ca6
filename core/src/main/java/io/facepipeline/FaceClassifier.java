package io.facepipeline;

import java.util.List;

/** Tells whose face an embedding shows. Implementations are thread-safe. */
public interface FaceClassifier extends AutoCloseable {
  /**
   * Names the person of an embedding.
   *
   * @param probe the embedding
   * @return the label or unknown, with the score and the threshold used
   * @throws IllegalArgumentException if the embedding comes from another model than {@link
   *     #fingerprint()}
   */
  Match classify(Embedding probe);

  /**
   * Names the people of several embeddings, such as those of all faces of a photo. The default runs
   * one by one; a classifier that is faster with several overrides it.
   *
   * @param probes the embeddings; may be empty
   * @return the result of {@link #classify} for each, in the same order; scores may differ by
   *     rounding
   * @throws IllegalArgumentException if an embedding comes from another model
   */
  default List<Match> classifyAll(List<Embedding> probes) {
    return probes.stream().map(this::classify).toList();
  }

  /**
   * {@return the {@link ModelCard#fingerprint() fingerprint} of the embedding model this classifier
   * works with}
   */
  String fingerprint();

  /** Creates a classifier for an embedder: {@link FacePipelineBuilder#classifier(Factory)}. */
  @FunctionalInterface
  interface Factory {
    /**
     * Creates or opens a classifier.
     *
     * @param card the card of the embedder
     * @return the classifier, which the caller closes
     * @throws FacePipelineException if it cannot be opened
     * @throws IllegalArgumentException if it works with another model
     */
    FaceClassifier create(ModelCard card);
  }

  /** Frees the classifier's resources; does nothing by default. */
  @Override
  default void close() {}
}
