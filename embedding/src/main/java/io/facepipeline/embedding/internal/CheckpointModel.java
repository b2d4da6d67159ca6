package io.facepipeline.embedding.internal;

import io.facepipeline.FaceEmbedder;
import io.facepipeline.ModelCard;
import io.facepipeline.embedding.Architecture;
import io.facepipeline.embedding.EmbedderOptions;
import io.facepipeline.onnx.MalformedModelException;
import io.facepipeline.onnx.OnnxOptions;
import io.facepipeline.onnx.cache.ConvertedModels;
import io.facepipeline.onnx.catalog.CatalogEntry;
import io.facepipeline.onnx.checkpoint.Checkpoint;
import io.facepipeline.onnx.graph.Graph;
import io.facepipeline.onnx.graph.proto.OnnxFile;
import io.facepipeline.onnx.internal.PreparedModel;
import io.facepipeline.onnx.store.ModelStoreException;
import java.io.IOException;
import java.nio.channels.WritableByteChannel;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;

/**
 * A model whose files are checkpoints, and the architecture that builds its network.
 *
 * @param entry what the catalog knows
 * @param architecture of its weights
 */
public record CheckpointModel(CatalogEntry entry, Architecture architecture) {
  private static final System.Logger LOG = System.getLogger(CheckpointModel.class.getName());

  /** The model of an entry, which must be of checkpoints. */
  public static CheckpointModel of(CatalogEntry entry) {
    if (entry.isOnnx()) {
      throw new MalformedModelException(
          entry.id() + " is published as an ONNX file; load it from its file, not a checkpoint");
    }
    try {
      return new CheckpointModel(entry, Architecture.named(entry.architecture()));
    } catch (IllegalArgumentException e) {
      throw new MalformedModelException(
          "the model " + entry.id() + " cannot be used: " + e.getMessage(), e);
    }
  }

  /** Whether a checkpoint holds the tensors of the architecture. */
  Fit fit(Checkpoint checkpoint) {
    return Fit.of(architecture, checkpoint);
  }

  /**
   * What is known of a checkpoint of the architecture: of a published file what the catalog says,
   * else its name and hash, and how this model is fed.
   */
  public ModelCard card(Checkpoint checkpoint) {
    return EntryCards.card(
        entry,
        checkpoint.file(),
        checkpoint.sha256(),
        architecture.name(),
        architecture.outputSize(checkpoint));
  }

  /** The embedder's network with its card. */
  public Graph graph(Checkpoint checkpoint) {
    requireFit(checkpoint);
    return EmbeddingGraphs.emit(architecture, checkpoint, card(checkpoint));
  }

  /** The embedder's network with a card that says how it is fed as the entry does. */
  public Graph graph(Checkpoint checkpoint, ModelCard card) {
    requireFit(checkpoint);
    return EmbeddingGraphs.emit(architecture, checkpoint, card);
  }

  private void requireFit(Checkpoint checkpoint) {
    Fit.require(
        architecture,
        checkpoint,
        "see which model they are of with ModelFile.read, or the command models inspect");
  }

  /** How an embedder is made of a converted checkpoint. */
  public interface Opener {
    /** Opens the converted model that was kept. */
    FaceEmbedder open(Path onnx);

    /** Opens a model that could not be kept. */
    FaceEmbedder open(byte[] onnx);
  }

  /** An embedder with the weights of a checkpoint, which is converted once and kept. */
  public FaceEmbedder load(
      Path checkpoint, EmbedderOptions options, ConvertedModels kept, Opener opener) {
    // The runtime's library loads while the file is hashed; what fails there fails again below.
    var unused = CompletableFuture.runAsync(PreparedModel::machine);
    String source = Checkpoint.sha256(checkpoint);
    String id = EntryCards.id(entry, checkpoint, source);
    boolean cpu = options.provider().equals(OnnxOptions.Provider.CPU);
    Optional<String> machine = cpu ? PreparedModel.machine() : Optional.empty();
    List<String> dependsOn = new ArrayList<>(dependsOn(checkpoint, source));
    dependsOn.add(cpu ? "cpu" : "plain");
    dependsOn.add(machine.orElse("anywhere"));
    ConvertedModels.Conversion conversion =
        out -> write(graph(Checkpoint.read(checkpoint)), cpu, out);
    Path onnx;
    try {
      onnx =
          machine.isPresent()
              ? kept.prepared(id, dependsOn, conversion, PreparedModel::write)
              : kept.get(id, dependsOn, conversion);
    } catch (ModelStoreException e) {
      LOG.log(
          System.Logger.Level.WARNING, id + " is converted again for this run: " + e.getMessage());
      Graph graph = graph(Checkpoint.read(checkpoint));
      return opener.open(OnnxFile.write(cpu ? CpuForm.of(graph) : graph));
    }
    return opener.open(onnx);
  }

  /** All that the network of a checkpoint depends on. */
  public List<String> dependsOn(Path checkpoint, String sha256) {
    return List.of(
        sha256,
        EntryCards.id(entry, checkpoint, sha256),
        architecture.name(),
        EntryCards.text(entry, sha256),
        ConverterVersion.of(architecture));
  }

  /** Writes a graph, made fast on a CPU or as it is. */
  public static void write(Graph graph, boolean forCpu, WritableByteChannel out)
      throws IOException {
    OnnxFile.write(forCpu ? CpuForm.of(graph) : graph, out);
  }
}
