package io.facepipeline.embedding;

import io.facepipeline.onnx.checkpoint.Checkpoint;
import io.facepipeline.onnx.checkpoint.Tensor;
import io.facepipeline.testkit.FormulaNetworks;
import io.facepipeline.testkit.FormulaTensor;
import java.util.LinkedHashMap;
import java.util.Map;

/** Checkpoints of the networks that are filled by formula. */
public final class FormulaCheckpoints {
  private FormulaCheckpoints() {}

  static Checkpoint mobileFaceNet() {
    return checkpoint(FormulaNetworks.mobileFaceNet());
  }

  static Checkpoint improvedResidualNet(boolean excited, int... units) {
    return checkpoint(FormulaNetworks.improvedResidualNet(excited, units));
  }

  static Checkpoint residualNet(int... blocks) {
    return checkpoint(FormulaNetworks.residualNet(blocks));
  }

  static Checkpoint torchvisionResNet50() {
    return checkpoint(FormulaNetworks.torchvisionResNet50());
  }

  public static Checkpoint alexNet() {
    return checkpoint(FormulaNetworks.alexNet());
  }

  static Checkpoint lightCnn9() {
    return checkpoint(FormulaNetworks.lightCnn9());
  }

  static Checkpoint lightCnn29() {
    return checkpoint(FormulaNetworks.lightCnn29());
  }

  static Checkpoint lightCnn29v2() {
    return checkpoint(FormulaNetworks.lightCnn29v2());
  }

  static Checkpoint lightCnnV4() {
    return checkpoint(FormulaNetworks.lightCnnV4());
  }

  public static Checkpoint inceptionResnetV1() {
    return checkpoint(FormulaNetworks.inceptionResnetV1());
  }

  private static Checkpoint checkpoint(Map<String, FormulaTensor> network) {
    Map<String, Tensor> tensors = new LinkedHashMap<>();
    network.forEach((name, t) -> tensors.put(name, Tensor.of(t.shape(), t.values())));
    return Checkpoint.of(tensors);
  }
}
