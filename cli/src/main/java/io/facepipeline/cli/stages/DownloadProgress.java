package io.facepipeline.cli.stages;

import io.facepipeline.ProgressListener;
import io.facepipeline.evaluation.internal.TerminalBar;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine;

/** A bar for each download on the error output, where someone is watching or asked for it. */
public final class DownloadProgress implements ProgressListener {
  private final boolean shown;
  private @Nullable TerminalBar bar;

  public DownloadProgress(boolean wanted) {
    shown = wanted || CommandLine.Help.Ansi.AUTO.enabled();
  }

  @Override
  public void progress(long done, long total, String item) {
    if (!shown) {
      return;
    }
    if (bar == null) {
      bar = TerminalBar.ofBytes(item, total);
    }
    bar.progress(done, total, item);
    if (done == total) {
      bar.close();
      bar = null;
    }
  }
}
