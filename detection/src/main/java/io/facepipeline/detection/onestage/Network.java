package io.facepipeline.detection.onestage;

import io.facepipeline.ModelCard.ColorOrder;
import io.facepipeline.onnx.InferenceException;
import io.facepipeline.onnx.MalformedModelException;
import io.facepipeline.onnx.OnnxModel;
import io.facepipeline.onnx.OnnxOptions;
import io.facepipeline.onnx.catalog.CatalogEntry;
import io.facepipeline.onnx.catalog.CatalogEntry.Input;
import io.facepipeline.onnx.graph.Graph;
import io.facepipeline.onnx.graph.GraphSurgery;
import io.facepipeline.onnx.graph.proto.OnnxFile;
import io.facepipeline.onnx.graph.rewrite.InterleaveRows;
import java.nio.FloatBuffer;
import java.util.Arrays;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** A one-stage detector's network with what is known about its input and its outputs. */
final class Network implements AutoCloseable {
  /** The sides of the first trial run. */
  private static final int TRIAL_COLUMNS = 3;

  private static final int TRIAL_ROWS = 2;
  private static final int TRIAL_SIDE = 32;

  /**
   * How many threads share the operations of a run that is alone. More of them divide the sums of
   * some convolutions in other ways, which changes the last digits of the results.
   */
  private static final int SHARING_THREADS = 2;

  private final NetworkFile file;
  private final OnnxModel single;
  private final @Nullable OnnxModel shared;
  private final Heads heads;
  private final ColorOrder colorOrder;
  private final List<Float> mean;
  private final List<Float> deviation;
  private final int fixedWidth;
  private final int fixedHeight;
  private final int usualInputSize;

  /** Whether the input is one plane with the rows of all colors in turn. */
  private final boolean hasInterleavedRows;

  /**
   * Opens a network and runs it once.
   *
   * @param entry what a catalog says of it; null if it is in none
   * @throws MalformedModelException if it is none of the families, or not the entry's
   */
  static Network open(NetworkFile file, @Nullable CatalogEntry entry, Settings settings) {
    OnnxOptions options =
        OnnxOptions.defaults().withProvider(settings.provider).withIntraOpThreads(1);
    OnnxModel single = file.load(options);
    OnnxModel shared = null;
    try {
      Heads heads = Heads.of("the model " + file, single.outputs());
      byte[] changed = changed(file, single, heads, settings.provider);
      if (changed.length > 0) {
        single.close();
        single = OnnxModel.load(changed, options);
      }
      int threads = Math.min(SHARING_THREADS, settings.parallelism);
      if (threads > 1) {
        OnnxOptions sharing = options.withIntraOpThreads(threads);
        shared = changed.length > 0 ? OnnxModel.load(changed, sharing) : file.load(sharing);
      }
      Network network = new Network(file, single, shared, heads, entry);
      network.tryOut();
      return network;
    } catch (RuntimeException e) {
      single.close();
      if (shared != null) {
        shared.close();
      }
      throw e;
    }
  }

