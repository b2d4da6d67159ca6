package io.facepipeline;

import static io.facepipeline.ColorStages.photo;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertNotSame;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.facepipeline.ColorStages.ColourGallery;
import io.facepipeline.ColorStages.Colours;
import io.facepipeline.ColorStages.Squares;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Semaphore;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Supplier;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** Photos of a stream: in order, lazily, a few ahead, until it is closed. */
class PhotoStreamTest {
  private static final int RED = 0xff4040;
  private static final int WORKERS = 2;

  /** Two photos a worker. */
  private static final int AHEAD = 4;

  private final FacePipeline faces =
      FacePipeline.builder()
          .detector(new Squares())
          .embedder(new Colours("colours"))
          .classifier(ColourGallery::new)
          .parallelism(WORKERS)
          .build();

  @AfterEach
  void close() {
    faces.close();
  }

  private record Source(String name, Supplier<Image> loading) implements ImageSource {
    @Override
    public Image load() {
      return loading.get();
    }
  }

  @Test
  void theOutcomesComeInTheOrderOfThePhotosAndNameThem() {
    faces.enroll("red", photo(RED));
    // The first waits for the second, so that they end in another order.
    CountDownLatch second = new CountDownLatch(1);
    List<ImageSource> sources = new ArrayList<>();
    sources.add(
        new Source(
            "slow",
            () -> {
              await(second);
              return photo(RED);
            }));
    sources.add(
        new Source(
            "fast",
            () -> {
              second.countDown();
              return photo();
            }));
    sources.add(
        new Source(
            "bad",
            () -> {
              throw new IllegalArgumentException("no photo");
            }));
    sources.add(null);
    for (int i = 4; i < 40; i++) {
      sources.add(photo(i % 2 == 0 ? new int[] {RED, RED} : new int[] {RED}));
    }
    List<Outcome<List<Identification>>> outcomes;
    try (Stream<Outcome<List<Identification>>> named = faces.identifyEach(sources.stream())) {
      outcomes = named.toList();
    }
    assertEquals(40, outcomes.size());
    for (int i = 0; i < 40; i++) {
      assertEquals(i, outcomes.get(i).index());
      assertSame(sources.get(i), outcomes.get(i).source().orElse(null));
      if (i >= 4) {
        assertEquals(i % 2 == 0 ? 2 : 1, outcomes.get(i).get().size());
      }
    }
    assertEquals("slow", outcomes.get(0).name());
    assertEquals("red", outcomes.get(0).get().get(0).label());
    assertEquals(List.of(), outcomes.get(1).get());
    assertInstanceOf(IllegalArgumentException.class, outcomes.get(2).error().orElseThrow());
    assertEquals("image 4", outcomes.get(3).name());
    assertFalse(outcomes.get(3).isPresent());
  }

  @Test
  void everyTaskHasAStream() {
    List<Image> photos = List.of(photo(RED), photo(RED, RED));
    try (Stream<Outcome<List<Face>>> found = faces.detectEach(photos.stream())) {
      assertEquals(List.of(1, 2), found.map(o -> o.get().size()).toList());
    }
    try (Stream<Outcome<List<EmbeddedFace>>> found = faces.embedEach(photos.stream())) {
      assertEquals(List.of(1, 2), found.map(o -> o.get().size()).toList());
    }
    try (Stream<Outcome<List<AnalyzedFace>>> found = faces.analyzeEach(photos.stream())) {
      assertEquals(List.of(1, 2), found.map(o -> o.get().size()).toList());
    }
  }

  @Test
  void aTaskOfTheCallersGetsEachSourceWithItsImage() {
    List<Source> sources = new ArrayList<>();
    for (int i = 0; i < 20; i++) {
      Image image = i % 2 == 0 ? photo(RED) : photo(RED, RED);
      sources.add(new Source("photo " + i, () -> image));
    }
    sources.add(
        new Source(
            "bad",
            () -> {
              throw new IllegalArgumentException("no photo");
            }));
    List<Outcome<String>> outcomes;
    try (Stream<Outcome<String>> told =
        faces.mapEach(
            sources.stream(),
            (source, image) -> source.name() + " shows " + faces.detect(image).size())) {
      outcomes = told.toList();
    }
    assertEquals("photo 6 shows 1", outcomes.get(6).get());
    assertEquals("photo 7 shows 2", outcomes.get(7).get());
    assertInstanceOf(IllegalArgumentException.class, outcomes.get(20).error().orElseThrow());
  }

  @Test
  void aTaskRunsOnTheWorkersUntilThePipelineIsClosed() {
    Thread caller = Thread.currentThread();
    assertNotSame(caller, faces.call(Thread::currentThread));
    assertEquals(1, faces.call(() -> faces.detect(photo(RED)).size()));
    faces.close();
    assertThrows(IllegalStateException.class, () -> faces.call(() -> 1));
    assertThrows(IllegalStateException.class, () -> faces.mapEach(Stream.<Image>of(), (s, i) -> 1));
  }

