package io.facepipeline.training.mtcnn;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.facepipeline.FacePipelineException;
import io.facepipeline.ProgressListener;
import io.facepipeline.onnx.checkpoint.Checkpoint;
import io.facepipeline.training.run.TrainingLog;
import io.facepipeline.training.torch.TorchScope;
import java.io.IOException;
import java.nio.FloatBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Trains on bright squares on a dark ground, which stand for faces. */
@ExtendWith(TorchScope.class)
class StageTrainerTest {
  @TempDir Path folder;

  @ParameterizedTest
  @EnumSource(Stage.class)
  void lossFalls(Stage stage) throws IOException {
    StageTrainer.Plan plan = new StageTrainer.Plan(200, 16, 2e-3, 1000, 5);
    try (CropFile crops = crops(stage)) {
      TrainingLog log =
          new StageTrainer(stage, plan, folder)
              .train(crops, folder.resolve("net"), ProgressListener.NONE);
      assertEquals(4, log.rows().size());
      double face = log.column("class")[3];
      assertTrue(face < 0.5 * Math.log(2), () -> "class: " + face);
      double[] box = log.column("box");
      assertTrue(box[3] < 0.5 * box[0], () -> "box: " + box[3]);
      if (stage.hasLandmarks()) {
        double[] landmarks = log.column("landmarks");
        assertTrue(landmarks[3] < 0.5 * landmarks[0]);
      }
    }
    assertTrue(Files.size(folder.resolve(stage.id() + ".png")) > 0);
    assertEquals(5, Files.readAllLines(folder.resolve(stage.id() + ".csv")).size());
    assertFalse(Files.exists(folder.resolve(stage.id() + ".state.safetensors")));
  }

  @Test
  void runThatWasCutOffEndsAsOneThatWasNot() throws IOException {
    StageTrainer.Plan plan = new StageTrainer.Plan(300, 8, 2e-3, 100, 5);
    Path whole = Files.createDirectories(folder.resolve("whole"));
    Path cut = Files.createDirectories(folder.resolve("cut"));
    try (CropFile crops = crops(Stage.PNET)) {
      StageTrainer trainer = new StageTrainer(Stage.PNET, plan, whole);
      trainer.train(crops, whole.resolve("net"), ProgressListener.NONE);
      ProgressListener stop =
          (done, total, item) -> {
            if (done == 200) {
              throw new IllegalStateException("cut off");
            }
          };
      StageTrainer again = new StageTrainer(Stage.PNET, plan, cut);
      assertThrows(IllegalStateException.class, () -> again.train(crops, cut.resolve("net"), stop));
      assertTrue(Files.exists(cut.resolve("pnet.state.safetensors")));
      assertFalse(Files.exists(cut.resolve("net")));
      again.train(crops, cut.resolve("net"), ProgressListener.NONE);
    }
    Checkpoint expected = Checkpoint.read(whole.resolve("net"));
    Checkpoint resumed = Checkpoint.read(cut.resolve("net"));
    assertEquals(expected.tensors().keySet(), resumed.tensors().keySet());
    for (String name : expected.tensors().keySet()) {
      assertArrayEquals(expected.tensor(name).floats(), resumed.tensor(name).floats(), name);
    }
    assertEquals(
        Files.readString(whole.resolve("pnet.csv")), Files.readString(cut.resolve("pnet.csv")));
  }

  @Test
  void lossThatIsNoNumberEndsTheRun() throws IOException {
    StageTrainer.Plan plan = new StageTrainer.Plan(1000, 8, 1e20, 1000, 5);
    try (CropFile crops = crops(Stage.PNET)) {
      String message =
          assertThrows(
                  FacePipelineException.class,
                  () ->
                      new StageTrainer(Stage.PNET, plan, folder)
                          .train(crops, folder.resolve("net"), ProgressListener.NONE))
              .getMessage();
      assertTrue(message.contains("use a lower learning rate than 1.0E20"), message);
    }
  }

  /** Squares that fill most of the crop, and as many crops of noise. */
  private CropFile crops(Stage stage) throws IOException {
    int side = stage.side();
    SplittableRandom random = new SplittableRandom(3);
    CropFile.Block block = new CropFile.Block(side);
    for (int i = 0; i < 256; i++) {
      float[] targets = new float[CropTargets.NUMBERS];
      float[] planes = new float[3 * side * side];
      for (int k = 0; k < planes.length; k++) {
        planes[k] = random.nextInt(60);
      }
      targets[CropTargets.CLASS] = 1;
      if (i % 2 == 0) {
        int left = random.nextInt(side / 4);
        int top = random.nextInt(side / 4);
        int size = 3 * side / 4;
        for (int channel = 0; channel < 3; channel++) {
          for (int y = 0; y < size; y++) {
            for (int x = 0; x < size; x++) {
              planes[(channel * side + top + y) * side + left + x] = 200;
            }
          }
        }
        float x = left / (float) side;
        float y = top / (float) side;
        targets[CropTargets.CLASS + 1] = 1;
        targets[CropTargets.BOX] = 1;
        targets[CropTargets.BOX + 1] = x;
        targets[CropTargets.BOX + 2] = y;
        targets[CropTargets.BOX + 3] = x - 0.25f;
        targets[CropTargets.BOX + 4] = y - 0.25f;
        targets[CropTargets.LANDMARKS] = 1;
        float[] across = {0.2f, 0.5f, 0.35f, 0.25f, 0.45f};
        for (int k = 0; k < 5; k++) {
          targets[CropTargets.LANDMARKS + 1 + k] = x + across[k];
          targets[CropTargets.LANDMARKS + 6 + k] = y + 0.1f * (k + 1);
        }
      }
      block.add(targets, FloatBuffer.wrap(planes), 0);
    }
    Path file = folder.resolve("squares.crops");
    CropFile.write(file, writer -> writer.write(block));
    return CropFile.open(file, side);
  }
}
