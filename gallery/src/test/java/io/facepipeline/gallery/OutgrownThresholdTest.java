package io.facepipeline.gallery;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.facepipeline.CropSpec;
import io.facepipeline.Embedding;
import io.facepipeline.Enrollment;
import io.facepipeline.ModelCard;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.logging.Handler;
import java.util.logging.Level;
import java.util.logging.LogRecord;
import java.util.logging.Logger;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class OutgrownThresholdTest {
  private static final ModelCard CARD =
      ModelCard.builder("small")
          .embeddingSize(3)
          .crop(CropSpec.arcFace(112))
          .thresholds(new ModelCard.Thresholds(0.348f, 0.482f, 1_000_000, "photos"))
          .build();

  private static final Embedding PROBE = Embedding.of(CARD.fingerprint(), new float[] {0, 0, 1});

  @TempDir Path folder;

  private final List<String> told = new ArrayList<>();
  private final Logger logger = Logger.getLogger(Gallery.class.getName());
  private final Handler handler =
      new Handler() {
        @Override
        public void publish(LogRecord log) {
          assertEquals(Level.WARNING, log.getLevel());
          told.add(log.getMessage());
        }

        @Override
        public void flush() {}

        @Override
        public void close() {}
      };

  @BeforeEach
  void listen() {
    logger.addHandler(handler);
  }

  @AfterEach
  void listenNoLonger() {
    logger.removeHandler(handler);
  }

  private static void enroll(Gallery gallery, int from, int to) {
    gallery.enrollAll(
        IntStream.range(from, to)
            .mapToObj(
                i ->
                    Enrollment.of(
                        "p" + i, List.of(Embedding.of(CARD.fingerprint(), new float[] {1, i, 0}))))
            .toList());
  }

  @Test
  void itWarnsOnceWhenPeopleAreNamed() {
    try (Gallery gallery = Gallery.inMemory(CARD)) {
      enroll(gallery, 0, 10_000);
      gallery.classify(PROBE);
      // 1 - (1 - 1e-5)^10,000 is 9.5 %.
      assertEquals(List.of(), told);
      enroll(gallery, 10_000, 12_000);
      assertEquals(List.of(), told);
      gallery.classifyAll(List.of(PROBE));
      gallery.classify(PROBE);
      assertEquals(1, told.size());
      // The normal distribution's points at 1e-3, 1e-5 and 0.01 / 12,000 are 3.090, 4.265, 4.789.
      assertTrue(
          told.get(0).contains("12000 faces, too many for its threshold of 0.482")
              && told.get(0).contains("about 11 % would")
              && told.get(0).contains("with a threshold of 0.542 it would be 1 %"),
          told.get(0));
    }
  }

  @Test
  void aHigherThresholdIsForMoreFaces() {
    float threshold = CARD.thresholds().identification(12_000, 0.01);
    assertEquals(0.348 + (0.482 - 0.348) * (4.789 - 3.090) / (4.265 - 3.090), threshold, 1e-3);
    try (Gallery gallery = Gallery.inMemory(CARD, threshold)) {
      enroll(gallery, 0, 12_000);
      gallery.classify(PROBE);
      assertEquals(List.of(), told);
    }
  }

  @Test
  void aGalleryOnDiskKnowsTheCardThatItIsOpenedWith() {
    try (Gallery gallery = Gallery.open(folder, CARD)) {
      enroll(gallery, 0, 12_000);
    }
    try (Gallery gallery = Gallery.open(folder)) {
      gallery.classify(PROBE);
      assertEquals(List.of(), told);
    }
    try (Gallery gallery = Gallery.open(folder, CARD)) {
      gallery.classify(PROBE);
      assertEquals(1, told.size());
    }
  }

  @Test
  void aLowThresholdOfASmallGalleryIsTheCallersChoice() {
    try (Gallery gallery = Gallery.inMemory(CARD, 0.1f)) {
      enroll(gallery, 0, 1_000);
      gallery.classify(PROBE);
      assertEquals(List.of(), told);
    }
  }
}
