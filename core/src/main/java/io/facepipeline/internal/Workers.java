package io.facepipeline.internal;

import java.util.concurrent.ForkJoinPool;
import java.util.concurrent.ForkJoinTask;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.IntConsumer;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * The threads that the stages share. A stage that is called by a worker spreads its own tasks over
 * the same workers, so that a pipeline never runs more threads than it was given. What a task
 * throws reaches the caller as it was thrown: the same exception, with the trace of the thread that
 * ran the task. Thread-safe.
 */
public final class Workers implements AutoCloseable {
  private static final int MAX_PARALLELISM = 1024;

  /** Whose tasks this thread is in; null outside of all. */
  private static final ThreadLocal<@Nullable Scope> CURRENT = new ThreadLocal<>();

  private final ForkJoinPool pool;

  /** Whose threads these are; null if they are these workers' own. */
  private final @Nullable Workers landlord;

  /** Guards the two fields below. */
  private final Object gate = new Object();

  /** Calls from outside that have not returned yet, in whatever threads they run. */
  private int calls;

  private boolean closed;

  /** Workers whose task a thread is in, and those whose task that one is in. */
  private record Scope(Workers workers, @Nullable Scope outer) {
    static boolean contains(@Nullable Scope scope, Workers workers) {
      for (Scope s = scope; s != null; s = s.outer) {
        if (s.workers == workers) {
          return true;
        }
      }
      return false;
    }

    /** The workers of both; a thread that waits for its own task may run that of another caller. */
    static @Nullable Scope union(@Nullable Scope more, @Nullable Scope scope) {
      Scope all = scope;
      for (Scope s = more; s != null; s = s.outer) {
        if (!contains(all, s.workers)) {
          all = new Scope(s.workers, all);
        }
      }
      return all;
    }
  }