  @Test
  void noMorePhotosAreTakenThanAreReadSoon() {
    AtomicInteger taken = new AtomicInteger();
    try (Stream<Outcome<List<Face>>> found =
        faces.detectEach(
            Stream.generate(
                () -> {
                  taken.incrementAndGet();
                  return photo(RED);
                }))) {
      assertEquals(0, taken.get(), "it is lazy");
      Iterator<Outcome<List<Face>>> outcomes = found.iterator();
      for (int read = 1; read <= 50; read++) {
        assertTrue(outcomes.next().isPresent());
        assertTrue(taken.get() <= read + AHEAD, taken + " taken, " + read + " read");
      }
    }
  }

  @Test
  void anOutcomeThatIsThereDoesNotWaitForTheNextPhoto() throws InterruptedException {
    Semaphore camera = new Semaphore(1);
    Stream<Image> frames =
        Stream.generate(
            () -> {
              camera.acquireUninterruptibly();
              return photo(RED);
            });
    AtomicInteger read = new AtomicInteger();
    CountDownLatch three = new CountDownLatch(3);
    try (Stream<Outcome<List<Face>>> found = faces.detectEach(frames)) {
      Thread reader =
          new Thread(
              () ->
                  found
                      .limit(3)
                      .forEach(
                          outcome -> {
                            read.incrementAndGet();
                            three.countDown();
                          }));
      reader.start();
      camera.release(AHEAD + 3);
      three.await();
      reader.join();
      assertEquals(3, read.get());
    }
  }

  @Test
  void closingBeginsNothingMoreAndWaitsForWhatHasBegun() throws InterruptedException {
    CountDownLatch begun = new CountDownLatch(WORKERS);
    CountDownLatch goOn = new CountDownLatch(1);
    AtomicInteger loading = new AtomicInteger();
    AtomicInteger loaded = new AtomicInteger();
    AtomicBoolean sourceClosed = new AtomicBoolean();
    Stream<ImageSource> sources =
        IntStream.range(0, 100)
            .<ImageSource>mapToObj(
                i ->
                    new Source(
                        "photo " + i,
                        () -> {
                          loading.incrementAndGet();
                          begun.countDown();
                          await(goOn);
                          loaded.incrementAndGet();
                          return photo(RED);
                        }))
            .onClose(() -> sourceClosed.set(true));
    Stream<Outcome<List<Face>>> found = faces.detectEach(sources);
    Iterator<Outcome<List<Face>>> outcomes = found.iterator();
    Thread reader = new Thread(() -> assertThrows(IllegalStateException.class, outcomes::next));
    reader.start();
    begun.await();
    Thread closer = new Thread(found::close);
    closer.start();
    reader.join(); // it is told at once
    assertFalse(sourceClosed.get(), "photos are being read from it");
    goOn.countDown();
    closer.join();
    assertEquals(WORKERS, loading.get());
    assertEquals(WORKERS, loaded.get());
    assertTrue(sourceClosed.get());
    assertEquals(1, faces.detect(photo(RED)).size(), "the pipeline is open");
  }

  @Test
  void aSourceThatFailsIsToldAfterThePhotosBefore() {
    IllegalStateException broken = new IllegalStateException("the camera is off");
    Stream<Image> frames =
        IntStream.range(0, 10)
            .mapToObj(
                i -> {
                  if (i == 3) {
                    throw broken;
                  }
                  return photo(RED);
                });
    try (Stream<Outcome<List<Face>>> found = faces.detectEach(frames)) {
      Iterator<Outcome<List<Face>>> outcomes = found.iterator();
      for (int i = 0; i < 3; i++) {
        assertTrue(outcomes.next().isPresent());
      }
      assertSame(broken, assertThrows(IllegalStateException.class, outcomes::next));
    }
  }

  @Test
  void aStreamCanBeReadByThePipelinesOwnWork() {
    List<Outcome<List<Face>>> outcomes =
        faces.detectAll(
            IntStream.range(0, 6)
                .<ImageSource>mapToObj(
                    i ->
                        new Source(
                            "outer " + i,
                            () -> {
                              try (Stream<Outcome<List<Face>>> inner =
                                  faces.detectEach(Stream.of(photo(RED), photo(RED)))) {
                                assertEquals(2, inner.filter(Outcome::isPresent).count());
                              }
                              return photo(RED);
                            }))
                .toList());
    outcomes.forEach(outcome -> assertTrue(outcome.isPresent(), outcome.toString()));
  }

  @Test
  void photosAfterThePipelineIsClosedAreRefused() {
    FacePipeline own = FacePipeline.builder().detector(new Squares()).parallelism(1).build();
    try (Stream<Outcome<List<Face>>> found =
        own.detectEach(Stream.generate(() -> photo(RED)).limit(20))) {
      Iterator<Outcome<List<Face>>> outcomes = found.iterator();
      assertTrue(outcomes.next().isPresent());
      own.close();
      Outcome<List<Face>> last = outcomes.next();
      while (outcomes.hasNext()) {
        last = outcomes.next();
      }
      assertEquals(19, last.index());
      assertInstanceOf(IllegalStateException.class, last.error().orElseThrow());
    }
    assertThrows(IllegalStateException.class, () -> own.detectEach(Stream.of(photo(RED))));
  }

  private static void await(CountDownLatch latch) {
    try {
      latch.await();
    } catch (InterruptedException e) {
      throw new IllegalStateException(e);
    }
  }
}
