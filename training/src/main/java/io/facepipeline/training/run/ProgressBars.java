package io.facepipeline.training.run;

import io.facepipeline.ProgressListener;
import java.util.function.Function;
import me.tongfei.progressbar.ProgressBar;
import me.tongfei.progressbar.ProgressBarBuilder;
import me.tongfei.progressbar.ProgressBarStyle;

/**
 * Shows progress bars on standard error.
 *
 * @param shown whether to show them
 */
public record ProgressBars(boolean shown) {
  /** Often enough for whoever looks, and not too often for a log file. */
  private static final int MILLISECONDS = 2000;

  /** {@return the result of a task, while a bar shows its progress} */
  public <T> T during(String name, Function<ProgressListener, T> task) {
    if (!shown) {
      return task.apply(ProgressListener.NONE);
    }
    try (ProgressBar bar =
        new ProgressBarBuilder()
            .setTaskName(name)
            .setStyle(ProgressBarStyle.ASCII)
            .setInitialMax(1)
            .setUpdateIntervalMillis(MILLISECONDS)
            .build()) {
      return task.apply(
          (done, total, item) -> {
            bar.maxHint(total);
            bar.stepTo(done);
            bar.setExtraMessage(item.startsWith("loss ") ? item : "");
          });
    }
  }
}