  private Network(
      NetworkFile file,
      OnnxModel single,
      @Nullable OnnxModel shared,
      Heads heads,
      @Nullable CatalogEntry entry) {
    this.file = file;
    this.single = single;
    this.shared = shared;
    this.heads = heads;
    Family family = heads.family;
    if (entry != null && Family.named(entry.id(), entry.architecture()) != family) {
      throw new MalformedModelException(
          file
              + " has the outputs of "
              + family
              + ", but the catalog says that "
              + entry.id()
              + " is of the architecture "
              + entry.architecture()
              + "; correct the entry");
    }
    Input input = entry == null || entry.inputs().isEmpty() ? null : entry.input();
    colorOrder = input == null ? family.colorOrder : input.colorOrder();
    mean = input == null ? family.mean : input.mean();
    deviation = input == null ? family.deviation : input.deviation();
    long[] shape = single.inputShape();
    hasInterleavedRows = family == Family.SCAN && shape.length == 4 && shape[1] == 1;
    if (shape.length != 4
        || Math.abs(shape[0]) != 1
        || (shape[1] != 3 && !hasInterleavedRows)
        || colorOrder.channels() != 3
        || shape[2] < 0 != shape[3] < 0) {
      throw new MalformedModelException(
          file
              + " takes "
              + colorOrder
              + " of the shape "
              + Arrays.toString(shape)
              + ", but a detector takes one image of three channels, [1, 3, height, width]; export"
              + " it so");
    }
    fixedHeight = (int) (hasInterleavedRows && shape[2] > 0 ? shape[2] / 3 : shape[2]);
    fixedWidth = (int) shape[3];
    usualInputSize =
        input != null
            ? Math.max(input.width(), input.height())
            : family == Family.SCRFD || family == Family.ULTRA_LIGHT
                ? Passes.WHOLE
                : Settings.FULL_SIZE;
  }

  /** {@return the longer side of a photo in the input where nobody asks for another} */
  int usualInputSize() {
    return usualInputSize;
  }

  /**
   * Changes a file for where it runs. A file of the library's own network is given the form of its
   * weights, so that both find the same to the last digit. Exports for an input of any size may
   * state the outputs of one size, and the runtime would insist on them.
   *
   * @return the model, changed; empty if it need not be
   */
  private static byte[] changed(
      NetworkFile file, OnnxModel model, Heads heads, OnnxOptions.Provider provider) {
    long[] input = model.inputShape();
    boolean isOwn =
        heads.family == Family.SCAN
            && provider.equals(OnnxOptions.Provider.CPU)
            && input.length == 4
            && input[1] == 3;
    boolean statesOneSize =
        input[input.length - 1] <= 0
            && model.outputs().values().stream().anyMatch(heads::statesRows);
    if (!isOwn && !statesOneSize) {
      return new byte[0];
    }
    Graph graph = OnnxFile.read(file.content());
    if (statesOneSize) {
      for (String output : model.outputs().keySet()) {
        graph = GraphSurgery.append(graph, output, (builder, value) -> value);
      }
    }
    return OnnxFile.write(isOwn ? new InterleaveRows().apply(graph) : graph);
  }

  /** A model whose outputs are not those of its family fails here, not on the first photo. */
  private void tryOut() {
    int multiple = Math.max(TRIAL_SIDE, heads.multiple());
    int width = fixedWidth > 0 ? fixedWidth : TRIAL_COLUMNS * multiple;
    int height = fixedHeight > 0 ? fixedHeight : TRIAL_ROWS * multiple;
    Scratch scratch = scratch();
    FloatBuffer input = scratch.input.room(3 * width * height);
    scratch.prepare(width, height);
    try {
      single.run(input, inputShape(width, height), scratch.outputs, scratch.shapes);
    } catch (InferenceException e) {
      throw new MalformedModelException(
          file
              + " looks like "
              + heads.family
              + ", but cannot be run as such on an input of "
              + width
              + "x"
              + height
              + ": "
              + e.getMessage(),
          e);
    }
  }

  Heads heads() {
    return heads;
  }

  Passes passes() {
    return new Passes(heads.family, fixedWidth, fixedHeight, heads.multiple());
  }

  Scratch scratch() {
    return new Scratch(heads, new InputImage(colorOrder, mean, deviation, hasInterleavedRows));
  }

  /** {@return the shape of an input of this size} */
  long[] inputShape(int width, int height) {
    return hasInterleavedRows
        ? new long[] {1, 1, 3L * height, width}
        : new long[] {1, 3, height, width};
  }

  /**
   * {@return the network for one run at a time, whose operations the threads share, or for many,
   * with a thread each}
   */
  OnnxModel model(boolean alone) {
    return alone && shared != null ? shared : single;
  }

  @Override
  public void close() {
    single.close();
    if (shared != null) {
      shared.close();
    }
  }
}
