package io.facepipeline.internal;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ForkJoinPool;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Consumer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.Timeout.ThreadMode;

@Timeout(value = 60, threadMode = ThreadMode.SEPARATE_THREAD)
public class WorkersTest {
  /** Has constructors that a pool would use to make another one. */
  static final class Broken extends RuntimeException {
    Broken(String message) {
      super(message);
    }

    Broken(Throwable cause) {
      super(cause);
    }
  }

  @Test
  void throwsWhatATaskThrewItself() {
    Broken thrown = new Broken("as it was");
    try (Workers workers = new Workers(3)) {
      assertUnchanged(
          thrown,
          task ->
              workers.call(
                  () -> {
                    task.run();
                    return "";
                  }));
      assertUnchanged(thrown, task -> workers.forEach(1, i -> task.run()));
      assertUnchanged(thrown, task -> workers.forEach(20, i -> task.run()));
      assertUnchanged(
          thrown, task -> workers.forEach(20, i -> workers.forEach(20, j -> task.run())));
      // In the hands of a helper, not of the thread that shares out.
      assertUnchanged(
          thrown,
          task ->
              workers.call(
                  () -> {
                    Thread caller = Thread.currentThread();
                    CountDownLatch helped = new CountDownLatch(1);
                    workers.forEach(
                        20,
                        i -> {
                          if (Thread.currentThread() == caller) {
                            await(helped);
                          } else {
                            helped.countDown();
                            task.run();
                          }
                        });
                    return "";
                  }));
      ForkJoinPool others = new ForkJoinPool(2);
      try {
        assertUnchanged(
            thrown,
            task -> {
              AtomicReference<RuntimeException> caught = new AtomicReference<>();
              others
                  .submit(
                      () -> {
                        try {
                          workers.forEach(20, i -> task.run());
                        } catch (Broken e) {
                          caught.set(e);
                        }
                      })
                  .join();
              throw caught.get();
            });
      } finally {
        others.shutdown();
      }
      assertEquals("still at work", workers.call(() -> "still at work"));
    }
  }

  private static void assertUnchanged(Broken thrown, Consumer<Runnable> run) {
    Broken caught =
        assertThrows(
            Broken.class,
            () ->
                run.accept(
                    () -> {
                      throw thrown;
                    }));
    assertSame(thrown, caught);
    assertEquals("as it was", caught.getMessage());
    assertNull(caught.getCause());
    assertEquals(0, caught.getSuppressed().length);
  }

  @Test
  void throwsErrorsAndCheckedExceptionsThatNobodyDeclared() {
    try (Workers workers = new Workers(2)) {
      AssertionError error = new AssertionError("error");
      assertSame(
          error,
          assertThrows(
              AssertionError.class,
              () ->
                  workers.forEach(
                      9,
                      i -> {
                        throw error;
                      })));
      IOException checked = new IOException("as other languages throw it");
      assertSame(
          checked,
          assertThrows(
              IOException.class,
              () -> workers.forEach(9, i -> WorkersTest.<RuntimeException>sneak(checked))));
    }
  }

  @SuppressWarnings({"unchecked", "TypeParameterUnusedInFormals", "DoNotCallSuggester"})
  public static <E extends Throwable> void sneak(Throwable exception) throws E {
    throw (E) exception;
  }

  @Test
  void refusesToBeClosedByItsOwnTasksInWhateverThread() {
    try (Workers workers = new Workers(3);
        Workers outer = new Workers(2)) {
      assertRefused(workers, close -> workers.forEach(1, i -> close.run()));
      assertRefused(workers, close -> workers.forEach(9, i -> close.run()));
      assertRefused(workers, close -> workers.forEach(9, i -> outer.forEach(9, j -> close.run())));
      assertRefused(workers, close -> outer.forEach(9, i -> workers.forEach(9, j -> close.run())));
      assertRefused(
          workers,
          close ->
              ForkJoinPool.commonPool().submit(() -> workers.forEach(9, i -> close.run())).join());
      assertRefused(
          workers,
          close ->
              workers.call(
                  () -> {
                    Workers.share(9, i -> close.run());
                    return "";
                  }));
      assertEquals("open", workers.call(() -> "open"));
    }
  }

  private static void assertRefused(Workers workers, Consumer<Runnable> run) {
    run.accept(
        () -> {
          IllegalStateException refused = assertThrows(IllegalStateException.class, workers::close);
          assertTrue(refused.getMessage().contains("task of their own"), refused.getMessage());
        });
  }

  /** Also for work in threads that are not of these workers. */
  @Test
  void closingWaitsForWhatHasBegun() throws InterruptedException {
    Workers workers = new Workers(2);
    CountDownLatch begun = new CountDownLatch(1);
    CountDownLatch go = new CountDownLatch(1);
    AtomicReference<String> finished = new AtomicReference<>("not yet");
    Thread user =
        new Thread(
            () ->
                workers.forEach(
                    1,
                    i -> {
                      begun.countDown();
                      await(go);
                      workers.forEach(3, j -> finished.set("after " + j));
                      finished.set("finished");
                    }));
    user.start();
    await(begun);
    AtomicReference<String> atClosing = new AtomicReference<>();
    Thread closer =
        new Thread(
            () -> {
              workers.close();
              atClosing.set(finished.get());
            });
    closer.start();
    while (closer.getState() != Thread.State.WAITING) {
      Thread.onSpinWait();
    }
    assertThrows(IllegalStateException.class, () -> workers.call(() -> "too late"));
    assertThrows(IllegalStateException.class, () -> workers.forEach(1, i -> {}));
    go.countDown();
    closer.join();
    user.join();
    assertEquals("finished", atClosing.get());
  }

  @Test
  void anInterruptedCloserWaitsAllTheSame() throws InterruptedException {
    Workers workers = new Workers(2);
    CountDownLatch begun = new CountDownLatch(1);
    CountDownLatch go = new CountDownLatch(1);
    AtomicReference<String> result = new AtomicReference<>();
    Thread user =
        new Thread(
            () ->
                result.set(
                    workers.call(
                        () -> {
                          begun.countDown();
                          await(go);
                          return "done";
                        })));
    user.start();
    await(begun);
    AtomicReference<Boolean> interrupted = new AtomicReference<>();
    Thread closer =
        new Thread(
            () -> {
              Thread.currentThread().interrupt();
              workers.close();
              interrupted.set(Thread.interrupted());
            });
    closer.start();
    go.countDown();
    closer.join();
    user.join();
    assertEquals("done", result.get());
    assertTrue(interrupted.get());
  }

  private static void await(CountDownLatch latch) {
    try {
      latch.await();
    } catch (InterruptedException e) {
      throw new AssertionError(e);
    }
  }
}
