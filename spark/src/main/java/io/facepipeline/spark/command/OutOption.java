package io.facepipeline.spark.command;

import picocli.CommandLine.Option;

/** The table that a command writes. */
final class OutOption {
  @Option(
      names = "--out",
      required = true,
      paramLabel = "DIR",
      description = "A folder that does not exist, for the result as Parquet.")
  String folder = "";
}
