package io.facepipeline.detection.video;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.facepipeline.AlignedFace;
import io.facepipeline.Box;
import io.facepipeline.CropSpec;
import io.facepipeline.Embedding;
import io.facepipeline.Face;
import io.facepipeline.FaceAligner;
import io.facepipeline.FaceDetector;
import io.facepipeline.FaceEmbedder;
import io.facepipeline.FacePipeline;
import io.facepipeline.Image;
import io.facepipeline.Landmarks;
import io.facepipeline.ModelCard;
import java.nio.ByteBuffer;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;

/** A tracker works with the stages of a pipeline, its aligner included. */
class TrackerStagesTest {
  private static final Image FRAME = Image.ofRgb(80, 60, new byte[80 * 60 * 3]);
  private static final Face FACE =
      new Face(new Box(10, 10, 50, 50), Landmarks.of(20, 20, 40, 20, 30, 30, 22, 40, 38, 40), 1);

  private static final class OneFace implements FaceDetector {
    @Override
    public List<Face> detect(Image image) {
      return List.of(FACE);
    }

    @Override
    public void close() {}
  }

  private static final class Constant implements FaceEmbedder {
    private static final ModelCard CARD =
        ModelCard.builder("constant")
            .embeddingSize(2)
            .crop(CropSpec.margin(8, 0))
            .thresholds(new ModelCard.Thresholds(0.5f, 0.6f, 1, "none"))
            .build();

    @Override
    public ModelCard card() {
      return CARD;
    }

    @Override
    public List<Embedding> embed(List<AlignedFace> crops) {
      return crops.stream()
          .map(crop -> Embedding.of(CARD.fingerprint(), new float[] {1, 0}))
          .toList();
    }

    @Override
    public void close() {}
  }

  private static final class Counting implements FaceAligner {
    final AtomicInteger cut = new AtomicInteger();

    @Override
    public void align(Image image, Face face, CropSpec spec, ByteBuffer rgb) {
      cut.incrementAndGet();
      FaceAligner.standard().align(image, face, spec, rgb);
    }
  }

  @Test
  void facesAreCutByThePipelinesAligner() {
    Counting aligner = new Counting();
    try (FacePipeline faces =
        FacePipeline.builder()
            .detector(new OneFace())
            .aligner(aligner)
            .embedder(new Constant())
            .withoutClassifier()
            .build()) {
      TrackingSession session = FaceTracker.builder().stagesOf(faces).build().start();
      assertEquals(1, session.next(FRAME).faces().size());
      TrackingSession.FaceTrack track = session.tracks().get(0);
      assertNotNull(track.embedding());
      assertEquals(Constant.CARD.fingerprint(), track.embedding().fingerprint());
      assertTrue(aligner.cut.get() > 0, "the tracker cut the face");
    }
  }

  @Test
  void theStagesAreSetOnce() {
    try (FacePipeline faces =
        FacePipeline.builder().detector(new OneFace()).withoutEmbedder().build()) {
      FaceTracker.Builder builder = FaceTracker.builder().aligner(new Counting());
      assertThrows(IllegalStateException.class, () -> builder.stagesOf(faces));
    }
  }
}
