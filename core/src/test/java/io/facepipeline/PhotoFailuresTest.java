package io.facepipeline;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.facepipeline.internal.WorkersTest;
import io.facepipeline.stages.Stages;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.concurrent.ForkJoinPool;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.BiFunction;
import java.util.function.Function;
import java.util.function.Supplier;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.Timeout.ThreadMode;

/**
 * One photo that fails, and callers that close what is at work. The stages need no model: every
 * photo shows one face, and a photo's width says what is to happen to it.
 */
@Timeout(value = 60, threadMode = ThreadMode.SEPARATE_THREAD)
class PhotoFailuresTest {
  private static final int GOOD = 60;
  private static final int BAD = 61;

  /** What the calls for many photos give, without the values. */
  private static List<Outcome<?>> outcomes(
      FacePipeline faces, List<? extends ImageSource> photos, String call) {
    List<Outcome<?>> outcomes = new ArrayList<>();
    switch (call) {
      case "detect" -> outcomes.addAll(faces.detectAll(photos));
      case "align" -> outcomes.addAll(faces.alignAll(photos));
      case "embed" -> outcomes.addAll(faces.embedAll(photos));
      case "verify" -> outcomes.addAll(faces.verifyAll(photo(GOOD), photos));
      case "enroll" -> outcomes.addAll(faces.enrollAll("ada", photos));
      case "identify" -> outcomes.addAll(faces.identifyAll(photos));
      default -> outcomes.addAll(faces.analyzeAll(photos, ProgressListener.NONE));
    }
    return outcomes;
  }

  private static final List<String> CALLS =
      List.of("detect", "align", "embed", "verify", "enroll", "identify", "analyze");

  private static ImageSource source(Supplier<Image> load, Supplier<String> name) {
    return new ImageSource() {
      @Override
      public Image load() {
        return load.get();
      }

      @Override
      public String name() {
        return name.get();
      }
    };
  }

  @SuppressWarnings("TypeParameterUnusedInFormals")
  private static <T> T fail(RuntimeException e) {
    throw e;
  }

  @Test
  void aSourceThatFailsIsReportedForItselfWhateverItThrows() {
    RuntimeException own = new IllegalStateException("the store is away");
    List<ImageSource> bad =
        Arrays.asList(
            source(() -> fail(own), () -> "throws"),
            source(() -> null, () -> "gives null"),
            source(() -> photo(GOOD), () -> fail(new UnsupportedOperationException("no name"))),
            source(() -> photo(GOOD), () -> null),
            null,
            source(
                () -> {
                  WorkersTest.<RuntimeException>sneak(new IOException("pulled out"));
                  return null;
                },
                () -> "throws what is checked"));
    for (String call : CALLS) {
      try (FacePipeline faces = new Stages().pipeline()) {
        List<ImageSource> photos = new ArrayList<>(Collections.nCopies(20, photo(GOOD)));
        photos.addAll(7, bad);
        List<Outcome<?>> outcomes = outcomes(faces, photos, call);
        assertEquals(26, outcomes.size());
        for (int i = 0; i < 26; i++) {
          boolean usable = i < 7 || i > 12 || i == 9 || i == 10; // a name is not needed
          assertEquals(
              usable, outcomes.get(i).isPresent(), call + " " + i + ": " + outcomes.get(i));
        }
        assertSame(own, outcomes.get(7).error().orElseThrow());
        assertSame(own, assertThrows(RuntimeException.class, outcomes.get(7)::get));
        assertEquals("throws: IllegalStateException: the store is away", "" + outcomes.get(7));
        assertInstanceOf(FacePipelineException.class, outcomes.get(8).error().orElseThrow());
        assertTrue(outcomes.get(8).toString().contains("gives null"), "" + outcomes.get(8));
        assertEquals("image 10", outcomes.get(9).name());
        assertTrue(outcomes.get(11).toString().contains("image 12"), "" + outcomes.get(11));
        assertInstanceOf(IOException.class, outcomes.get(12).error().orElseThrow().getCause());
      }
    }
  }

  @Test
  void aStageThatFailsIsReportedForThePhotoItFailedOn() {
    for (RuntimeException thrown :
        List.of(new FacePipelineException("x"), new ArrayIndexOutOfBoundsException("y"))) {
      for (Function<Stages, Runnable> stage : Stages.failing(thrown)) {
        for (String call : CALLS) {
          Stages stages = new Stages();
          stage.apply(stages).run();
          try (FacePipeline faces = stages.pipeline()) {
            List<Image> photos = new ArrayList<>(Collections.nCopies(19, photo(GOOD)));
            photos.set(5, photo(BAD));
            List<Outcome<?>> outcomes = outcomes(faces, photos, call);
            for (int i = 0; i < 19; i++) {
              Outcome<?> outcome = outcomes.get(i);
              if (i != 5) {
                assertTrue(outcome.isPresent(), call + " " + i + ": " + outcome);
              } else if (!outcome.isPresent()) {
                assertSame(thrown, outcome.error().orElseThrow());
              }
            }
          }
        }
      }
    }
  }

