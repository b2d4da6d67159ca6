package io.facepipeline.classify;

import java.io.IOException;
import java.nio.channels.ClosedByInterruptException;

/**
 * Work on files that an interrupt of the thread would break off in the middle. It is done to its
 * end, and the thread stays interrupted for whoever asks next.
 */
final class Uninterruptibly {
  private Uninterruptibly() {}

  /** Something that is done with files and can be begun again. */
  @FunctionalInterface
  interface Work<T> {
    T run() throws IOException;
  }

  static <T> T run(Work<T> work) throws IOException {
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
