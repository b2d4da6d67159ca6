package io.facepipeline.training.network;

import static org.junit.jupiter.api.Assertions.assertEquals;

import io.facepipeline.training.torch.Tensors;
import io.facepipeline.training.torch.TorchScope;
import java.util.List;
import org.bytedeco.pytorch.Tensor;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

@ExtendWith(TorchScope.class)
class CrossEntropyTest {
  private static final float[] LOGITS = {1, 0, -1, 0.5f, 2, 0};
  private static final List<Integer> LABELS = List.of(0, 2);

  /** The logarithms of the softmax of both rows, worked out by hand. */
  private static final double[] LOGS = new double[6];

  static {
    for (int row = 0; row < 2; row++) {
      double sum = 0;
      for (int c = 0; c < 3; c++) {
        sum += Math.exp(LOGITS[3 * row + c]);
      }
      for (int c = 0; c < 3; c++) {
        LOGS[3 * row + c] = LOGITS[3 * row + c] - Math.log(sum);
      }
    }
  }

  private static float loss(float[] weights, double smoothing) {
    Tensor logits = Tensors.floats(LOGITS, 2, 3);
    return new CrossEntropy(weights, smoothing).of(logits, LABELS).item_float();
  }

  @Test
  void isTheMeanOfWhatIsShown() {
    assertEquals(-(LOGS[0] + LOGS[5]) / 2, loss(new float[] {1, 1, 1}, 0), 1e-6);
    Tensor logits = Tensors.floats(LOGITS, 2, 3);
    assertEquals(-(LOGS[0] + LOGS[5]), CrossEntropy.plainSum(logits, LABELS).item_float(), 1e-6);
  }

  @Test
  void photosCountAsTheirClassWeighs() {
    assertEquals(-(LOGS[0] + 3 * LOGS[5]) / 4, loss(new float[] {1, 9, 3}, 0), 1e-6);
  }

  @Test
  void smoothingGivesAShareToAllClasses() {
    double first = 0.7 * LOGS[0] + 0.3 * (LOGS[0] + LOGS[1] + LOGS[2]) / 3;
    double second = 0.7 * LOGS[5] + 0.3 * (LOGS[3] + LOGS[4] + LOGS[5]) / 3;
    assertEquals(-(first + second) / 2, loss(new float[] {2, 2, 2}, 0.3), 1e-6);
  }
}
