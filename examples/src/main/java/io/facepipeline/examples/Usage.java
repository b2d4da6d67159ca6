package io.facepipeline.examples;

import java.util.List;
import java.util.Map;
import picocli.CommandLine;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Model.OptionSpec;

/**
 * Leaves out of the commands the options that mean nothing to them, and gives every help one shape.
 */
final class Usage {
  private static final List<String> EMBEDDER = List.of("--embedder", "--mirror");

  /** By a command's full name. */
  private static final Map<String, List<List<String>>> MEANINGLESS =
      Map.of(
          "facepipeline detect", List.of(EMBEDDER),
          "facepipeline align", List.of(EMBEDDER),
          "facepipeline detectors", List.of(EMBEDDER, List.of("--detector")),
          "facepipeline expression", List.of(EMBEDDER),
          "facepipeline evaluate detection", List.of(EMBEDDER),
          "facepipeline evaluate report", List.of(List.of("--embedder")));

  private Usage() {}

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
    // A line for the synopsis: the list below it has all options.
    spec.usageMessage().abbreviateSynopsis(true).autoWidth(true);
    line.getSubcommands().values().forEach(Usage::shape);
  }
}
