package io.facepipeline.training.network;

import io.facepipeline.FacePipelineException;
import io.facepipeline.Image;
import io.facepipeline.embedding.internal.EmbeddingGraphs;
import io.facepipeline.internal.WholeFile;
import io.facepipeline.onnx.OnnxModel;
import io.facepipeline.onnx.OnnxOptions;
import io.facepipeline.onnx.checkpoint.Checkpoint;
import io.facepipeline.onnx.graph.Graph;
import io.facepipeline.onnx.graph.LayerEmitter;
import io.facepipeline.onnx.graph.Value;
import io.facepipeline.onnx.graph.proto.OnnxFile;
import io.facepipeline.onnx.internal.ClassesCard;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.FloatBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;

/** The model that a training ends with, as the library runs it. Thread-safe; to be closed. */
final class ClassifierModel implements AutoCloseable {
  private static final String OUTPUT = "probabilities";
  private static final int CHANNELS = 3;

  private final OnnxModel model;

  private ClassifierModel(OnnxModel model) {
    this.model = model;
  }

  /**
   * Writes the ONNX file: raw squares in, a probability per label out, the card inside.
   *
   * @throws FacePipelineException if it cannot be written
   */
  static void write(Classifier network, Checkpoint weights, ClassesCard card, Path file) {
    Graph graph = graph(network, weights, card);
    try {
      WholeFile.write(
          file,
          WholeFile.Access.UMASK,
          part -> {
            try (FileChannel channel = FileChannel.open(part, StandardOpenOption.WRITE)) {
              OnnxFile.write(graph, channel);
            }
          });
    } catch (IOException e) {
      throw new FacePipelineException("cannot write the model " + file + ": " + e, e);
    }
  }

  private static Graph graph(Classifier network, Checkpoint weights, ClassesCard card) {
    int classes = card.labels().size();
    LayerEmitter graph = new LayerEmitter(card.id(), weights);
    Value rgb = graph.input(EmbeddingGraphs.INPUT, -1, CHANNELS, card.side(), card.side());
    Value x = EmbeddingGraphs.preprocess(graph, rgb, card.input());
    Value logits = network.forward(graph, x, classes);
    graph.requireFinite();
    graph.output(graph.named(OUTPUT).softmax(logits, 1), OUTPUT, -1, classes);
    card.metadata().forEach(graph::metadata);
    return graph.build();
  }

  static ClassifierModel load(Path file) {
    return new ClassifierModel(OnnxModel.load(file, OnnxOptions.defaults()));
  }

  /** {@return a probability per class} */
  float[] probabilities(Image square) {
    byte[] rgb = square.unsafeRgb();
    FloatBuffer planes =
        ByteBuffer.allocateDirect(rgb.length * Float.BYTES)
            .order(ByteOrder.nativeOrder())
            .asFloatBuffer();
    for (int c = 0; c < CHANNELS; c++) {
      for (int i = c; i < rgb.length; i += CHANNELS) {
        planes.put(rgb[i] & 0xFF);
      }
    }
    long[] shape = {1, CHANNELS, square.height(), square.width()};
    return model.run(planes.flip(), shape, OUTPUT);
  }

  @Override
  public void close() {
    model.close();
  }
}
