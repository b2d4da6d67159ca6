package io.facepipeline.cli.output;

import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;

/** Whether a command shows how far it has come. */
public final class ProgressOption {
  @Option(
      names = "--progress",
      negatable = true,
      description = "Show a progress bar (default: for long work in a terminal).")
  @Nullable Boolean wanted;

  /** Starts a bar for photos. */
  public Progress start(int photos) {
    return start(photos, "photos");
  }

  /** Starts a bar for items of another kind. */
  public Progress start(int total, String items) {
    return Progress.start(wanted, total, items);
  }
}
