package io.facepipeline.embedding.internal;

import io.facepipeline.ModelCard;
import io.facepipeline.embedding.Architecture;
import io.facepipeline.onnx.MalformedModelException;
import io.facepipeline.onnx.checkpoint.Checkpoint;
import io.facepipeline.onnx.graph.Graph;

/** Embedders of weights that are in no catalog: their card says what a catalog would. */
public final class CardedNetwork {
  private CardedNetwork() {}

  /** The network of a checkpoint, of the architecture that the card names. */
  public static Graph graph(Checkpoint checkpoint, ModelCard card) {
    Architecture architecture =
        Architectures.find(card.architecture())
            .orElseThrow(
                () ->
                    new MalformedModelException(
                        "the card of "
                            + card.id()
                            + " names the architecture "
                            + card.architecture()
                            + "; known are "
                            + Architecture.known().stream().map(Architecture::name).toList()
                            + "; correct the card"));
    Fit.require(architecture, checkpoint, "ModelFile.read tells what the file is");
    int size = architecture.outputSize(checkpoint);
    if (card.embeddingSize() != size) {
      throw new MalformedModelException(
          "the card of "
              + card.id()
              + " says "
              + card.embeddingSize()
              + " dimensions, but the weights of "
              + architecture.name()
              + " give "
              + size
              + "; correct the card");
    }
    return EmbeddingGraphs.emit(architecture, checkpoint, card);
  }
}
