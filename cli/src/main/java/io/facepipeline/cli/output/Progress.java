package io.facepipeline.cli.output;

import io.facepipeline.ProgressListener;
import me.tongfei.progressbar.ProgressBar;
import me.tongfei.progressbar.ProgressBarBuilder;
import me.tongfei.progressbar.ProgressBarStyle;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine;

/** A progress bar on the error output, where someone is watching. */
public final class Progress implements ProgressListener, AutoCloseable {
  private final @Nullable ProgressBar bar;

  private Progress(@Nullable ProgressBar bar) {
    this.bar = bar;
  }

  /** Starts a bar if it was asked for, or if there are several items and a terminal. */
  static Progress start(@Nullable Boolean wanted, int total, String items) {
    boolean show = wanted != null ? wanted : total > 1 && CommandLine.Help.Ansi.AUTO.enabled();
    return new Progress(
        show
            ? new ProgressBarBuilder()
                .setTaskName(items)
                .setInitialMax(total)
                .setStyle(ProgressBarStyle.ASCII)
                .build()
            : null);
  }

  @Override
  public void progress(long done, long total, String item) {
    if (bar != null) {
      // Of long work only the current part's total is known.
      bar.maxHint(total);
      bar.stepTo(done);
    }
  }

  @Override
  public void close() {
    if (bar != null) {
      bar.close();
    }
  }
}
