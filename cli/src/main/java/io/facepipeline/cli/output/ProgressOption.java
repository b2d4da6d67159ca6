package io.facepipeline.cli.output;

import io.facepipeline.evaluation.internal.TerminalBar;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine;
import picocli.CommandLine.Option;

/** Whether a command shows how far it has come. */
public final class ProgressOption {
  @Option(
      names = "--progress",
      negatable = true,
      description = "Show a progress bar (default: for long work in a terminal).")
  @Nullable Boolean wanted;

  /** Starts a bar for photos. */
  public TerminalBar start(int photos) {
    return start(photos, "photos");
  }

  /** Starts a bar for items of another kind: if asked for, or for several in a terminal. */
  public TerminalBar start(int total, String items) {
    boolean shown = wanted != null ? wanted : total > 1 && CommandLine.Help.Ansi.AUTO.enabled();
    return TerminalBar.start(shown, items, total);
  }
}
