package io.facepipeline.attributes;

import io.facepipeline.ModelCard.ColorOrder;
import io.facepipeline.onnx.MalformedModelException;
import io.facepipeline.onnx.OnnxModel;
import io.facepipeline.onnx.OnnxOptions;
import io.facepipeline.onnx.internal.CatalogBeside;
import io.facepipeline.onnx.internal.ClassesCard;
import io.facepipeline.onnx.internal.OutputSpec;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;

/** A network for squares with one output, a value per class. Thread-safe; to be closed. */
final class Classes implements AutoCloseable {
  private static final OutputSpec PROBABILITIES =
      new OutputSpec.Labels(OutputSpec.Slice.all(), OutputSpec.Form.PROBABILITIES);

  private final Network network;
  private final OutputReader reader;
  private final int side;

  private Classes(Network network, OutputReader reader, int side) {
    this.network = network;
    this.reader = reader;
    this.side = side;
  }

  /**
   * Opens a file.
   *
   * @param side of its square images in pixels
   * @param classes a name for each value
   * @param output what the values mean
   * @throws MalformedModelException if the file is another network
   */
  static Classes open(
      Path file,
      InputSpec input,
      int side,
      List<String> classes,
      OutputSpec output,
      OnnxOptions options) {
    Network network = Network.open(file, input, side, side, options);
    return fitting(file, network, new OutputReader(output, classes), side);
  }

  private static Classes fitting(Path file, Network network, OutputReader reader, int side) {
    try {
      reader.requireFit(file, network.trial());
      return new Classes(network, reader, side);
    } catch (RuntimeException e) {
      network.close();
      throw e;
    }
  }

  /** A network and what it says of itself. */
  record Described(Network network, OutputReader reader, ClassesCard card) {
    Classes classes() {
      return new Classes(network, reader, card.side());
    }
  }

  /**
   * Opens a file that carries its card, as training writes it: raw pictures in, a probability per
   * label out.
   *
   * @throws MalformedModelException if the file has no such card, or is another network than its
   *     card says
   */
  static Described describing(Path file, OnnxOptions options) {
    OnnxModel model = OnnxModel.load(file, options);
    try {
      if (!ClassesCard.isPresent(model.metadata())) {
        throw new MalformedModelException(
            file
                + " has no card of a classifier inside; write one beside it ("
                + CatalogBeside.nameOf(file)
                + ".model.json for an attribute of faces), or load it with its labels and how its"
                + " pictures are prepared");
      }
      ClassesCard card = ClassesCard.read(model.metadata());
      InputSpec raw = InputSpec.raw(ColorOrder.RGB);
      OutputReader reader = new OutputReader(PROBABILITIES, card.labels());
      Network network = Network.of(file, model, raw, card.side(), card.side());
      reader.requireFit(file, network.trial());
      return new Described(network, reader, card);
    } catch (RuntimeException e) {
      model.close();
      throw e;
    }
  }

  int side() {
    return side;
  }

  /** {@return a probability per class} */
  float[] probabilities(ByteBuffer rgb) {
    return reader.probabilities(network.run(rgb));
  }

  /** {@return what the network gives} */
  float[] values(ByteBuffer rgb) {
    Map<String, float[]> outputs = network.run(rgb);
    return outputs.values().iterator().next();
  }

  @Override
  public void close() {
    network.close();
  }
}
