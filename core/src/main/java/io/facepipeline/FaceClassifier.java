package io.facepipeline;

import java.util.List;

/** Says whose face an embedding is of. Implementations are thread-safe. */
public interface FaceClassifier extends AutoCloseable {
  /**
   * Names the person of an embedding.
   *
   * @param probe the embedding
   * @return the label or unknown, with the score and the threshold used
   * @throws IllegalArgumentException if the embedding comes from another model than that of {@link
   *     #fingerprint()}
   */
  Match classify(Embedding probe);

  /**
   * Names the people of several embeddings, such as those of all faces of a photo. By default one
   * by one; a classifier that does several faster together overrides it.
   *
   * @param probes the embeddings; may be none
   * @return what {@link #classify} says of each, in the same order; scores may differ from those of
   *     one alone by rounding
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
