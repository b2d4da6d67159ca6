package io.facepipeline.cli.stages;

import io.facepipeline.ProgressListener;
import me.tongfei.progressbar.ProgressBar;
import me.tongfei.progressbar.ProgressBarBuilder;
import me.tongfei.progressbar.ProgressBarStyle;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine;

/** A bar for each download on the error output, where someone is watching or asked for it. */
public final class DownloadProgress implements ProgressListener {
  private static final long MEBIBYTE = 1 << 20;

  private final boolean shown;
  private @Nullable ProgressBar bar;

  public DownloadProgress(boolean wanted) {
    shown = wanted || CommandLine.Help.Ansi.AUTO.enabled();
  }

  @Override
  public void progress(long done, long total, String item) {
    if (!shown) {
      return;
    }
    if (bar == null) {
      bar =
          new ProgressBarBuilder()
              .setTaskName(item)
              .setInitialMax(total)
              .setUnit("MiB", MEBIBYTE)
              .setStyle(ProgressBarStyle.ASCII)
              .build();
    }
    bar.stepTo(done);
    if (done == total) {
      bar.close();
      bar = null;
    }
  }
}
