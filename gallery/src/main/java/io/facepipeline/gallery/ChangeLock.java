package io.facepipeline.gallery;

import io.facepipeline.ProgressListener;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * Lets one thread at a time change a gallery, or do long work during which nothing may change.
 *
 * <p>A listener of long work is called without the lock, so that it may wait for another thread's
 * change. The work runs in a thread of its own, which holds the lock and hands its progress to the
 * calling thread. Before its last step the work waits for the listener, so that an exception of the
 * listener ends it with nothing changed. It does not wait while another thread wants the lock: the
 * listener may be waiting for that thread.
 */
final class ChangeLock {
  /** How many steps the work may be ahead of its listener. */
  private static final int AHEAD = 1000;

  private final ReentrantLock lock = new ReentrantLock();

  /** How many threads wait for the lock. */
  private final AtomicInteger waiting = new AtomicInteger();

  /** The threads that a listener is called in. */
  private final Set<Thread> listening = ConcurrentHashMap.newKeySet();

  /** The work that has the lock. */
  private volatile @Nullable Relay working;

  /**
   * Long work.
   *
   * @param <E> what it throws
   */
  @FunctionalInterface
  interface Work<E extends Exception> {
    /** Runs with the lock. */
    void run(ProgressListener listener) throws E;
  }

  /** Whether the calling thread is in a listener. */
  boolean isListening() {
    return listening.contains(Thread.currentThread());
  }

  /**
   * Makes a change.
   *
   * @throws IllegalStateException if a listener calls it
   */
  <T extends @Nullable Object> T change(Supplier<T> change) {
    refuseListener();
    acquire();
    try {
      return change.get();
    } finally {
      lock.unlock();
    }
  }

  /**
   * Does long work and returns when it is done and the listener has heard everything.
   *
   * @throws IllegalStateException if a listener calls it
   */
  <E extends Exception> void work(ProgressListener listener, Work<E> work) throws E {
    refuseListener();
    if (listener == ProgressListener.NONE) {
      acquire();
      try {
        work.run(listener);
      } finally {
        lock.unlock();
      }
      return;
    }
    Relay relay = new Relay();
    Thread thread = new Thread(() -> relay.run(work), "facepipeline-gallery");
    thread.setDaemon(true); // the calling thread waits for it
    thread.start();
    listening.add(Thread.currentThread());
    try {
      relay.listen(listener);
    } finally {
      listening.remove(Thread.currentThread());
    }
  }

  private void refuseListener() {
    if (isListening()) {
      throw new IllegalStateException(
          "a listener cannot change or close the gallery during compact or export; do it after that"
              + " call");
    }
  }

  private void acquire() {
    if (lock.tryLock()) {
      return;
    }
    waiting.incrementAndGet();
    try {
      Relay relay = working;
      if (relay != null) {
        relay.wake();
      }
      lock.lock();
    } finally {
      waiting.decrementAndGet();
    }
  }

  private record Step(long done, long total, String item) {}

  /** Hands the progress of work from its thread to the one that listens. */
  private final class Relay implements ProgressListener {
    private final ReentrantLock gate = new ReentrantLock();
    private final Condition changed = gate.newCondition();

    /** What the listener has yet to hear; it is in the first one's call. */
    private final Deque<Step> steps = new ArrayDeque<>();

    private @Nullable Throwable refusal;
    private @Nullable Throwable failure;
    private boolean ended;

    /** For the work's thread. */
    void run(Work<?> work) {
      Throwable thrown = null;
      acquire();
      working = this;
      try {
        work.run(this);
      } catch (Throwable e) { // thrown in the calling thread
        thrown = e;
      } finally {
        working = null;
        lock.unlock();
      }
      gate.lock();
      try {
        failure = thrown;
        ended = true;
        changed.signalAll();
      } finally {
        gate.unlock();
      }
    }

    /** For the work's thread; throws what the listener threw. */
    @Override
    public void progress(long done, long total, String item) {
      gate.lock();
      try {
        steps.add(new Step(done, total, item));
        changed.signalAll();
        int unheard = done == total ? 0 : AHEAD;
        while (refusal == null && steps.size() > unheard && waiting.get() == 0) {
          changed.awaitUninterruptibly();
        }
        if (refusal != null) {
          throw ChangeLock.<RuntimeException>asItIs(refusal);
        }
      } finally {
        gate.unlock();
      }
    }

    /** Another thread wants the lock. */
    void wake() {
      gate.lock();
      try {
        changed.signalAll();
      } finally {
        gate.unlock();
      }
    }

    /** For the calling thread; throws what the work or the listener threw. */
    void listen(ProgressListener listener) {
      for (Step step = next(); step != null; step = next()) {
        Throwable thrown = null;
        try {
          listener.progress(step.done(), step.total(), step.item());
        } catch (Throwable e) { // thrown when the work has ended
          thrown = e;
        }
        heard(thrown);
      }
      if (failure != null) {
        if (refusal != null && refusal != failure) {
          failure.addSuppressed(refusal);
        }
        throw ChangeLock.<RuntimeException>asItIs(failure);
      }
      if (refusal != null) {
        throw ChangeLock.<RuntimeException>asItIs(refusal);
      }
    }

    /** The next step; null when there is none left and the work has ended. */
    private @Nullable Step next() {
      gate.lock();
      try {
        while (!ended && (steps.isEmpty() || refusal != null)) {
          changed.awaitUninterruptibly();
        }
        return refusal == null ? steps.peek() : null;
      } finally {
        gate.unlock();
      }
    }

    private void heard(@Nullable Throwable thrown) {
      gate.lock();
      try {
        steps.remove();
        refusal = thrown;
        changed.signalAll();
      } finally {
        gate.unlock();
      }
    }
  }

  @SuppressWarnings({"unchecked", "TypeParameterUnusedInFormals"})
  private static <E extends Throwable> E asItIs(Throwable thrown) throws E {
    throw (E) thrown;
  }
}
