package io.facepipeline;

import static io.facepipeline.ColorStages.photo;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.facepipeline.ColorStages.ColourGallery;
import io.facepipeline.ColorStages.Colours;
import io.facepipeline.ColorStages.Squares;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/** What a pipeline's listener is told of its stages. */
class StageListenerTest {
  private static final int RED = 0xff4040;
  private static final int BLUE = 0x4040ff;

  private record Ended(String stage, int faces, Duration took, @Nullable Throwable failure) {
    @Override
    public String toString() {
      return stage + " " + faces;
    }
  }

  private final List<Ended> told = Collections.synchronizedList(new ArrayList<>());

  private FacePipelineBuilder builder() {
    Colours embedder = new Colours("colours");
    return FacePipeline.builder()
        .detector(new Squares())
        .embedder(embedder)
        .classifier(new ColourGallery(embedder.card()))
        .parallelism(1)
        .listener(
            (stage, faces, took, failure) -> told.add(new Ended(stage, faces, took, failure)));
  }

  private List<String> taken() {
    List<String> stages = told.stream().map(Ended::toString).toList();
    told.forEach(ended -> assertTrue(!ended.took().isNegative(), ended::toString));
    told.clear();
    return stages;
  }

  @Test
  void eachStageIsToldOfWithItsFaces() {
    try (FacePipeline faces = builder().build()) {
      faces.enroll("red", photo(RED));
      assertEquals(List.of("detect 1", "select 1", "align 1", "embed 1"), taken());

      faces.identify(photo(RED, BLUE));
      assertEquals(List.of("detect 2", "align 2", "embed 2", "classify 2"), taken());

      faces.identify(photo());
      assertEquals(List.of("detect 0"), taken(), "what has nothing to do is not told of");
    }
  }

  @Test
  void pipelinesThatShareTheStagesShareTheListener() {
    try (FacePipeline faces = builder().build();
        FacePipeline others = faces.with(new ColourGallery(faces.card()))) {
      others.identify(photo(RED));
      assertEquals(List.of("detect 1", "align 1", "embed 1", "classify 1"), taken());
    }
  }

  @Test
  void manyPhotosAreReadAndEmbeddedTogether() {
    try (FacePipeline faces = builder().build()) {
      faces.identifyAll(
          List.of(photo(RED), photo(RED, BLUE), photo(BLUE), ImageSource.of(Path.of("nowhere"))));

      List<Ended> all = List.copyOf(told);
      assertEquals(
          List.of(
              "detect 1",
              "align 1",
              "detect 2",
              "align 2",
              "embed 3",
              "classify 1",
              "classify 2",
              "detect 1",
              "align 1",
              "read 0",
              "embed 1",
              "classify 1"),
          taken());
      Throwable failure =
          all.stream().filter(e -> e.stage().equals("read")).findFirst().orElseThrow().failure();
      assertEquals(ImageException.Reason.MISSING, ((ImageException) failure).reason());
    }
  }

  @Test
  void aFailureIsToldAndThrownAsItIs() {
    IllegalStateException broken = new IllegalStateException("broken");
    FaceDetector failing =
        new FaceDetector() {
          @Override
          public List<Face> detect(Image image) {
            throw broken;
          }

          @Override
          public void close() {}
        };
    try (FacePipeline faces =
        FacePipeline.builder()
            .detector(failing)
            .withoutEmbedder()
            .listener((s, f, took, failure) -> told.add(new Ended(s, f, took, failure)))
            .build()) {
      assertSame(broken, assertThrows(IllegalStateException.class, () -> faces.detect(photo(RED))));
      assertSame(broken, told.get(0).failure());
      assertEquals(List.of("detect 0"), taken());
    }
  }

  @Test
  void aPhotoWithoutTheOneFaceFailsInSelect() {
    try (FacePipeline faces = builder().build()) {
      assertThrows(FaceCountException.class, () -> faces.enroll("red", photo()));
      assertNull(told.get(0).failure());
      assertEquals(FaceCountException.class, told.get(1).failure().getClass());
      assertEquals(List.of("detect 0", "select 0"), taken());
    }
  }

  @Test
  void whatTheListenerThrowsReachesTheCallerAndHidesNoFailure() {
    IllegalStateException own = new IllegalStateException("listener");
    try (FacePipeline faces =
        FacePipeline.builder()
            .detector(new Squares())
            .embedder(new Colours("colours"))
            .withoutClassifier()
            .listener(
                (stage, n, took, failure) -> {
                  if (failure != null || n == 2) {
                    throw own;
                  }
                })
            .build()) {
      assertSame(
          own, assertThrows(IllegalStateException.class, () -> faces.detect(photo(RED, BLUE))));
      FaceCountException count =
          assertThrows(FaceCountException.class, () -> faces.embedOne(photo()));
      assertEquals(List.of(own), List.of(count.getSuppressed()));
    }
  }

  @Test
  void aSecondListenerIsRefused() {
    FacePipelineBuilder builder = builder();
    IllegalStateException refused =
        assertThrows(IllegalStateException.class, () -> builder.listener(StageListener.NONE));
    assertTrue(
        refused.getMessage().startsWith("the stage listener was already set"), refused::getMessage);
  }
}