  /**
   * Starts workers.
   *
   * @param parallelism how many, 1 to 1024
   * @throws IllegalArgumentException if the number is out of range
   */
  public Workers(int parallelism) {
    requireParallelism(parallelism);
    landlord = null;
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

  private Workers(Workers landlord) {
    this.landlord = landlord;
    pool = landlord.pool;
  }

  /**
   * Returns workers that share the threads of these, and can be closed by themselves. Their calls
   * are calls of these as well, which wait for them when they are closed, and refuse them after.
   *
   * @return the tenants
   */
  public Workers tenants() {
    return new Workers(this);
  }

  public static void requireParallelism(int parallelism) {
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
  public <T> T call(Supplier<T> task) {
    return within(() -> ForkJoinTask.inForkJoinPool() ? task.get() : inPool(task));
  }

  private <T> T inPool(Supplier<T> task) {
    Scope scope = CURRENT.get();
    AtomicReference<T> result = new AtomicReference<>();
    // Caught where it is thrown: the pool would hand over a copy made by reflection.
    Failure failure = new Failure();
    pool.invoke(ForkJoinTask.adapt(() -> failure.keep(() -> result.set(in(scope, task)))));
    failure.rethrow();
    return finished(result);
  }

  @SuppressWarnings("NullAway") // it has ended without a failure, so its result is there
  private static <T> T finished(AtomicReference<T> result) {
    return result.get();
  }

  /** Runs a call so that {@link #close} waits for it and nothing in it can close the workers. */
  private <T> T within(Supplier<T> call) {
    if (isCaller()) {
      return call.get();
    }
    synchronized (gate) {
      if (closed) {
        // Whoever asks knows nothing of workers, but of what they work for.
        throw new IllegalStateException(
            "the detector, gallery or pipeline that is asked to work is closed; close it after its"
                + " last call");
      }
      calls++;
    }
    try {
      Scope scope = new Scope(this, CURRENT.get());
      return landlord == null ? in(scope, call) : landlord.within(() -> in(scope, call));
    } finally {
      synchronized (gate) {
        calls--;
        gate.notifyAll();
      }
    }
  }

  private static <T> T in(@Nullable Scope scope, Supplier<T> task) {
    Scope before = CURRENT.get();
    CURRENT.set(Scope.union(scope, before));
    try {
      return task.get();
    } finally {
      if (before == null) {
        CURRENT.remove();
      } else {
        CURRENT.set(before);
      }
    }
  }

  /**
   * {@return whether the calling thread is one of some workers, whose other tasks may wait for it}
   */
  public boolean isWorker() {
    return ForkJoinTask.inForkJoinPool();
  }

  /**
   * Hands a task over without waiting for it. It is no call, for which {@link #close} would wait,
   * until it makes one.
   *
   * @param task the task
   * @throws java.util.concurrent.RejectedExecutionException if the workers are closed
   */
  public void begin(Runnable task) {
    pool.execute(task);
  }

  /** Whether the calling thread is in a task of these workers. */
  public boolean isCaller() {
    return Scope.contains(CURRENT.get(), this);
  }

  /**
   * Runs a body for each index and waits for all; the workers share them out. The first exception
   * is thrown, as it is, after all that had begun has ended; indices that nobody had begun by then
   * are left out.
   *
   * @param count how many indices
   * @param body takes 0 to {@code count - 1}, begun in this order, on any worker
   */
  public void forEach(int count, IntConsumer body) {
    if (count == 1) {
      within(
          () -> {
            body.accept(0);
            return count;
          });
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
    private final @Nullable Scope scope = CURRENT.get();
    private final AtomicInteger next = new AtomicInteger();
    private final Failure failure = new Failure();

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
      work();
      // Waits for every task before it throws: callers hand out buffers to them.
      for (int i = helpers - 1; i >= 0; i--) {
        tasks[i].quietlyJoin();
      }
      failure.rethrow();
    }

    private void work() {
      failure.keep(
          () ->
              in(
                  scope,
                  () -> {
                    for (int i = next.getAndIncrement(); i < count; i = next.getAndIncrement()) {
                      body.accept(i);
                    }
                    return count;
                  }));
      if (failure.isKept()) {
        next.set(count);
      }
    }
  }

  /** The first that a task threw, to be thrown where it is waited for; an error goes before. */
  private static final class Failure {
    private final AtomicReference<@Nullable Throwable> first = new AtomicReference<>();

    void keep(Runnable task) {
      try {
        task.run();
      } catch (Throwable e) { // checked ones too, which other languages throw undeclared
        if (!first.compareAndSet(null, e) && e instanceof Error) {
          first.updateAndGet(kept -> kept instanceof Error ? kept : e);
        }
      }
    }

    boolean isKept() {
      return first.get() != null;
    }

    void rethrow() {
      Throwable kept = first.get();
      if (kept != null) {
        throw Failure.<RuntimeException>asItIs(kept);
      }
    }

    @SuppressWarnings({"unchecked", "TypeParameterUnusedInFormals"})
    private static <E extends Throwable> E asItIs(Throwable kept) throws E {
      throw (E) kept;
    }
  }

  /**
   * Ends the workers after their running tasks.
   *
   * @throws IllegalStateException if a task of these workers calls it, which would deadlock; then
   *     nothing is closed
   */
  @Override
  public void close() {
    if (isCaller()) {
      throw new IllegalStateException(
          "the workers cannot be closed by a task of their own; close them after the call that"
              + " runs the task has returned");
    }
    boolean interrupted = false;
    synchronized (gate) {
      closed = true;
      while (calls > 0) {
        try {
          gate.wait();
        } catch (InterruptedException e) {
          interrupted = true;
        }
      }
    }
    boolean ended = landlord != null; // the threads are the landlord's
    if (landlord == null) {
      pool.shutdown();
    }
    while (!ended) {
      try {
        ended = pool.awaitTermination(1, TimeUnit.MINUTES);
      } catch (InterruptedException e) {
        // What has begun uses native memory that is freed next, so it is waited for all the same.
        interrupted = true;
      }
    }
    if (interrupted) {
      Thread.currentThread().interrupt();
    }
  }
}
