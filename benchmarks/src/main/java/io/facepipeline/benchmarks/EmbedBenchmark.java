package io.facepipeline.benchmarks;

import java.io.IOException;
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
 * Turning a batch of crops into embeddings, with this library and with other runtimes on the plain
 * form of the same network, which get their numbers ready-made. The time is that of the whole
 * batch; weights are random.
 */
@State(Scope.Benchmark)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.MILLISECONDS)
@SuppressWarnings("NullAway.Init") // JMH sets the parameters and calls the set-up
public class EmbedBenchmark {
  /** The runtime. */
  @Param({"facepipeline", "plain-onnxruntime", "opencv-dnn", "djl-onnxruntime"})
  String runtime;

  /** The network, by the catalog. */
  @Param({"MOBILEFACENET", "FACENET_VGGFACE2"})
  String network;

  /** The number of crops. */
  @Param({"1", "8"})
  int crops;

  private EmbedRunner runner;

  /**
   * Loads the network.
   *
   * @throws IOException if the temporary file cannot be written
   */
  @Setup
  public void load() throws IOException {
    Path file = RandomModels.file(network, runtime.equals("facepipeline"));
    runner = EmbedRunner.on(runtime, file, crops);
    Files.delete(file);
  }

  /** {@return the number of values that came out} */
  @Benchmark
  public int embed() {
    return runner.run();
  }

  /** Frees the network. */
  @TearDown
  public void close() {
    runner.close();
  }
}
