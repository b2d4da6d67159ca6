package io.facepipeline.detection.mtcnn.cascade;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.facepipeline.Box;
import io.facepipeline.Face;
import io.facepipeline.Image;
import io.facepipeline.detection.mtcnn.Mtcnn;
import io.facepipeline.onnx.OnnxOptions;
import io.facepipeline.onnx.checkpoint.Checkpoint;
import io.facepipeline.testkit.SharedData;
import java.nio.FloatBuffer;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;

/** The stages one by one against the detector that runs them all. */
class MtcnnStagesTest {
  private static final float PIXELS = 0.01f;

  @Test
  void stagesEndWhereTheDetectorEnds() {
    Path weights = SharedData.path("models/mtcnn");
    Image photo = Image.read(SharedData.path("data/photos/multiface.jpg"));
    try (MtcnnStages stages = stages(weights);
        Mtcnn detector =
            Mtcnn.builder()
                .weights(
                    weights.resolve("pnet.pt"),
                    weights.resolve("rnet.pt"),
                    weights.resolve("onet.pt"))
                .build()) {
      List<Box> refined = stages.refined(photo, stages.proposals(photo, 20, 0.6f), 0.7f);
      FloatBuffer crops = PlainNetwork.buffer(refined.size() * 3 * 48 * 48);
      for (int i = 0; i < refined.size(); i++) {
        FloatBuffer crop = crops.slice(i * 3 * 48 * 48, 3 * 48 * 48);
        assertTrue(MtcnnStages.cut(photo, refined.get(i), 48, crop));
      }
      float[] said = stages.output(crops, refined.size());
      List<Face> faces = detector.detect(photo);
      assertEquals(6, faces.size());
      for (Face face : faces) {
        assertTrue(tells(refined, said, face), face::toString);
      }
    }
  }

  /** Whether O-Net's word on one of the candidates is a face. */
  private static boolean tells(List<Box> candidates, float[] said, Face face) {
    for (int i = 0; i < candidates.size(); i++) {
      Box c = candidates.get(i);
      int at = i * MtcnnStages.FACE_CHANNELS;
      float side = c.width() + 1;
      float x1 = c.x1() + side * said[at + 1];
      float y2 = c.y2() + side * said[at + 4];
      float noseX = c.x1() - 1 + side * said[at + 7];
      if (Math.abs(x1 - face.box().x1()) < PIXELS
          && Math.abs(y2 - face.box().y2()) < PIXELS
          && Math.abs(noseX - face.landmarks().nose().x()) < PIXELS
          && Math.abs(FaceLogit.probability(said[at]) - face.score()) < 1e-4) {
        return true;
      }
    }
    return false;
  }

  @Test
  void levelHasTheWindowsThatAreProposed() {
    Image photo = Image.read(SharedData.path("data/photos/multiface.jpg"));
    try (MtcnnStages stages = stages(SharedData.path("models/mtcnn"))) {
      for (double scale : MtcnnStages.scales(photo, 20)) {
        PyramidLevel level = stages.level(photo, scale);
        assertArrayEquals(MtcnnStages.blankLevel(photo, scale).rgb(), level.rgb());
        assertEquals(level.rows() * level.columns(), level.logits().length);
        // A window alone gets the same answer as in its level.
        int column = (level.columns() - 1) / 2;
        int row = (level.rows() - 1) / 2;
        FloatBuffer window = PlainNetwork.buffer(3 * 12 * 12);
        for (int channel = 0; channel < 3; channel++) {
          for (int y = 0; y < 12; y++) {
            int from = (channel * level.height() + 2 * row + y) * level.width() + 2 * column;
            window.put((channel * 12 + y) * 12, level.rgb(), from, 12);
          }
        }
        FloatBuffer heads = PlainNetwork.buffer(5);
        Path pnet = SharedData.path("models/mtcnn/pnet.pt");
        try (Network alone =
            new OnnxNetwork(MtcnnGraphs.pnet(Checkpoint.read(pnet)), OnnxOptions.defaults())) {
          alone.run(window, 1, 12, 12, heads, new long[] {1, 5, 1, 1});
        }
        assertEquals(heads.get(0), level.logits()[row * level.columns() + column], 1e-3f);
      }
    }
  }

  @Test
  void refusesWhatItCannotDo() {
    Image photo = Image.ofRgb(20, 20, new byte[1200]);
    assertThrows(IllegalArgumentException.class, () -> MtcnnStages.blankLevel(photo, 0.5));
    FloatBuffer crop = FloatBuffer.allocate(3 * 24 * 24);
    assertFalse(MtcnnStages.cut(photo, new Box(30, 30, 40, 40), 24, crop));
    Path weights = SharedData.path("models/mtcnn");
    try (MtcnnStages stages =
        new MtcnnStages(Checkpoint.read(weights.resolve("pnet.pt")), null, null)) {
      FloatBuffer crops = PlainNetwork.buffer(3 * 24 * 24);
      String message =
          assertThrows(IllegalStateException.class, () -> stages.refine(crops, 1)).getMessage();
      assertEquals("the cascade has no network for this stage; pass its checkpoint", message);
    }
  }

  private static MtcnnStages stages(Path weights) {
    return new MtcnnStages(
        Checkpoint.read(weights.resolve("pnet.pt")),
        Checkpoint.read(weights.resolve("rnet.pt")),
        Checkpoint.read(weights.resolve("onet.pt")));
  }
}
