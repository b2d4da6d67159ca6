package io.facepipeline.internal;

import java.io.IOException;
import java.nio.channels.ClosedByInterruptException;

/**
 * Work on files that must not be interrupted. It runs to its end, and the thread's interrupt status
 * is kept. Thread-safe.
 */
public final class Uninterruptibly {
  private Uninterruptibly() {}

  /**
   * Something that is done with files and can be begun again.
   *
   * @param <T> the type of its result
   */
  @FunctionalInterface
  public interface Work<T> {
    /** {@return the result} */
    T run() throws IOException;
  }

  /**
   * Does work on files.
   *
   * @param work what is done; begun again where an interrupt closed its channel
   * @param <T> the type of its result
   * @return its result
   * @throws IOException if it fails for another reason
   */
  public static <T> T run(Work<T> work) throws IOException {
    boolean interrupted = Thread.interrupted();
    try {
      while (true) {
        try {
          return work.run();
        } catch (ClosedByInterruptException e) {
          Thread.interrupted();
          interrupted = true;
        }
      }
    } finally {
      if (interrupted) {
        Thread.currentThread().interrupt();
      }
    }
  }
}
