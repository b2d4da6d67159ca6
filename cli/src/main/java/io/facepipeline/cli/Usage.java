package io.facepipeline.cli;

import io.facepipeline.cli.output.Exit;
import java.util.List;
import java.util.Map;
import picocli.CommandLine;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Model.OptionSpec;
import picocli.CommandLine.ParseResult;

/**
 * Leaves out of the commands the options that mean nothing to them, and gives every help one shape.
 */
final class Usage {
  private static final List<String> EMBEDDER = List.of("--embedder", "--mirror");
  private static final List<String> DETECTOR =
      List.of(
          "--detector",
          "--min-face",
          "--factor",
          "--thresholds",
          "--score-threshold",
          "--input-size",
          "--any-turn");

  /** By a command's full name. */
  private static final Map<String, List<List<String>>> MEANINGLESS =
      Map.of(
          "facepipeline detect", List.of(EMBEDDER),
          "facepipeline align", List.of(List.of("--mirror")),
          "facepipeline detectors", List.of(EMBEDDER, List.of("--detector")),
          "facepipeline expression", List.of(EMBEDDER),
          "facepipeline hide", List.of(List.of("--annotate")),
          "facepipeline evaluate detection", List.of(EMBEDDER),
          "facepipeline evaluate liveness", List.of(EMBEDDER, List.of("--cache")),
          "facepipeline evaluate pairs", List.of(DETECTOR, List.of("--cache")),
          "facepipeline evaluate report", List.of(List.of("--embedder")));

  /** Where an option has another default than elsewhere: what it says there. */
  private static final Map<String, Map<String, String>> OTHERWISE =
      Map.of(
          "facepipeline align",
          Map.of(
              "--embedder",
              "Cut faces as this model wants them: a catalog id, a checkpoint or an ONNX file"
                  + " (default: by --rule)."));

  private static final int MOST_THREADS = 1024;
  private static final int MOST_PIXELS = 1 << 16;

  private Usage() {}

  /**
   * Refuses numbers that cannot be, by the options' names: every command means the same by them.
   */
  static void check(ParseResult parsed) {
    for (OptionSpec option : parsed.matchedOptions()) {
      Object value = option.getValue();
      String wanted =
          switch (option.longestName()) {
            case "--threads" -> within(value, 1, MOST_THREADS) ? "" : "is 1 to " + MOST_THREADS;
            case "--min-face" -> within(value, 1, MOST_PIXELS) ? "" : "is at least 1";
            case "--factor" ->
                value instanceof Double f && f > 0 && f < 1 ? "" : "is between 0 and 1";
            case "--threshold" -> within(value, -1, 1) ? "" : "must be a cosine between -1 and 1";
            case "--thresholds" ->
                value instanceof List<?> list
                        && list.size() == 3
                        && list.stream().allMatch(t -> within(t, 0, 1))
                    ? ""
                    : "needs three numbers from 0 to 1";
            case "--score-threshold" ->
                value instanceof Float f && f > 0 && f <= 1 ? "" : "is more than 0, at most 1";
            case "--live-threshold" ->
                value instanceof Float p && p > 0 && p <= 1 ? "" : "is more than 0, at most 1";
            case "--input-size" ->
                value instanceof String size && size.matches("full|[1-9][0-9]{1,3}")
                    ? ""
                    : "is \"full\" or a number of pixels from 32 to 4096";
            default -> "";
          };
      if (!wanted.isEmpty()) {
        throw Exit.wrongUsage(
            parsed.commandSpec(), option.longestName() + " " + wanted + ", got " + value);
      }
    }
  }

  private static boolean within(Object value, double least, double most) {
    return value instanceof Number number
        && number.doubleValue() >= least
        && number.doubleValue() <= most;
  }

  /** Shapes a command and those below it. */
  static void shape(CommandLine line) {
    CommandSpec spec = line.getCommandSpec();
    for (List<String> options : MEANINGLESS.getOrDefault(spec.qualifiedName(), List.of())) {
      for (String name : options) {
        OptionSpec option = spec.findOption(name);
        if (option != null) {
          spec.remove(option);
        }
      }
    }
    OTHERWISE
        .getOrDefault(spec.qualifiedName(), Map.of())
        .forEach(
            (name, text) -> {
              OptionSpec option = spec.findOption(name);
              spec.remove(option);
              spec.add(option.toBuilder().description(text).build());
            });
    // A line for the synopsis: the list below it has all options.
    spec.usageMessage().abbreviateSynopsis(true).autoWidth(true);
    line.getSubcommands().values().forEach(Usage::shape);
  }
}
