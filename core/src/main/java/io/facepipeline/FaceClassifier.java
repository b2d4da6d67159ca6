package io.facepipeline;

/** Says whose face an embedding is of. Implementations are thread-safe. */
public interface FaceClassifier extends AutoCloseable {
  /**
   * Names the person of an embedding.
   *
   * @param probe the embedding
   * @return the label or unknown, with the score and the threshold used; without a face
   * @throws IllegalArgumentException if the embedding comes from another model than {@link
   *     #embedderId()}
   */
  Identification classify(Embedding probe);

  /**
   * {@return the {@link ModelCard#fingerprint() fingerprint} of the embedding model this classifier
   * works with}
   */
  String embedderId();

  /**
   * Makes a classifier for an embedder, once it is known which: {@link
   * FacePipelineBuilder#classifier(Factory)}.
   */
  @FunctionalInterface
  interface Factory {
    /**
     * Makes or opens a classifier.
     *
     * @param card the card of the embedder that the classifier is to work with
     * @return the classifier, which the caller closes
     * @throws FacePipelineException if it cannot be opened
     * @throws IllegalArgumentException if it works with another model
     */
    FaceClassifier create(ModelCard card);
  }

  /** Frees what the classifier holds; does nothing by default. */
  @Override
  default void close() {}
}