  @Test
  void aStageThatAnswersNothingIsNamed() {
    Stages noList = new Stages();
    noList.detect = image -> null;
    Stages tooFew = new Stages();
    tooFew.embed = (crops, card) -> List.of();
    Stages holdsNull = new Stages();
    holdsNull.embed = (crops, card) -> Collections.nCopies(crops.size(), null);
    Stages nobody = new Stages();
    nobody.classify = probe -> null;
    for (Stages stages : List.of(noList, tooFew, holdsNull, nobody)) {
      try (FacePipeline faces = stages.pipeline()) {
        Outcome<?> outcome = faces.identifyAll(List.of(photo(GOOD))).get(0);
        assertInstanceOf(FacePipelineException.class, outcome.error().orElseThrow());
        assertTrue(outcome.toString().contains("the stage "), outcome.toString());
        assertThrows(FacePipelineException.class, () -> faces.identify(photo(GOOD)));
      }
    }
  }

  @Test
  void errorsEndTheCallUnchanged() {
    OutOfMemoryError error = new OutOfMemoryError("none left");
    for (String call : CALLS) {
      Stages stages = new Stages();
      stages.detect =
          image -> {
            throw error;
          };
      try (FacePipeline faces = stages.pipeline()) {
        assertSame(
            error,
            assertThrows(
                OutOfMemoryError.class, () -> outcomes(faces, List.of(photo(GOOD)), call)));
      }
    }
  }

  @Test
  void aListenersExceptionReachesTheCaller() {
    UnsupportedOperationException thrown = new UnsupportedOperationException("enough");
    try (FacePipeline faces = new Stages().pipeline()) {
      assertSame(
          thrown,
          assertThrows(
              UnsupportedOperationException.class,
              () ->
                  faces.identifyAll(
                      Collections.nCopies(9, photo(GOOD)), (done, total, item) -> fail(thrown))));
    }
  }

  @Test
  void refusesToBeClosedByItsOwnWork() {
    for (int photos : new int[] {1, 30}) {
      for (boolean elsewhere : new boolean[] {false, true}) {
        Stages stages = new Stages();
        AtomicReference<FacePipeline> own = new AtomicReference<>();
        AtomicInteger refusals = new AtomicInteger();
        Runnable close =
            () -> {
              IllegalStateException refused =
                  assertThrows(IllegalStateException.class, () -> own.get().close());
              assertTrue(refused.getMessage().contains("its own work"), refused.getMessage());
              refusals.incrementAndGet();
            };
        stages.before = close;
        try (FacePipeline faces = stages.pipeline()) {
          own.set(faces);
          ImageSource source =
              source(
                  () -> {
                    close.run();
                    return photo(GOOD);
                  },
                  () -> "photo");
          Runnable work =
              () -> {
                var identified =
                    faces.identifyAll(
                        Collections.nCopies(photos, source), (done, total, item) -> close.run());
                assertTrue(identified.stream().allMatch(Outcome::isPresent), "" + identified);
                var analyzed =
                    faces.analyzeAll(
                        Collections.nCopies(photos, source), (done, total, item) -> close.run());
                assertTrue(analyzed.stream().allMatch(Outcome::isPresent), "" + analyzed);
              };
          if (elsewhere) {
            ForkJoinPool.commonPool().submit(work).join();
          } else {
            work.run();
          }
          assertTrue(refusals.get() >= 6 * photos, refusals.toString());
          assertEquals(0, stages.closed.get());
        }
        assertEquals(4, stages.closed.get());
      }
    }
  }

  @Test
  void aRefusalThatNobodyCatchesIsThatPhotosError() {
    AtomicReference<FacePipeline> own = new AtomicReference<>();
    try (FacePipeline faces = new Stages().pipeline()) {
      own.set(faces);
      List<ImageSource> photos = new ArrayList<>(Collections.nCopies(9, photo(GOOD)));
      photos.set(
          4,
          source(
              () -> {
                own.get().close();
                return photo(GOOD);
              },
              () -> "closes"));
      List<Outcome<List<Identification>>> outcomes = faces.identifyAll(photos);
      assertFalse(outcomes.get(4).isPresent());
      assertEquals(8, outcomes.stream().filter(Outcome::isPresent).count());
      assertThrows(
          IllegalStateException.class,
          () -> faces.identifyAll(photos, (done, total, item) -> own.get().close()));
    }
  }

