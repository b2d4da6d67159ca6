package io.facepipeline.benchmarks;

import io.facepipeline.FaceDetector;
import io.facepipeline.FaceEmbedder;
import io.facepipeline.FacePipeline;
import io.facepipeline.FacePipelineException;
import io.facepipeline.Image;
import io.facepipeline.detection.mtcnn.Mtcnn;
import io.facepipeline.embedding.Backbone;
import io.facepipeline.gallery.Gallery;
import java.io.BufferedReader;
import java.lang.management.ManagementFactory;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** Starts fresh Java machines and tells what their first identification waits for. */
@Command(
    name = "cold-start",
    mixinStandardHelpOptions = true,
    showDefaultValues = true,
    description =
        "Time from the start of a fresh Java machine to its first identification, step by step;"
            + " medians over several machines.")
final class ColdStartCommand implements Callable<Integer> {
  @Option(names = "--runs", description = "Machines to start.")
  private int runs = 7;

  @Option(names = "--embedder", description = "Catalog id of the embedder.")
  private String embedder = "mobilefacenet-foamliu";

  @Option(names = "--java-option", description = "Options for the machines, such as -Xshare:auto.")
  private List<String> javaOptions = List.of();

  @Override
  public Integer call() throws Exception {
    Map<String, double[]> times = new LinkedHashMap<>();
    for (int run = 0; run < runs; run++) {
      for (String line : start()) {
        String[] parts = line.split("\t", -1);
        times.computeIfAbsent(parts[0], k -> new double[runs])[run] = Double.parseDouble(parts[1]);
      }
    }
    System.out.printf("%-40s %10s%n", "step", "median ms");
    times.forEach(
        (step, values) -> {
          Arrays.sort(values);
          System.out.printf("%-40s %10.0f%n", step, values[values.length / 2]);
        });
    return 0;
  }

  private List<String> start() throws Exception {
    List<String> command =
        new ArrayList<>(
            List.of(Path.of(System.getProperty("java.home"), "bin", "java").toString()));
    ManagementFactory.getRuntimeMXBean().getInputArguments().stream()
        .filter(a -> a.startsWith("-Dfacepipeline."))
        .forEach(command::add);
    command.addAll(javaOptions);
    command.addAll(
        List.of(
            "-cp", System.getProperty("java.class.path"), FirstResult.class.getName(), embedder));
    Process machine =
        new ProcessBuilder(command).redirectError(ProcessBuilder.Redirect.INHERIT).start();
    List<String> lines;
    try (BufferedReader reader = machine.inputReader(StandardCharsets.UTF_8)) {
      lines = reader.lines().toList();
    }
    if (machine.waitFor() != 0) {
      throw new FacePipelineException("a machine ended with " + machine.exitValue());
    }
    return lines;
  }

  /** What each machine runs: prints a step and its milliseconds a line. */
  static final class FirstResult {
    private static long last = System.nanoTime();

    private FirstResult() {}

    /** Identifies the people of a photo, once and once more. */
    public static void main(String[] arguments) {
      long begun = ManagementFactory.getRuntimeMXBean().getStartTime();
      print("the machine itself", (double) (System.currentTimeMillis() - begun));
      last = System.nanoTime();
      Image photo = Photos.group();
      step("decode a photo of 1280x720");
      FaceDetector detector = Mtcnn.builder().build();
      step("load ONNX Runtime and the detector");
      FaceEmbedder embedder = Backbone.named(arguments[0]).orElseThrow().load();
      step("load the embedder");
      try (FacePipeline pipeline =
          FacePipeline.builder()
              .detector(detector)
              .embedder(embedder)
              .classifier(Gallery.inMemory(embedder.card()))
              .build()) {
        pipeline.identify(photo);
        step("first identification");
        print("from start to first result", (double) (System.currentTimeMillis() - begun));
        last = System.nanoTime();
        pipeline.identify(photo);
        step("second identification");
      }
    }

    private static void step(String name) {
      long now = System.nanoTime();
      print(name, (now - last) / 1e6);
      last = System.nanoTime();
    }

    private static void print(String step, double milliseconds) {
      System.out.println(step + "\t" + milliseconds);
    }
  }
}
