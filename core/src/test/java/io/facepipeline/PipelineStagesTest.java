package io.facepipeline;

import static io.facepipeline.ColorStages.photo;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;

import io.facepipeline.ColorStages.ColourGallery;
import io.facepipeline.ColorStages.Colours;
import io.facepipeline.ColorStages.Squares;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;

/** What the stages of a pipeline are asked, and by which way one reaches them. */
class PipelineStagesTest {
  private static final int RED = 0xff4040;
  private static final int BLUE = 0x4040ff;

  private final Squares detector = new Squares();
  private final Colours embedder = new Colours("colours");

  /** Cuts as the standard one does, and counts. */
  private static final class Counting implements FaceAligner {
    final AtomicInteger cut = new AtomicInteger();

    @Override
    public void align(Image image, Face face, CropSpec spec, ByteBuffer rgb) {
      cut.incrementAndGet();
      FaceAligner.standard().align(image, face, spec, rgb);
    }
  }

  /** Knows one person, and notes how many embeddings it was asked about at a time. */
  private final class Everybody implements FaceClassifier {
    final List<Integer> asked = new ArrayList<>();

    @Override
    public Match classify(Embedding probe) {
      throw new AssertionError("asked one by one");
    }

    @Override
    public List<Match> classifyAll(List<Embedding> probes) {
      asked.add(probes.size());
      Match everybody = Match.of(List.of(new Match.Candidate("everybody", 1)), 0.5f);
      return probes.stream().map(probe -> everybody).toList();
    }

    @Override
    public String fingerprint() {
      return embedder.card().fingerprint();
    }
  }

  /** Has each face cut once. */
  private static final class Hue implements FaceAttribute {
    private static final CropSpec CROP = CropSpec.margin(4, 0);

    @Override
    public FaceAttribute.Card card() {
      return new FaceAttribute.Card(
          "hue", "hues", List.of(CROP), List.of("any"), "none", "nowhere");
    }

    @Override
    public List<FaceAttribute.Scores> classify(Image image, List<Face> faces, FaceAligner aligner) {
      faces.forEach(face -> assertEquals(CROP, aligner.align(image, face, CROP).spec()));
      FaceAttribute.Scores any =
          new FaceAttribute.Scores("hue", "hues", List.of(new FaceAttribute.LabelScore("any", 1)));
      return faces.stream().map(face -> any).toList();
    }

    @Override
    public void close() {}
  }

  @Test
  void theStagesCanBeAskedFor() {
    ColourGallery gallery = new ColourGallery(embedder.card());
    Counting aligner = new Counting();
    Hue hue = new Hue();
    try (FacePipeline faces =
        FacePipeline.builder()
            .detector(detector)
            .aligner(aligner)
            .embedder(embedder)
            .classifier(gallery)
            .attribute(hue)
            .build()) {
      assertSame(detector, faces.detector());
      assertSame(aligner, faces.aligner());
      assertSame(embedder, faces.embedder().orElseThrow());
      assertSame(gallery, faces.classifier().orElseThrow());
      assertEquals(List.of(hue), faces.attributes());
    }
    try (FacePipeline faces = FacePipeline.builder().detector(detector).build()) {
      assertEquals(Optional.empty(), faces.embedder());
      assertEquals(Optional.empty(), faces.classifier());
      assertSame(FaceAligner.standard(), faces.aligner());
      assertEquals(List.of(), faces.attributes());
    }
  }

  @Test
  void theFacesOfAPhotoAreNamedTogether() {
    Everybody everybody = new Everybody();
    try (FacePipeline faces =
        FacePipeline.builder()
            .detector(detector)
            .embedder(embedder)
            .classifier(everybody)
            .build()) {
      List<Identification> who = faces.identify(photo(RED, BLUE, RED));
      assertEquals(3, who.size());
      assertEquals(List.of(3), everybody.asked);
      assertEquals("everybody", who.get(2).label());
      assertEquals(faces.detect(photo(RED, BLUE, RED)).get(2), who.get(2).face());
      assertEquals(List.of(), faces.identify(photo()));
      assertEquals(List.of(3), everybody.asked, "nobody is there to be asked about");
    }
  }

  @Test
  void aClassifierThatAnswersForTooFewIsNamed() {
    FaceClassifier forgetful =
        new FaceClassifier() {
          @Override
          public Match classify(Embedding probe) {
            return Match.of(List.of(), 0);
          }

          @Override
          public List<Match> classifyAll(List<Embedding> probes) {
            return List.of(classify(probes.get(0)));
          }

          @Override
          public String fingerprint() {
            return embedder.card().fingerprint();
          }

          @Override
          public String toString() {
            return "the forgetful one";
          }
        };
    try (FacePipeline faces =
        FacePipeline.builder()
            .detector(detector)
            .embedder(embedder)
            .classifier(forgetful)
            .build()) {
      FacePipelineException e =
          assertThrows(FacePipelineException.class, () -> faces.identify(photo(RED, BLUE)));
      assertEquals("the forgetful one returned 1 results for 2 faces", e.getMessage());
    }
  }

  @Test
  void attributeModelsCutWithThePipelinesAligner() {
    Counting aligner = new Counting();
    try (FacePipeline faces =
        FacePipeline.builder()
            .detector(detector)
            .aligner(aligner)
            .attribute(new Hue())
            .withoutEmbedder()
            .build()) {
      assertEquals(2, faces.analyze(photo(RED, BLUE)).size());
      assertEquals(2, aligner.cut.get());
    }
  }
}
