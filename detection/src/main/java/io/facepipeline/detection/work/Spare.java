package io.facepipeline.detection.work;

import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.function.Supplier;

/**
 * Working memory that is kept from one image to the next, as many pieces as were in use at once.
 * Thread-safe.
 */
public final class Spare<T> {
  private final ConcurrentLinkedQueue<T> kept = new ConcurrentLinkedQueue<>();
  private final Supplier<T> fresh;

  /**
   * @param fresh makes a piece where none is left
   */
  public Spare(Supplier<T> fresh) {
    this.fresh = fresh;
  }

  /** {@return a piece for the caller alone, until it is given back} */
  public T take() {
    T taken = kept.poll();
    return taken != null ? taken : fresh.get();
  }

  /** Takes a piece back. */
  public void giveBack(T piece) {
    kept.add(piece);
  }
}
