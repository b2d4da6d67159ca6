package io.facepipeline.embedding.internal;

import io.facepipeline.embedding.Architecture;
import io.facepipeline.onnx.MalformedModelException;
import io.facepipeline.onnx.catalog.CatalogEntry;
import io.facepipeline.onnx.catalog.ModelCatalog;
import io.facepipeline.onnx.checkpoint.Checkpoint;
import io.facepipeline.onnx.graph.Graph;
import io.facepipeline.onnx.graph.LayerEmitter;
import io.facepipeline.onnx.graph.Value;
import java.io.IOException;
import java.nio.channels.WritableByteChannel;

/**
 * An image classifier of the catalog, with weights from a checkpoint: ResNet-50 and AlexNet on
 * ImageNet, FaceNet on the people it was trained on. It is not a face embedder, so it has no card:
 * its model takes raw RGB images, planes of 0..255, [n, 3, height, width], and returns {@link
 * #OUTPUT}, the chosen {@link Head}. Immutable and thread-safe.
 */
public final class ClassificationNetwork {
  /** The output of a network that was trained to classify. */
  public enum Head {
    /** The features before the classes, for comparing images and for training on. */
    FEATURES,
    /** A number per class; the softmax gives the probabilities. */
    LOGITS
  }

  /** The input's name. */
  public static final String INPUT = EmbeddingGraphs.INPUT;

  /** The output's name: [n, classes] or [n, features]. */
  public static final String OUTPUT = "output";

  private final CatalogEntry entry;
  private final Architecture features;
  private final Architecture logits;

  private ClassificationNetwork(CatalogEntry entry, Architecture features, Architecture logits) {
    this.entry = entry;
    this.features = features;
    this.logits = logits;
  }

  /**
   * {@return the network of a catalog entry}
   *
   * @param entry an entry with checkpoints, of an image classifier or a face embedder
   * @throws MalformedModelException if its architecture is unknown, or has no classes
   */
  public static ClassificationNetwork of(CatalogEntry entry) {
    Architecture features = CheckpointModel.of(entry).architecture();
    Architecture logits =
        features
            .withClasses()
            .orElseThrow(
                () ->
                    new MalformedModelException(
                        entry.id() + " is of " + features.name() + ", which has no classes"));
    return new ClassificationNetwork(entry, features, logits);
  }

  /**
   * {@return the network with a catalog id}
   *
   * @param id the id, such as {@code resnet50-imagenet} or {@code facenet-vggface2}
   * @throws IllegalArgumentException if the catalog has no such id
   * @throws MalformedModelException if it has no classes
   */
  public static ClassificationNetwork named(String id) {
    return of(
        ModelCatalog.installed()
            .entry(id)
            .orElseThrow(
                () -> new IllegalArgumentException("the catalog has no model with the id " + id)));
  }

  /** {@return its catalog entry} */
  public CatalogEntry entry() {
    return entry;
  }

  /**
   * {@return the number of values a head gives for one image}
   *
   * @param checkpoint the weights
   * @param head the head
   * @throws MalformedModelException if the tensors are of another architecture
   */
  public int outputSize(Checkpoint checkpoint, Head head) {
    return checked(checkpoint, head).outputSize(checkpoint);
  }

  /**
   * {@return the network of a checkpoint, raw images in}
   *
   * @param checkpoint the weights
   * @param head the output
   * @throws MalformedModelException if the tensors are of another architecture
   */
  public Graph graph(Checkpoint checkpoint, Head head) {
    Architecture network = checked(checkpoint, head);
    CatalogEntry.Input input = entry.input();
    LayerEmitter graph = new LayerEmitter(entry.id(), checkpoint);
    int outputs = network.outputSize(checkpoint);
    Value rgb = graph.input(INPUT, -1, 3, input.height(), input.width());
    Value x = EmbeddingGraphs.preprocess(graph, rgb, input);
    graph.output(network.forward(graph, x, outputs), OUTPUT, -1, outputs);
    graph.requireFinite();
    graph
        .metadata("facepipeline.architecture", network.name())
        .metadata("facepipeline.source.sha256", checkpoint.sha256());
    if (entry.isPublishedAs(checkpoint.sha256())) {
      graph
          .metadata("facepipeline.origin", entry.file().origin())
          .metadata("facepipeline.licence", entry.file().license().name());
    }
    return graph.build();
  }

  /**
   * Writes the ONNX model of a checkpoint.
   *
   * @param checkpoint the weights
   * @param head the output
   * @param forCpu whether to rewrite the graph for CPUs
   * @param out the target; left open
   * @throws IOException if it cannot be written
   * @throws MalformedModelException if the tensors are of another architecture
   */
  public void convert(Checkpoint checkpoint, Head head, boolean forCpu, WritableByteChannel out)
      throws IOException {
    CheckpointModel.write(graph(checkpoint, head), forCpu, out);
  }

  private Architecture checked(Checkpoint checkpoint, Head head) {
    Architecture network = head == Head.LOGITS ? logits : features;
    Fit.require(network, checkpoint, "give the checkpoint of " + entry.file().names());
    return network;
  }

  /** {@return the catalog id} */
  @Override
  public String toString() {
    return entry.id();
  }
}
