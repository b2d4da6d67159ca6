package io.facepipeline.stages;

import io.facepipeline.FacePipelineException;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Closes stages, all of them, whatever some of them throw. */
public final class Closing {
  private Closing() {}

  /**
   * Closes stages in their order.
   *
   * @throws FacePipelineException if one of them fails; what else failed is suppressed in it
   */
  public static void all(List<? extends AutoCloseable> stages) {
    FacePipelineException failure = null;
    for (AutoCloseable stage : stages) {
      FacePipelineException failed = close(stage);
      if (failure == null) {
        failure = failed;
      } else if (failed != null) {
        failure.addSuppressed(failed);
      }
    }
    if (failure != null) {
      throw failure;
    }
  }

  /** Closes stages after a failure, which goes on: what fails now is suppressed in it. */
  public static void after(Throwable failure, List<? extends AutoCloseable> stages) {
    for (AutoCloseable stage : stages) {
      FacePipelineException failed = close(stage);
      if (failed != null) {
        failure.addSuppressed(failed);
      }
    }
  }

  private static @Nullable FacePipelineException close(AutoCloseable stage) {
    try {
      stage.close();
      return null;
    } catch (Exception e) {
      // The other stages must be closed all the same.
      return new FacePipelineException("closing " + stage + " failed", e);
    }
  }
}
