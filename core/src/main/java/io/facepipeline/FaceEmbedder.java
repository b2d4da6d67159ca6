package io.facepipeline;

import java.util.List;

/**
 * Turns aligned crops into embeddings. Implementations are thread-safe and own their native memory,
 * which {@link #close} frees; later use throws {@link IllegalStateException}.
 */
public interface FaceEmbedder extends AutoCloseable {
  /** {@return the model's card} */
  ModelCard card();

  /** {@return how the crops must be cut} */
  default CropSpec crop() {
    return card().crop();
  }

  /**
   * Embeds crops in batches.
   *
   * @param crops crops cut by {@link #crop()}
   * @return an embedding of unit length for each crop, in the same order
   * @throws IllegalArgumentException if a crop was cut by another rule or in another size
   * @throws FacePipelineException if the model fails
   * @throws IllegalStateException if the embedder is closed
   */
  List<Embedding> embed(List<AlignedFace> crops);

  /** Frees the model. Further calls do nothing. */
  @Override
  void close();
}
