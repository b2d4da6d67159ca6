package io.facepipeline.training.detector;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.facepipeline.Box;
import io.facepipeline.Landmarks;
import io.facepipeline.detection.scan.ScanNetwork;
import io.facepipeline.training.faces.TrueFaces;
import io.facepipeline.training.faces.TrueFaces.TrueFace;
import io.facepipeline.training.torch.Tensors;
import io.facepipeline.training.torch.TorchScope;
import java.util.List;
import org.bytedeco.javacpp.PointerScope;
import org.bytedeco.pytorch.Tensor;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

@SuppressWarnings("try") // scopes are used by closing them
@ExtendWith(TorchScope.class)
class DetectorLossTest {
  private static final Cells CELLS = new Cells(64);
  private static final Box FACE = new Box(8, 8, 24, 24);
  private static final Landmarks POINTS = Landmarks.of(12, 13, 20, 13, 16, 17, 13, 20, 19, 20);

  /** What a network says whose cells at every stride find the face where it is. */
  private static float[] right(double score) {
    int count = CELLS.count();
    float[] said = new float[ScanNetwork.NUMBERS * count];
    for (int cell = 0; cell < count; cell++) {
      float s = CELLS.stride[cell];
      float x = CELLS.x[cell];
      float y = CELLS.y[cell];
      boolean near = Math.hypot(x + s / 2 - 16, y + s / 2 - 16) < 8 && s == 8;
      said[cell] = (float) (near ? Math.log(score / (1 - score)) : -20);
      said[count + cell] = (16 - x) / s;
      said[2 * count + cell] = (16 - y) / s;
      said[3 * count + cell] = (float) Math.log(16 / s);
      said[4 * count + cell] = (float) Math.log(16 / s);
      for (int k = 0; k < 5; k++) {
        said[(5 + 2 * k) * count + cell] = (POINTS.points().get(k).x() - x) / s;
        said[(6 + 2 * k) * count + cell] = (POINTS.points().get(k).y() - y) / s;
      }
    }
    return said;
  }

  private static float[] losses(float[] said, TrueFaces truth) {
    try (PointerScope scope = new PointerScope()) {
      Tensor output = Tensors.floats(said, 1, ScanNetwork.NUMBERS, CELLS.count());
      DetectorLoss loss = DetectorLoss.of(output, List.of(truth), List.of(), CELLS);
      return new float[] {
        loss.total().item_float(),
        loss.score().item_float(),
        loss.box().item_float(),
        loss.landmarks().item_float()
      };
    }
  }

  private static TrueFaces face(@Nullable Landmarks landmarks) {
    return new TrueFaces(List.of(new TrueFace(FACE, landmarks)), List.of());
  }

  @Test
  void boxesAndLandmarksThatAreRightCostNothing() {
    float[] losses = losses(right(0.999), face(POINTS));
    assertEquals(0, losses[2], 1e-4);
    assertEquals(0, losses[3], 1e-4);
    assertTrue(losses(right(0.2), face(POINTS))[1] > losses[1] + 0.05);
  }

  @Test
  void aBoxBesideTheFaceCostsMoreTheFartherItIs() {
    double before = 0;
    for (float away : new float[] {0.25f, 0.5f, 4, 8}) {
      float[] said = right(0.999);
      int count = CELLS.count();
      for (int cell = 0; cell < count; cell++) {
        said[count + cell] += away * 8 / CELLS.stride[cell];
      }
      double cost = losses(said, face(POINTS))[2];
      assertTrue(cost > before + 1e-3, away + ": " + cost + " after " + before);
      before = cost;
    }
    // A box that shares nothing with the face still feels how far away it is.
    assertTrue(before > 1);
  }

  @Test
  void landmarksCountInSizesOfTheFaceAndOnlyWhereTheyAreKnown() {
    float[] said = right(0.999);
    int count = CELLS.count();
    for (int cell = 0; cell < count; cell++) {
      said[5 * count + cell] += 1.6f / CELLS.stride[cell];
    }
    // One of ten coordinates is off by a tenth of the face: smooth L1 is that less half of beta.
    assertEquals(0.1 - 0.01, losses(said, face(POINTS))[3], 1e-4);
    float[] unknown = losses(said, face(null));
    assertEquals(0, unknown[3]);
    assertEquals(0, unknown[2], 1e-4);
  }

  @Test
  void withoutAFaceTheScoresAloneAreTaught() {
    TrueFaces none = new TrueFaces(List.of(), List.of());
    try (PointerScope scope = new PointerScope()) {
      float[] said = new float[ScanNetwork.NUMBERS * CELLS.count()];
      Tensor output = Tensors.floats(said, 1, ScanNetwork.NUMBERS, CELLS.count());
      output.set_requires_grad(true);
      DetectorLoss.of(output, List.of(none), List.of(), CELLS).total().backward();
      float[] gradient = Tensors.values(output.grad());
      assertTrue(gradient[0] > 0);
      assertEquals(0, sumBehindScores(gradient));
    }
    TrueFaces ignored = new TrueFaces(List.of(), List.of(new Box(0, 0, 64, 64)));
    assertEquals(0, losses(right(0.9), ignored)[0]);
  }

  private static double sumBehindScores(float[] gradient) {
    double sum = 0;
    for (int i = CELLS.count(); i < gradient.length; i++) {
      sum += Math.abs(gradient[i]);
    }
    return sum;
  }
}
