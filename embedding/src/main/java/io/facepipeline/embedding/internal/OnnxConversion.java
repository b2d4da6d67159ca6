package io.facepipeline.embedding.internal;

import io.facepipeline.ModelCard;
import io.facepipeline.onnx.MalformedModelException;
import io.facepipeline.onnx.graph.Graph;
import io.facepipeline.onnx.internal.CardMetadata;
import io.facepipeline.onnx.internal.OnnxContent;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Puts cards into models: somebody else's ONNX file, and what a caller says beside what is known.
 */
public final class OnnxConversion {
  private OnnxConversion() {}

  /**
   * The self-describing model of an ONNX file, with the weights of other files inside.
   *
   * @param known the card that the file is used with; null if it has none
   * @param given the caller's card; null for that one
   */
  public static Graph graph(Path file, @Nullable ModelCard known, @Nullable ModelCard given) {
    boolean severalFiles = OnnxContent.hasExternalData(file);
    Graph graph = ModelFiles.graph(file, OnnxContent.readWhole(file));
    ModelFiles.requireFinite(file, graph);
    if (CardMetadata.isPresent(graph.metadata())) {
      if (given == null && severalFiles) {
        // The name that its embeddings carry already: what was enrolled with it stays usable.
        ModelCard own = CardMetadata.read(graph.metadata());
        return EmbeddingGraphs.withCard(graph, own.withSourceSha256(OnnxContent.sha256(file)));
      }
      if (given == null || known == null) {
        throw new MalformedModelException(
            file + ": the model already carries its card; use it as it is");
      }
      requireSameFeeding(file, known, given);
      return EmbeddingGraphs.withCard(graph, given.withSourceSha256(known.sourceSha256()));
    }
    ModelCard used = given == null ? known : given.withSourceSha256(OnnxContent.sha256(file));
    if (used == null) {
      throw new MalformedModelException(
          file
              + ": the model carries no card, which describes its input; write one as JSON beside"
              + " the file, with .card.json in place of .onnx, or pass one");
    }
    return EmbeddingGraphs.wrap(graph, used, file.toString());
  }

  /** The self-describing model of an ONNX file, which may be one already. */
  public static Graph described(Path file, @Nullable ModelCard known, @Nullable ModelCard given) {
    if (given == null && !OnnxContent.hasExternalData(file)) {
      Graph graph = ModelFiles.graph(file, ModelFiles.read(file));
      if (CardMetadata.isPresent(graph.metadata())) {
        ModelFiles.requireFinite(file, graph);
        return graph;
      }
    }
    return graph(file, known, given);
  }

  /** A card may say who trained the weights and what was measured, but not how they are fed. */
  public static void requireSameFeeding(Path file, ModelCard own, ModelCard given) {
    List<String> different = new ArrayList<>();
    if (given.embeddingSize() != own.embeddingSize()) {
      different.add("embedding size " + given.embeddingSize() + " for " + own.embeddingSize());
    }
    if (!given.crop().equals(own.crop())) {
      different.add("crop " + given.crop() + " for " + own.crop());
    }
    if (given.colorOrder() != own.colorOrder()) {
      different.add("color order " + given.colorOrder() + " for " + own.colorOrder());
    }
    if (given.whitened() != own.whitened()) {
      different.add(given.whitened() ? "whitened crops" : "crops that are not whitened");
    } else if (!given.mean().equals(own.mean()) || !given.deviation().equals(own.deviation())) {
      different.add(
          "mean and deviation "
              + given.mean()
              + ", "
              + given.deviation()
              + " for "
              + own.mean()
              + ", "
              + own.deviation());
    }
    if (!different.isEmpty()) {
      throw new MalformedModelException(
          "the card of "
              + given.id()
              + " says "
              + String.join("; ", different)
              + ", which are those of "
              + file
              + "; correct the card");
    }
  }
}
