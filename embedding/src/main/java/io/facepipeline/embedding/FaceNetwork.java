package io.facepipeline.embedding;

import io.facepipeline.FaceEmbedder;
import io.facepipeline.ModelCard;
import io.facepipeline.onnx.ExecutionProvider;
import io.facepipeline.onnx.MalformedModelException;
import io.facepipeline.onnx.checkpoint.Checkpoint;
import io.facepipeline.onnx.graph.Graph;
import io.facepipeline.onnx.graph.proto.OnnxFile;
import java.io.IOException;
import java.nio.channels.WritableByteChannel;

/**
 * The architectures of face embedders, for weights that are in no catalogue: whoever trained them
 * says on a card what the catalogue says of published ones. Thread-safe.
 */
public enum FaceNetwork {
  /** The library's own compact network of 3x3 convolutions: 112x112, 1.9 million parameters. */
  COMPACT(new CompactNet()),

  /** face.evoLVe's MobileFaceNet: 112x112. */
  MOBILE_FACE_NET(new MobileFaceNet()),

  /** face.evoLVe's IR-50: 112x112. */
  IR_50(ImprovedResidualNet.of50(false));

  private final Architecture architecture;

  FaceNetwork(Architecture architecture) {
    this.architecture = architecture;
  }

  /** {@return the name that cards give it} */
  public String architecture() {
    return architecture.architecture();
  }

  /**
   * Writes the self-describing ONNX model of a checkpoint: raw crops in, unit vectors out, the card
   * inside.
   *
   * @param checkpoint the weights
   * @param card what they were trained on, and as what; its architecture and embedding size must be
   *     those of the weights
   * @param forCpu whether the graph is rewritten to run fast on a CPU
   * @param out where to; left open
   * @throws IOException if it cannot be written
   * @throws MalformedModelException if the tensors are of another architecture or the card does not
   *     fit
   */
  public void convert(
      Checkpoint checkpoint, ModelCard card, boolean forCpu, WritableByteChannel out)
      throws IOException {
    Graph graph = graph(checkpoint, card);
    OnnxFile.write(forCpu ? CpuForm.of(graph) : graph, out);
  }

  /**
   * {@return an embedder with the weights of a checkpoint}
   *
   * @param checkpoint the weights
   * @param card as for {@link #convert}
   * @param options how to run it
   * @throws MalformedModelException as for {@link #convert}
   */
  public FaceEmbedder embedder(Checkpoint checkpoint, ModelCard card, EmbedderOptions options) {
    Graph graph = graph(checkpoint, card);
    boolean cpu = options.provider().equals(ExecutionProvider.CPU);
    return OnnxFaceEmbedder.ofModel(
        OnnxFile.write(cpu ? CpuForm.of(graph) : graph), checkpoint.file().toString(), options);
  }

  private Graph graph(Checkpoint checkpoint, ModelCard card) {
    Fit.require(architecture, checkpoint, "ModelFile.read tells what the file is");
    int size = architecture.embeddingSize(checkpoint);
    if (card.embeddingSize() != size || !card.architecture().equals(architecture())) {
      throw new MalformedModelException(
          "the card of "
              + card.id()
              + " says "
              + card.architecture()
              + " of "
              + card.embeddingSize()
              + " dimensions, the weights are "
              + architecture()
              + " of "
              + size
              + "; correct the card");
    }
    return EmbeddingGraphs.emit(architecture, checkpoint, card);
  }
}
