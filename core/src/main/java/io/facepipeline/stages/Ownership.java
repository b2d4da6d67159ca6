package io.facepipeline.stages;

import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** The stages that a builder has taken over and closes if it fails. Not thread-safe. */
public final class Ownership {
  private final List<AutoCloseable> owned = new ArrayList<>();
  private @Nullable String ended;

  /** Does one step of the building; if it fails, all that is owned is closed. */
  public void step(Runnable step) {
    if (ended != null) {
      throw refused(ended);
    }
    try {
      step.run();
    } catch (Throwable e) { // checked ones too, which other languages throw undeclared
      ended = "cannot be used, because a call of it failed";
      Closing.after(e, owned);
      throw e;
    }
  }

  /** Does a step that takes a stage over, which is closed even if there are no steps any more. */
  public void step(AutoCloseable stage, Runnable step) {
    if (ended != null) {
      IllegalStateException refused = refused(ended);
      Closing.after(refused, isOwned(stage) ? List.of() : List.of(stage));
      throw refused;
    }
    step(
        () -> {
          take(stage);
          step.run();
        });
  }

  /** Takes a stage over. */
  public <S extends AutoCloseable> S take(S stage) {
    if (!isOwned(stage)) {
      owned.add(stage);
    }
    return stage;
  }

  /** Hands everything over: there are no more steps. */
  public void end(String reason) {
    ended = reason;
  }

  private static IllegalStateException refused(String ended) {
    return new IllegalStateException("this builder " + ended + "; start with a new one");
  }

  /** The same object, whatever it says it equals. */
  private boolean isOwned(AutoCloseable stage) {
    return owned.stream().anyMatch(other -> other == stage);
  }
}
