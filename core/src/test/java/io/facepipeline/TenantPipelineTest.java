package io.facepipeline;

import static io.facepipeline.ColorStages.photo;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.facepipeline.ColorStages.ColourGallery;
import io.facepipeline.ColorStages.Colours;
import io.facepipeline.ColorStages.Squares;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** Pipelines that share the stages of another and have a classifier of their own. */
class TenantPipelineTest {
  private static final int RED = 0xff4040;

  private final Squares detector = new Squares();
  private final Colours embedder = new Colours("colours");
  private final ColourGallery gallery = new ColourGallery(embedder.card());
  private final FacePipeline base =
      FacePipeline.builder()
          .detector(detector)
          .embedder(embedder)
          .classifier(gallery)
          .parallelism(2)
          .build();

  @AfterEach
  void close() {
    base.close();
  }

  @Test
  void eachHasItsOwnPeople() {
    try (FacePipeline other = base.with(ColourGallery::new);
        FacePipeline third = other.with(new ColourGallery(embedder.card()))) {
      base.enroll("ada", photo(RED));
      other.enroll("rossa", photo(RED));
      assertEquals("ada", base.identify(photo(RED)).get(0).label());
      assertEquals("rossa", other.identify(photo(RED)).get(0).label());
      assertFalse(third.identify(photo(RED)).get(0).isKnown());
      assertSame(detector, other.detector());
      assertSame(embedder, third.embedder().orElseThrow());
    }
  }

  @Test
  void closingATenantClosesItsClassifierAlone() {
    ColourGallery own = new ColourGallery(embedder.card());
    FacePipeline tenant = base.with(own);
    FacePipeline next = tenant.with(ColourGallery::new);
    tenant.close();
    tenant.close();
    assertEquals(1, own.closed.get());
    assertEquals(0, gallery.closed.get());
    assertEquals(0, detector.closed.get());
    assertThrows(IllegalStateException.class, () -> tenant.detect(photo(RED)));
    assertEquals(1, base.identify(photo(RED)).size());
    assertEquals(1, next.identify(photo(RED)).size(), "it shares the stages of the base");
    next.close();
  }

  @Test
  void aTenantIsRefusedOnceTheBaseIsClosed() {
    ColourGallery own = new ColourGallery(embedder.card());
    FacePipeline tenant = base.with(own);
    base.close();
    assertEquals(1, embedder.closed.get());
    assertEquals(0, own.closed.get());
    IllegalStateException refused =
        assertThrows(IllegalStateException.class, () -> tenant.identify(photo(RED)));
    assertTrue(refused.getMessage().contains("whose stages this one shares is closed"));
    assertThrows(IllegalStateException.class, () -> tenant.with(ColourGallery::new));
    tenant.close();
    assertEquals(1, own.closed.get());
  }

  @Test
  void whatCannotBeSharedIsClosed() {
    ColourGallery other = new ColourGallery(new Colours("others").card());
    assertThrows(IllegalArgumentException.class, () -> base.with(other));
    assertEquals(1, other.closed.get());
    Squares alone = new Squares();
    try (FacePipeline detecting =
        FacePipeline.builder().detector(alone).withoutEmbedder().build()) {
      ColourGallery own = new ColourGallery(embedder.card());
      assertThrows(IllegalStateException.class, () -> detecting.with(own));
      assertEquals(1, own.closed.get());
    }
  }

  @Test
  void theBaseWaitsForTheWorkOfItsTenants() throws InterruptedException {
    CountDownLatch begun = new CountDownLatch(1);
    CountDownLatch closing = new CountDownLatch(1);
    AtomicInteger closedMeanwhile = new AtomicInteger();
    FaceDetector slow =
        new FaceDetector() {
          @Override
          public List<Face> detect(Image image) {
            begun.countDown();
            await(closing);
            closedMeanwhile.set(detector.closed.get());
            return detector.detect(image);
          }

          @Override
          public void close() {
            detector.close();
          }
        };
    FacePipeline slowBase = FacePipeline.builder().detector(slow).embedder(embedder).build();
    FacePipeline tenant = slowBase.with(ColourGallery::new);
    AtomicReference<List<Face>> found = new AtomicReference<>();
    Thread caller = new Thread(() -> found.set(tenant.detect(photo(RED))));
    caller.start();
    begun.await();
    Thread closer = new Thread(slowBase::close);
    closer.start();
    // From now on the base refuses calls, which shows that closing has begun.
    while (isOpen(slowBase)) {
      Thread.onSpinWait();
    }
    closing.countDown();
    closer.join();
    caller.join();
    assertEquals(0, closedMeanwhile.get());
    assertEquals(1, detector.closed.get());
    assertEquals(1, found.get().size());
    tenant.close();
  }

  @Test
  void neitherCanBeClosedByTheWorkOfATenant() {
    try (FacePipeline tenant = base.with(ColourGallery::new)) {
      for (FacePipeline either : List.of(base, tenant)) {
        Outcome<List<Face>> outcome =
            tenant
                .detectAll(
                    List.of(
                        source(
                            () -> {
                              either.close();
                              return photo(RED);
                            })))
                .get(0);
        assertTrue(outcome.toString().contains("closed from its own work"), outcome.toString());
      }
      assertEquals(1, tenant.detect(photo(RED)).size());
    }
  }

  private static boolean isOpen(FacePipeline faces) {
    try {
      return faces.with(ColourGallery::new).classifier().isPresent();
    } catch (IllegalStateException closed) {
      return false;
    }
  }

  private static void await(CountDownLatch latch) {
    try {
      latch.await();
    } catch (InterruptedException e) {
      throw new IllegalStateException(e);
    }
  }

  private interface Loading {
    Image load();
  }

  private static ImageSource source(Loading loading) {
    return new ImageSource() {
      @Override
      public Image load() {
        return loading.load();
      }

      @Override
      public String name() {
        return "a photo";
      }
    };
  }
}
