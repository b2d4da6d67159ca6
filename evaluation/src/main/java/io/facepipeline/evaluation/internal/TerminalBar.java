package io.facepipeline.evaluation.internal;

import io.facepipeline.ProgressListener;
import me.tongfei.progressbar.ProgressBar;
import me.tongfei.progressbar.ProgressBarBuilder;
import me.tongfei.progressbar.ProgressBarStyle;
import org.jspecify.annotations.Nullable;

/**
 * The programs' progress bar on the error output, or none where nobody is watching. Only a program
 * that has the library of bars on its class path can show one.
 */
public final class TerminalBar implements ProgressListener, AutoCloseable {
  /** How the item is called that is worth showing beside the bar. */
  private static final String LOSS = "loss ";

  private static final long MEBIBYTE = 1 << 20;

  private final @Nullable ProgressBar bar;

  private TerminalBar(@Nullable ProgressBar bar) {
    this.bar = bar;
  }

  /** Starts a bar for items, if it is to be shown. */
  public static TerminalBar start(boolean shown, String items, long total) {
    return new TerminalBar(shown ? builder(items, total).build() : null);
  }

  /** Starts a bar for bytes. */
  public static TerminalBar ofBytes(String name, long total) {
    return new TerminalBar(builder(name, total).setUnit("MiB", MEBIBYTE).build());
  }

  private static ProgressBarBuilder builder(String name, long total) {
    return new ProgressBarBuilder()
        .setTaskName(name)
        .setInitialMax(total)
        .setStyle(ProgressBarStyle.ASCII);
  }

  @Override
  public void progress(long done, long total, String item) {
    if (bar != null) {
      // Of long work only the current part's total is known.
      bar.maxHint(total);
      bar.stepTo(done);
      bar.setExtraMessage(item.startsWith(LOSS) ? item : "");
    }
  }

  @Override
  public void close() {
    if (bar != null) {
      bar.close();
    }
  }
}
