package io.facepipeline.training.run;

import io.facepipeline.ProgressListener;
import io.facepipeline.evaluation.internal.TerminalBar;
import java.util.function.Function;
import picocli.CommandLine;

/**
 * Shows progress bars on standard error.
 *
 * @param shown whether to show them
 */
public record ProgressBars(boolean shown) {
  /** {@return bars in a terminal, unless they are not wanted; a log file gets none} */
  public static ProgressBars unless(boolean quiet) {
    return new ProgressBars(!quiet && CommandLine.Help.Ansi.AUTO.enabled());
  }

  /** {@return the result of a task, while a bar shows its progress} */
  public <T> T during(String name, Function<ProgressListener, T> task) {
    try (TerminalBar bar = TerminalBar.start(shown, name, 1)) {
      return task.apply(shown ? bar : ProgressListener.NONE);
    }
  }
}
