package io.facepipeline.benchmarks;

import io.facepipeline.embedding.Backbone;
import io.facepipeline.embedding.internal.ClassificationNetwork;
import io.facepipeline.embedding.internal.ClassificationNetwork.Head;
import io.facepipeline.onnx.checkpoint.Checkpoint;
import io.facepipeline.onnx.checkpoint.Tensor;
import io.facepipeline.testkit.FormulaNetworks;
import io.facepipeline.testkit.FormulaTensor;
import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;
import java.util.Random;

/**
 * Networks of the catalog with random weights: as long as no values become subnormal, what a
 * network costs does not depend on them.
 */
final class RandomModels {
  private RandomModels() {}

  /** Converts a network into a temporary file, which the caller deletes. */
  static Path file(String network, boolean forCpu) throws IOException {
    Path file = Files.createTempFile("benchmark", ".onnx");
    try (FileChannel out = FileChannel.open(file, StandardOpenOption.WRITE)) {
      convert(network, forCpu, out);
    }
    return file;
  }

  private static void convert(String network, boolean forCpu, FileChannel out) throws IOException {
    Checkpoint checkpoint = checkpoint(network);
    switch (network) {
      case "TORCHVISION_RESNET_50" ->
          ClassificationNetwork.named("resnet50-imagenet")
              .convert(checkpoint, Head.LOGITS, forCpu, out);
      case "TORCHVISION_ALEXNET" ->
          ClassificationNetwork.named("alexnet-imagenet")
              .convert(checkpoint, Head.LOGITS, forCpu, out);
      default ->
          Backbone.named(network.toLowerCase(Locale.ROOT).replace('_', '-'))
              .orElseThrow()
              .convert(checkpoint, forCpu, out);
    }
  }

  private static Checkpoint checkpoint(String network) {
    Map<String, FormulaTensor> formula =
        switch (network) {
          case "FACENET_VGGFACE2" -> FormulaNetworks.inceptionResnetV1();
          case "IR_50" -> FormulaNetworks.improvedResidualNet(false, 3, 4, 14, 3);
          case "IR_101" -> FormulaNetworks.improvedResidualNet(false, 3, 13, 30, 3);
          case "IR_152" -> FormulaNetworks.improvedResidualNet(false, 3, 8, 36, 3);
          case "IR_SE_50" -> FormulaNetworks.improvedResidualNet(true, 3, 4, 14, 3);
          case "IR_SE_101" -> FormulaNetworks.improvedResidualNet(true, 3, 13, 30, 3);
          case "IR_SE_152" -> FormulaNetworks.improvedResidualNet(true, 3, 8, 36, 3);
          case "RESNET_50" -> FormulaNetworks.residualNet(3, 4, 6, 3);
          case "RESNET_101" -> FormulaNetworks.residualNet(3, 4, 23, 3);
          case "RESNET_152" -> FormulaNetworks.residualNet(3, 8, 36, 3);
          case "MOBILEFACENET" -> FormulaNetworks.mobileFaceNet();
          case "LIGHTCNN_9" -> FormulaNetworks.lightCnn9();
          case "LIGHTCNN_29" -> FormulaNetworks.lightCnn29();
          case "LIGHTCNN_29V2" -> FormulaNetworks.lightCnn29v2();
          case "LIGHTCNN_V4" -> FormulaNetworks.lightCnnV4();
          case "TORCHVISION_RESNET_50" -> FormulaNetworks.torchvisionResNet50();
          case "TORCHVISION_ALEXNET" -> FormulaNetworks.alexNet();
          default -> throw new IllegalArgumentException("no network " + network);
        };
    Map<String, Tensor> tensors = new LinkedHashMap<>();
    Random random = new Random(1);
    formula.forEach(
        (name, t) -> tensors.put(name, Tensor.of(t.shape(), weights(name, t.shape(), random))));
    return Checkpoint.of(tensors);
  }

  /** As a network is before training (He et al. 2015): its values neither vanish nor overflow. */
  private static float[] weights(String name, int[] shape, Random random) {
    int size = 1;
    for (int extent : shape) {
      size *= extent;
    }
    float[] values = new float[size];
    if (shape.length > 1) {
      double deviation = Math.sqrt(2.0 * shape[0] / size);
      for (int i = 0; i < size; i++) {
        values[i] = (float) (deviation * random.nextGaussian());
      }
    } else if (name.endsWith("weight") || name.endsWith("running_var")) {
      Arrays.fill(values, name.contains("prelu") ? 0.25f : 1);
    }
    return values;
  }
}