  private static Image photo(int width) {
    byte[] rgb = new byte[width * 60 * 3];
    Arrays.fill(rgb, (byte) width);
    return Image.ofRgb(width, 60, rgb);
  }

  /** Stages that do what a test wants. */
  private static final class Stages {
    private static final ModelCard CARD =
        ModelCard.builder("widths")
            .embeddingSize(2)
            .crop(CropSpec.margin(8, 0))
            .sourceSha256("00")
            .thresholds(new ModelCard.Thresholds(0.9f, 0.95f, 1, "widths"))
            .build();

    private static final FaceAttribute.Card MOOD =
        new FaceAttribute.Card(
            "mood",
            "moods",
            List.of(CropSpec.margin(8, 0)),
            List.of("fine", "poor"),
            "none",
            "nowhere");

    final AtomicInteger closed = new AtomicInteger();
    Runnable before = () -> {};
    Function<Image, List<Face>> detect =
        image ->
            List.of(
                new Face(
                    new Box(10, 10, 50, 50),
                    Landmarks.of(20, 20, 40, 20, 30, 30, 22, 40, 38, 40),
                    1));
    Function<Image, List<FaceAttribute.Scores>> attribute =
        image ->
            List.of(
                new FaceAttribute.Scores(
                    "mood", "moods", List.of(new FaceAttribute.LabelScore("fine", 1))));
    BiFunction<List<AlignedFace>, ModelCard, List<Embedding>> embed =
        (crops, card) ->
            crops.stream()
                .map(crop -> Embedding.of(card.fingerprint(), new float[] {1, crop.rgb().get(0)}))
                .toList();
    Function<Embedding, Match> classify =
        probe -> Match.of(List.of(new Match.Candidate("ada", 1)), 0.5f);

    /** A stage each that fails on the bad photo. */
    static List<Function<Stages, Runnable>> failing(RuntimeException thrown) {
      return List.of(
          s ->
              () -> {
                var works = s.detect;
                s.detect = image -> image.width() == BAD ? fail(thrown) : works.apply(image);
              },
          s ->
              () -> {
                var works = s.attribute;
                s.attribute = image -> image.width() == BAD ? fail(thrown) : works.apply(image);
              },
          s ->
              () -> {
                var works = s.embed;
                s.embed =
                    (crops, card) ->
                        crops.stream().anyMatch(crop -> crop.rgb().get(0) == BAD)
                            ? fail(thrown)
                            : works.apply(crops, card);
              });
    }

    FacePipeline pipeline() {
      return FacePipeline.builder()
          .detector(
              new FaceDetector() {
                @Override
                public List<Face> detect(Image image) {
                  before.run();
                  return detect.apply(image);
                }

                @Override
                public void close() {
                  closed.incrementAndGet();
                }

                @Override
                public String toString() {
                  return "the stage that detects";
                }
              })
          .embedder(
              new FaceEmbedder() {
                @Override
                public ModelCard card() {
                  return CARD;
                }

                @Override
                public List<Embedding> embed(List<AlignedFace> crops) {
                  before.run();
                  return embed.apply(crops, CARD);
                }

                @Override
                public void close() {
                  closed.incrementAndGet();
                }

                @Override
                public String toString() {
                  return "the stage that embeds";
                }
              })
          .classifier(
              new FaceGallery() {
                @Override
                public void enrollAll(List<Enrollment> enrollments) {}

                @Override
                public void replace(Enrollment enrollment) {}

                @Override
                public int remove(String label) {
                  return 0;
                }

                @Override
                public List<String> labels() {
                  return List.of();
                }

                @Override
                public Match classify(Embedding probe) {
                  before.run();
                  return classify.apply(probe);
                }

                @Override
                public String fingerprint() {
                  return CARD.fingerprint();
                }

                @Override
                public void close() {
                  closed.incrementAndGet();
                }

                @Override
                public String toString() {
                  return "the stage that names";
                }
              })
          .attribute(
              new FaceAttribute() {
                @Override
                public FaceAttribute.Card card() {
                  return MOOD;
                }

                @Override
                public List<FaceAttribute.Scores> classify(
                    Image image, List<Face> faces, FaceAligner aligner) {
                  before.run();
                  return attribute.apply(image);
                }

                @Override
                public void close() {
                  closed.incrementAndGet();
                }
              })
          .parallelism(2)
          .build();
    }
  }
}
