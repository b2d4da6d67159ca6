package io.facepipeline.classify.training;

import io.facepipeline.ProgressListener;
import org.jspecify.annotations.Nullable;

/** Tells the listener of each training that has ended. */
public final class TrainingSteps {
  private final ProgressListener listener;
  private int total;
  private int done;
  private @Nullable String running;

  public TrainingSteps(ProgressListener listener) {
    this.listener = listener;
  }

  public void plan(int steps) {
    total = steps;
  }

  public void begin(String step) {
    end();
    running = step;
  }

  public void end() {
    if (running != null) {
      done++;
      listener.progress(done, total, running);
      running = null;
    }
  }
}
