package io.facepipeline;

import static io.facepipeline.ColorStages.photo;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.facepipeline.ColorStages.ColourGallery;
import io.facepipeline.ColorStages.Colours;
import io.facepipeline.ColorStages.Squares;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** Calls from many threads that only wait: virtual ones, where the JVM has them. */
class AsyncCallsTest {
  private static final int RED = 0xff4040;
  private static final int CALLS = 500;

  private final AtomicInteger running = new AtomicInteger();
  private final AtomicInteger most = new AtomicInteger();
  private final ExecutorService executor = waiting();

  /** Finds the squares of a photo, and counts how many photos are searched at the same time. */
  private final class Counting implements FaceDetector {
    private final Squares squares = new Squares();

    @Override
    public List<Face> detect(Image image) {
      most.accumulateAndGet(running.incrementAndGet(), Math::max);
      try {
        assertTrue(
            Thread.currentThread().getName().startsWith("facepipeline-"),
            "the pipeline's own threads do the work");
        return squares.detect(image);
      } finally {
        running.decrementAndGet();
      }
    }

    @Override
    public void close() {
      squares.close();
    }
  }

  /** Virtual threads came with Java 21. */
  private static ExecutorService waiting() {
    try {
      return (ExecutorService)
          Executors.class.getMethod("newVirtualThreadPerTaskExecutor").invoke(null);
    } catch (ReflectiveOperationException e) {
      return Executors.newFixedThreadPool(50);
    }
  }

  @AfterEach
  void stop() {
    executor.shutdownNow();
  }

  private FacePipeline pipeline() {
    Colours embedder = new Colours("colours");
    return FacePipeline.builder()
        .detector(new Counting())
        .embedder(embedder)
        .classifier(new ColourGallery(embedder.card()))
        .parallelism(2)
        .build();
  }

  @Test
  void manyCallsWaitWhileThePipelinesThreadsWork() throws Exception {
    try (FacePipeline faces = pipeline()) {
      faces.enroll("red", photo(RED));
      List<CompletableFuture<List<Identification>>> all = new ArrayList<>();
      for (int i = 0; i < CALLS; i++) {
        all.add(CompletableFuture.supplyAsync(() -> faces.identify(photo(RED)), executor));
      }
      for (CompletableFuture<List<Identification>> call : all) {
        assertEquals("red", call.get(60, TimeUnit.SECONDS).get(0).label());
      }
      assertTrue(most.get() <= 2, () -> most + " photos at the same time on 2 threads");
    }
  }

  @Test
  void aFailureIsTheCauseOfTheFuturesException() {
    try (FacePipeline faces = pipeline()) {
      CompletionException failed =
          assertThrows(
              CompletionException.class,
              () ->
                  CompletableFuture.supplyAsync(() -> faces.enroll("nobody", photo()), executor)
                      .join());
      assertEquals(FaceCountException.class, failed.getCause().getClass());
    }
  }
}
