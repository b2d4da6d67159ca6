package io.facepipeline.benchmarks;

import io.facepipeline.embedding.internal.ClassificationNetwork;
import io.facepipeline.onnx.OnnxModel;
import io.facepipeline.onnx.OnnxOptions;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.FloatBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.TimeUnit;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.TearDown;

/**
 * Every architecture, the graph rewritten for the CPU against the plain one. The weights are
 * random: what a convolution costs does not depend on them.
 */
@State(Scope.Benchmark)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.MILLISECONDS)
@SuppressWarnings("NullAway.Init") // JMH sets the parameters and calls the set-up
public class ArchitectureBenchmark {
  /** The network, by the catalog. */
  @Param({
    "FACENET_VGGFACE2",
    "IR_50",
    "IR_101",
    "IR_152",
    "IR_SE_50",
    "IR_SE_101",
    "IR_SE_152",
    "RESNET_50",
    "RESNET_101",
    "RESNET_152",
    "MOBILEFACENET",
    "LIGHTCNN_9",
    "LIGHTCNN_29",
    "LIGHTCNN_29V2",
    "LIGHTCNN_V4",
    "TORCHVISION_RESNET_50",
    "TORCHVISION_ALEXNET"
  })
  String network;

  /** The number of images. */
  @Param({"1", "8"})
  int batch;

  /** Rewritten for the CPU, or as its authors built it. */
  @Param({"emitted", "plain"})
  String graph;

  private OnnxModel model;
  private FloatBuffer input;
  private long[] shape;
  private String output;

  /**
   * Converts and loads the network.
   *
   * @throws IOException if the temporary file cannot be written
   */
  @Setup
  public void load() throws IOException {
    Path file = RandomModels.file(network, graph.equals("emitted"));
    model = OnnxModel.load(file, OnnxOptions.defaults());
    Files.delete(file);
    shape = model.inputShape();
    shape[0] = batch;
    int count = (int) (shape[0] * shape[1] * shape[2] * shape[3]);
    input =
        ByteBuffer.allocateDirect(count * Float.BYTES)
            .order(ByteOrder.nativeOrder())
            .asFloatBuffer();
    for (int i = 0; i < count; i++) {
      input.put(i, i * 37 % 256);
    }
    output = model.outputs().containsKey("embedding") ? "embedding" : ClassificationNetwork.OUTPUT;
  }

  /** {@return what the network gives for the batch} */
  @Benchmark
  public float[] run() {
    return model.run(input, shape, output);
  }

  /** Frees the network. */
  @TearDown
  public void close() {
    model.close();
  }
}
