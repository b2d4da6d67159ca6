package io.facepipeline;

import java.util.concurrent.Callable;
import java.util.concurrent.ForkJoinPool;
import java.util.concurrent.ForkJoinTask;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.IntConsumer;

/**
 * The threads that the stages share. A stage that is called by a worker spreads its own tasks over
 * the same workers, so that a pipeline never runs more threads than it was given. Thread-safe.
 */
public final class Workers implements AutoCloseable {
  private static final int MAX_PARALLELISM = 1024;

  private final ForkJoinPool pool;

  /**
   * Starts workers.
   *
   * @param parallelism how many, 1 to 1024
   * @throws IllegalArgumentException if the number is out of range
   */
  public Workers(int parallelism) {
    requireParallelism(parallelism);
    pool =
        new ForkJoinPool(
            parallelism,
            p -> {
              var thread = ForkJoinPool.defaultForkJoinWorkerThreadFactory.newThread(p);
              thread.setName("facepipeline-" + thread.getPoolIndex());
              thread.setDaemon(true);
              return thread;
            },
            null,
            false);
  }

  static void requireParallelism(int parallelism) {
    if (parallelism < 1 || parallelism > MAX_PARALLELISM) {
      throw new IllegalArgumentException(
          "the parallelism must be within 1 and " + MAX_PARALLELISM + ", got " + parallelism);
    }
  }

  /** {@return the number of threads} */
  public int parallelism() {
    return pool.getParallelism();
  }

  /**
   * Runs a task on the workers and waits for it; directly if the caller is a worker already, of
   * these or of others.
   *
   * @param task the task
   * @param <T> the type of its result
   * @return its result
   * @throws IllegalStateException if the workers are closed
   */
  public <T> T call(Callable<T> task) {
    if (ForkJoinTask.inForkJoinPool()) {
      return ForkJoinTask.adapt(task).invoke();
    }
    if (pool.isShutdown()) {
      throw new IllegalStateException("the workers are closed");
    }
    return pool.invoke(ForkJoinTask.adapt(task));
  }

  /**
   * Runs a body for each index and waits for all; the workers share them out. The first exception
   * is thrown after all that had begun has ended; indices that nobody had begun by then are left
   * out.
   *
   * @param count how many indices
   * @param body takes 0 to {@code count - 1}, begun in this order, on any worker
   */
  public void forEach(int count, IntConsumer body) {
    if (count == 1) {
      body.accept(0);
    } else if (count > 1) {
      call(
          () -> {
            share(count, body);
            return count;
          });
    }
  }

  /**
   * Runs a body for each index and waits for all, as {@link #forEach} does, on the workers that the
   * calling thread is one of; in the calling thread alone where it is none. For stages that have no
   * workers of their own.
   *
   * @param count how many indices
   * @param body takes 0 to {@code count - 1}, begun in this order
   */
  public static void share(int count, IntConsumer body) {
    if (count > 1 && ForkJoinTask.inForkJoinPool()) {
      new Share(count, body).spread();
    } else {
      for (int i = 0; i < count; i++) {
        body.accept(i);
      }
    }
  }

  /** Indices that several workers take from until none is left. */
  private static final class Share {
    private final int count;
    private final IntConsumer body;
    private final AtomicInteger next = new AtomicInteger();

    Share(int count, IntConsumer body) {
      this.count = count;
      this.body = body;
    }

    /** To be called by a worker: takes part, with the others that are free. */
    void spread() {
      int helpers = Math.min(count, ForkJoinTask.getPool().getParallelism()) - 1;
      ForkJoinTask<?>[] tasks = new ForkJoinTask<?>[helpers];
      for (int i = 0; i < helpers; i++) {
        tasks[i] = ForkJoinTask.adapt((Runnable) this::work).fork();
      }
      try {
        work();
      } finally {
        // Waits for every task before it throws: callers hand out buffers to them.
        for (int i = helpers - 1; i >= 0; i--) {
          tasks[i].quietlyJoin();
        }
      }
      for (ForkJoinTask<?> task : tasks) {
        task.join();
      }
    }

    private void work() {
      for (int i = next.getAndIncrement(); i < count; i = next.getAndIncrement()) {
        try {
          body.accept(i);
        } catch (RuntimeException | Error e) {
          next.set(count);
          throw e;
        }
      }
    }
  }

  /** Ends the workers after what they have begun. */
  @Override
  public void close() {
    pool.shutdown();
    boolean interrupted = false;
    while (true) {
      try {
        if (pool.awaitTermination(1, TimeUnit.MINUTES)) {
          break;
        }
      } catch (InterruptedException e) {
        interrupted = true;
        pool.shutdownNow();
      }
    }
    if (interrupted) {
      Thread.currentThread().interrupt();
    }
  }
}
