package io.facepipeline;

import io.facepipeline.internal.Workers;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.Iterator;
import java.util.NoSuchElementException;
import java.util.concurrent.RejectedExecutionException;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * Outcomes of photos in their order, made by the workers a few photos ahead of the reader. Photos
 * are taken from their iterator in the reader's thread. The reader is one thread; {@link #cancel}
 * may be called by any.
 */
final class PhotoStream<T> implements Iterator<Outcome<T>> {
  /** So many photos for each worker are begun before their outcomes are asked for. */
  private static final int AHEAD_PER_WORKER = 2;

  private final Iterator<? extends ImageSource> sources;
  private final Function<Photo, Outcome<T>> task;
  private final Workers workers;
  private final Deque<Pending> begun = new ArrayDeque<>();
  private int index;
  private @Nullable RuntimeException sourceFailure;

  /** Guards the fields below, and those of what is pending. */
  private final Object gate = new Object();

  private boolean cancelled;
  private int running;

  PhotoStream(
      Iterator<? extends ImageSource> sources, Function<Photo, Outcome<T>> task, Workers workers) {
    this.sources = sources;
    this.task = task;
    this.workers = workers;
  }

  /** A photo that was taken from the source and whose outcome has not been read. */
  private final class Pending implements Runnable {
    private final Photo photo;
    private boolean taken;
    private boolean done;
    private @Nullable Outcome<T> outcome;
    private @Nullable Error error;

    Pending(Photo photo) {
      this.photo = photo;
    }

    /** Runs the task, unless it was cancelled or another thread does. */
    @Override
    public void run() {
      synchronized (gate) {
        if (taken || cancelled) {
          return;
        }
        taken = true;
        running++;
      }
      Outcome<T> made = null;
      Error thrown = null;
      try {
        made = task.apply(photo);
      } catch (Error e) {
        thrown = e;
      } finally {
        synchronized (gate) {
          outcome = made;
          error = thrown;
          done = true;
          running--;
          gate.notifyAll();
        }
      }
    }

    boolean isDone() {
      synchronized (gate) {
        return done;
      }
    }

    Outcome<T> await() {
      synchronized (gate) {
        awaitUninterruptibly(() -> done || cancelled);
        if (error != null) {
          throw error;
        }
        if (outcome == null) {
          throw closed();
        }
        return outcome;
      }
    }
  }

  @Override
  public boolean hasNext() {
    fill();
    if (begun.isEmpty() && sourceFailure != null) {
      throw sourceFailure;
    }
    return !begun.isEmpty();
  }

  @Override
  public Outcome<T> next() {
    if (!hasNext()) {
      throw new NoSuchElementException();
    }
    Pending first = begun.remove();
    if (workers.isWorker()) {
      // The workers may all be waiting here for one another.
      first.run();
    }
    return first.await();
  }

  /** Begins more photos, unless the outcome that is read next is there, which must not wait. */
  private void fill() {
    int ahead = workers.isWorker() ? 1 : AHEAD_PER_WORKER * workers.parallelism();
    while (begun.size() < ahead && (begun.isEmpty() || !begun.element().isDone())) {
      synchronized (gate) {
        if (cancelled) {
          throw closed();
        }
      }
      ImageSource source;
      try {
        if (sourceFailure != null || !sources.hasNext()) {
          return;
        }
        source = sources.next();
      } catch (RuntimeException e) {
        // What was taken before it is read first.
        sourceFailure = e;
        return;
      }
      Pending next = new Pending(Photo.of(index++, source));
      begun.add(next);
      try {
        workers.begin(next);
      } catch (RejectedExecutionException e) {
        next.run(); // the workers are closed, which becomes its outcome
      }
    }
  }

  /** Begins no photo any more, and waits for those that have begun. */
  void cancel() {
    synchronized (gate) {
      cancelled = true;
      gate.notifyAll();
      if (!workers.isCaller()) { // else it would wait for itself
        awaitUninterruptibly(() -> running == 0);
      }
    }
  }

  private static IllegalStateException closed() {
    return new IllegalStateException("the stream of outcomes is closed");
  }

  private interface Condition {
    boolean holds();
  }

  /** To be called with the gate held. */
  @SuppressWarnings("WaitNotInLoop") // it is in one
  private void awaitUninterruptibly(Condition condition) {
    boolean interrupted = false;
    while (!condition.holds()) {
      try {
        gate.wait();
      } catch (InterruptedException e) {
        // What has begun uses pictures and models that are closed next, so it is waited for.
        interrupted = true;
      }
    }
    if (interrupted) {
      Thread.currentThread().interrupt();
    }
  }
}
