package io.facepipeline.benchmarks;

import java.io.IOException;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import org.openjdk.jmh.profile.GCProfiler;
import org.openjdk.jmh.results.RunResult;
import org.openjdk.jmh.results.format.ResultFormatFactory;
import org.openjdk.jmh.results.format.ResultFormatType;
import org.openjdk.jmh.runner.Runner;
import org.openjdk.jmh.runner.RunnerException;
import org.openjdk.jmh.runner.options.ChainedOptionsBuilder;
import org.openjdk.jmh.runner.options.OptionsBuilder;
import org.openjdk.jmh.runner.options.TimeValue;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** A look at every stage and its rivals in a few minutes. */
@Command(
    name = "quick",
    mixinStandardHelpOptions = true,
    showDefaultValues = true,
    description =
        "Runs every stage and the rivals briefly, in under ten minutes on a quiet machine; writes"
            + " results.json (JMH's form), ratios.md and plots.")
final class QuickCommand implements Callable<Integer> {
  @Option(names = "--out", description = "Folder for the results.")
  private Path out = Path.of("benchmark-results");

  @Option(names = "--iterations", description = "Measurements of a second each.")
  private int iterations = 3;

  private final List<RunResult> results = new ArrayList<>();

  @Override
  public Integer call() throws RunnerException, IOException {
    Files.createDirectories(out);
    run(options("DetectBenchmark").param("photo", "250x250", "1280x720"));
    run(
        options("DetectBenchmark")
            .param("photo", "1920x1080")
            .param("detector", "facepipeline", "facepipeline-1", "plain-onnxruntime"));
    run(options("CascadeBenchmark").param("photo", "1280x720"));
    run(options("DecodeBenchmark").param("photo", "1280x720"));
    run(options("AlignBenchmark"));
    run(options("EmbedBenchmark"));
    run(
        options("GalleryBenchmark")
            .param("people", "10000")
            .param("dimensions", "512")
            .param("kept", "false"));
    run(options("IdentifyBenchmark"));
    // One shot is a whole batch; the benchmark's own settings say how many.
    run(new OptionsBuilder().include("ThroughputBenchmark").shouldFailOnError(true));
    try (PrintStream json =
        new PrintStream(out.resolve("results.json").toFile(), StandardCharsets.UTF_8)) {
      ResultFormatFactory.getInstance(ResultFormatType.JSON, json).writeOut(results);
    }
    Ratios ratios = new Ratios(results);
    Files.writeString(out.resolve("ratios.md"), ratios.markdown());
    ratios.plots(out);
    System.out.println();
    System.out.print(ratios.markdown());
    System.out.println("results.json, ratios.md and plots are in " + out);
    return 0;
  }

  private ChainedOptionsBuilder options(String benchmark) {
    return new OptionsBuilder()
        .include("\\." + benchmark + "\\.")
        .forks(1)
        .warmupIterations(2)
        .warmupTime(TimeValue.seconds(1))
        .measurementIterations(iterations)
        .measurementTime(TimeValue.seconds(1))
        .addProfiler(GCProfiler.class)
        .shouldFailOnError(true);
  }

  private void run(ChainedOptionsBuilder options) throws RunnerException {
    results.addAll(new Runner(options.build()).run());
  }
}
