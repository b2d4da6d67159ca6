package io.facepipeline.onnx;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.facepipeline.onnx.graph.GraphBuilder;
import io.facepipeline.onnx.graph.Port;
import io.facepipeline.onnx.graph.Value;
import io.facepipeline.onnx.graph.Weights;
import io.facepipeline.onnx.graph.proto.OnnxFile;
import java.io.IOException;
import java.nio.FloatBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class OnnxModelTest {
  private static final OnnxOptions OPTIONS = OnnxOptions.defaults().withIntraOpThreads(1);

  private static byte[] file() {
    GraphBuilder g = new GraphBuilder("two");
    Value x = g.input("x", -1, 2);
    Weights w = new Weights(new int[] {3, 2}, new float[] {1, 0, 0, 1, 1, 1});
    return OnnxFile.write(
        g.output(g.dense(x, w, null), "sums")
            .output(g.relu(x), "positive")
            .metadata("a", "b")
            .build());
  }

  @Test
  void describesItself() throws IOException {
    try (OnnxModel model = OnnxModel.load(file(), OPTIONS)) {
      assertEquals("x", model.inputName());
      assertArrayEquals(new long[] {-1, 2}, model.inputShape());
      assertEquals(List.of("sums", "positive"), List.copyOf(model.outputs().keySet()));
      assertEquals(Map.of("a", "b"), model.metadata());
      assertEquals(OnnxOptions.Provider.CPU, model.provider());
    }
  }

  @Test
  void givesOutputsByName(@TempDir Path folder) throws IOException {
    Path path = Files.write(folder.resolve("m.onnx"), file());
    try (OnnxModel model = OnnxModel.load(path, OPTIONS)) {
      FloatBuffer input = Buffers.direct(9, 1, -2, 3, 4);
      input.position(1);
      float[] sums = new float[6];
      FloatBuffer positive = FloatBuffer.allocate(5).position(1);
      AtomicReference<OnnxOutputs> escaped = new AtomicReference<>();
      int count =
          model.run(
              input,
              new long[] {2, 2},
              outputs -> {
                escaped.set(outputs);
                assertArrayEquals(new long[] {2, 3}, outputs.shape("sums"));
                assertThrows(IllegalArgumentException.class, () -> outputs.floats("none"));
                assertThrows(
                    IllegalArgumentException.class, () -> outputs.copy("sums", new float[5]));
                outputs.copy("positive", positive);
                return outputs.copy("sums", sums);
              });
      assertEquals(6, count);
      assertArrayEquals(new float[] {1, -2, -1, 3, 4, 7}, sums);
      assertArrayEquals(new float[] {0, 1, 0, 3, 4}, positive.array());
      assertEquals(1, input.position());
      assertThrows(IllegalStateException.class, () -> escaped.get().floats("sums"));
    }
  }

  @Test
  void givesAllOutputsAtOnce() {
    try (OnnxModel model = OnnxModel.load(file(), OPTIONS)) {
      Map<String, float[]> all = model.run(Buffers.direct(1, -2, 3, 4), new long[] {2, 2});
      assertEquals(model.outputs().keySet(), all.keySet());
      assertArrayEquals(new float[] {1, -2, -1, 3, 4, 7}, all.get("sums"));
      assertArrayEquals(new float[] {1, 0, 3, 4}, all.get("positive"));
    }
  }

  @Test
  void writesItsOnlyOutputInPlace() {
    GraphBuilder g = new GraphBuilder("one");
    Value x = g.input("x", -1, 2);
    byte[] one = OnnxFile.write(g.output(g.relu(x), "positive").build());
    try (OnnxModel model = OnnxModel.load(one, OPTIONS);
        OnnxModel two = OnnxModel.load(file(), OPTIONS)) {
      FloatBuffer input = Buffers.direct(9, 1, -2, 3, 4).position(1);
      FloatBuffer output = Buffers.direct(7, 7, 7, 7, 7, 7).position(1).limit(5);
      long[] shape = {2, 2};
      model.run(input, shape, output, shape);
      float[] all = new float[6];
      output.get(1, all, 1, 4);
      assertArrayEquals(new float[] {0, 1, 0, 3, 4, 0}, all);
      assertEquals(1, output.position());
      assertEquals(7, output.clear().get(0));
      assertEquals(7, output.get(5));
      assertThrows(
          IllegalArgumentException.class, () -> model.run(input, shape, output, shape), "room");
      assertThrows(
          IllegalArgumentException.class,
          () -> model.run(input, shape, FloatBuffer.allocate(4), shape));
      output.limit(4);
      assertThrows(
          InferenceException.class, () -> model.run(input, shape, output, new long[] {4, 1}));
      assertThrows(IllegalArgumentException.class, () -> two.run(input, shape, output, shape));
    }
  }

  @Test
  void wrongInputsAreRefused() {
    try (OnnxModel model = OnnxModel.load(file(), OPTIONS)) {
      FloatBuffer good = Buffers.direct(1, 2);
      assertThrows(
          IllegalArgumentException.class,
          () -> model.run(FloatBuffer.allocate(2), new long[] {1, 2}, "sums"));
      assertThrows(
          IllegalArgumentException.class, () -> model.run(good, new long[] {2, 2}, "sums"));
      assertThrows(
          IllegalArgumentException.class, () -> model.run(good, new long[] {2, 1}, "sums"));
      assertThrows(IllegalArgumentException.class, () -> model.run(good, new long[] {2}, "sums"));
      assertThrows(
          IllegalArgumentException.class, () -> model.run(good, new long[] {0, 2}, "sums"));
      assertThrows(IllegalArgumentException.class, () -> OPTIONS.withIntraOpThreads(0));
    }
  }

  @Test
  void runsThatTheRuntimeRefusesAreTyped() {
    GraphBuilder g = new GraphBuilder("reshape");
    byte[] file = OnnxFile.write(g.output(g.reshape(g.input("x", -1, 2), 3, 2), "y").build());
    try (OnnxModel model = OnnxModel.load(file, OPTIONS)) {
      assertThrows(
          InferenceException.class, () -> model.run(Buffers.direct(1, 2), new long[] {1, 2}, "y"));
    }
  }

  @Test
  void filesThatCannotBeUsedAreRefused(@TempDir Path folder) {
    assertThrows(
        ModelNotFoundException.class, () -> OnnxModel.load(folder.resolve("none.onnx"), OPTIONS));
    assertThrows(ModelNotFoundException.class, () -> OnnxModel.load(folder, OPTIONS));
    GraphBuilder two = new GraphBuilder("inputs");
    byte[] inputs =
        OnnxFile.write(two.output(two.add(two.input("x", 1), two.input("y", 1)), "z").build());
    assertThrows(MalformedModelException.class, () -> OnnxModel.load(inputs, OPTIONS));
    GraphBuilder g = new GraphBuilder("bytes");
    Value x = g.input(new Port("x", 2, Port.floats("x", 1).dims(), Port.floats("x", 1).opaque()));
    byte[] bytes = OnnxFile.write(g.output(g.cast(x, 1), "y").build());
    assertThrows(MalformedModelException.class, () -> OnnxModel.load(bytes, OPTIONS));
  }

  @Test
  void missingProvidersFallBackToTheProcessor() {
    assertTrue(OnnxOptions.Provider.available().contains(OnnxOptions.Provider.CPU));
    assertEquals(OnnxOptions.Provider.CUDA, OnnxOptions.Provider.named("CUDAExecutionProvider"));
    assertEquals("core_ml", OnnxOptions.Provider.named("CoreML").name());
    assertThrows(IllegalArgumentException.class, () -> OnnxOptions.Provider.named("abacus"));
    for (String name : new String[] {"cuda", "rocm", "dnnl", "vitis_ai"}) {
      OnnxOptions.Provider wanted = OnnxOptions.Provider.named(name);
      Assumptions.assumeFalse(
          OnnxOptions.Provider.available().contains(wanted),
          () -> "skipped: this runtime has " + name);
      try (OnnxModel model = OnnxModel.load(file(), OPTIONS.withProvider(wanted))) {
        assertEquals(OnnxOptions.Provider.CPU, model.provider());
        assertArrayEquals(
            new float[] {1, 2, 3}, model.run(Buffers.direct(1, 2), new long[] {1, 2}, "sums"));
      }
    }
  }

  @Test
  void closedModelsRefuseToRun() {
    OnnxModel model = OnnxModel.load(file(), OPTIONS);
    FloatBuffer input = Buffers.direct(1, 2);
    model.run(
        input,
        new long[] {1, 2},
        outputs -> {
          assertThrows(IllegalStateException.class, model::close);
          return null;
        });
    model.close();
    model.close();
    assertThrows(IllegalStateException.class, () -> model.run(input, new long[] {1, 2}, "sums"));
  }

  @Test
  void closeWaitsForRunsUnderWay() throws Exception {
    OnnxModel model = OnnxModel.load(file(), OPTIONS);
    CountDownLatch running = new CountDownLatch(1);
    CountDownLatch finish = new CountDownLatch(1);
    ExecutorService threads = Executors.newFixedThreadPool(2);
    try {
      Future<float[]> run =
          threads.submit(
              () ->
                  model.run(
                      Buffers.direct(1, 2),
                      new long[] {1, 2},
                      outputs -> {
                        running.countDown();
                        try {
                          finish.await();
                        } catch (InterruptedException e) {
                          throw new IllegalStateException("interrupted", e);
                        }
                        float[] sums = new float[3];
                        outputs.copy("sums", sums);
                        return sums;
                      }));
      running.await();
      Future<?> close = threads.submit(model::close);
      assertThrows(TimeoutException.class, () -> close.get(100, TimeUnit.MILLISECONDS));
      assertFalse(run.isDone());
      finish.countDown();
      assertArrayEquals(new float[] {1, 2, 3}, run.get(10, TimeUnit.SECONDS));
      close.get(10, TimeUnit.SECONDS);
    } finally {
      threads.shutdownNow();
    }
  }

  @Test
  void manyThreadsShareAModelThatIsClosedUnderThem() throws Exception {
    for (int round = 0; round < 20; round++) {
      OnnxModel model = OnnxModel.load(file(), OPTIONS);
      ExecutorService threads = Executors.newFixedThreadPool(4);
      try {
        List<Future<Integer>> runs = new ArrayList<>();
        CountDownLatch begun = new CountDownLatch(4);
        for (int t = 0; t < 4; t++) {
          runs.add(threads.submit(() -> runUntilClosed(model, begun)));
        }
        assertTrue(begun.await(10, TimeUnit.SECONDS), "every thread has run the model");
        model.close();
        for (Future<Integer> run : runs) {
          assertTrue(run.get(10, TimeUnit.SECONDS) >= 1);
        }
      } finally {
        threads.shutdownNow();
      }
    }
  }

  private static int runUntilClosed(OnnxModel model, CountDownLatch begun) {
    FloatBuffer input = Buffers.direct(1, 2);
    for (int i = 0; ; i++) {
      try {
        assertArrayEquals(new float[] {1, 2, 3}, model.run(input, new long[] {1, 2}, "sums"));
        if (i == 0) {
          begun.countDown();
        }
      } catch (IllegalStateException closed) {
        return i;
      }
    }
  }

  @Test
  void memoryStaysFlatOverManyRuns() throws IOException {
    Assumptions.assumeTrue(
        Files.exists(Path.of("/proc/self/status")),
        "skipped: resident memory is read from Linux's /proc");
    GraphBuilder g = new GraphBuilder("memory");
    Value x = g.input("x", -1, 3, 64, 64);
    byte[] file = OnnxFile.write(g.output(g.relu(x), "y").build());
    try (OnnxModel model = OnnxModel.load(file, OPTIONS)) {
      FloatBuffer input = Buffers.direct(new float[3 * 64 * 64]);
      long[] shape = {1, 3, 64, 64};
      float[] target = new float[3 * 64 * 64];
      long settled = 0;
      for (int i = 0; i < 4000; i++) {
        if (i == 2000) {
          System.gc();
          settled = residentKilobytes();
        }
        model.run(input, shape, outputs -> outputs.copy("y", target));
      }
      System.gc();
      long grown = residentKilobytes() - settled;
      // A leaked output per run would be 96 MB.
      assertTrue(grown < 40_000, "resident memory grew by " + grown + " kB over 2,000 runs");
    }
  }

  private static long residentKilobytes() throws IOException {
    return Files.readAllLines(Path.of("/proc/self/status")).stream()
        .filter(line -> line.startsWith("VmRSS:"))
        .mapToLong(line -> Long.parseLong(line.replaceAll("\\D", "")))
        .sum();
  }
}
