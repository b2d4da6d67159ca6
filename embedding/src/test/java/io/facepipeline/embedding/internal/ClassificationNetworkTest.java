package io.facepipeline.embedding.internal;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.facepipeline.AlignedFace;
import io.facepipeline.Box;
import io.facepipeline.CropSpec;
import io.facepipeline.Embedding;
import io.facepipeline.Face;
import io.facepipeline.FaceEmbedder;
import io.facepipeline.Landmarks;
import io.facepipeline.ModelCard;
import io.facepipeline.embedding.EmbedderOptions;
import io.facepipeline.embedding.FormulaCheckpoints;
import io.facepipeline.embedding.OnnxFaceEmbedder;
import io.facepipeline.embedding.internal.ClassificationNetwork.Head;
import io.facepipeline.onnx.MalformedModelException;
import io.facepipeline.onnx.OnnxModel;
import io.facepipeline.onnx.OnnxOptions;
import io.facepipeline.onnx.checkpoint.Checkpoint;
import io.facepipeline.onnx.checkpoint.Tensor;
import io.facepipeline.onnx.graph.proto.OnnxFile;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.FloatBuffer;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

/** Networks with classes: raw images in, either head out; and as embedders with a caller's card. */
class ClassificationNetworkTest {
  private static final Face FACE =
      new Face(new Box(0, 0, 10, 10), Landmarks.of(3, 3, 7, 3, 5, 5, 3, 8, 7, 8), 1);

  private static byte[] pixels(int side) {
    byte[] rgb = new byte[side * side * 3];
    for (int i = 0; i < rgb.length; i++) {
      rgb[i] = (byte) (i * 37 + i / 300 * 11);
    }
    return rgb;
  }

  /** Runs a network on an image. */
  private static float[] run(ClassificationNetwork network, Checkpoint checkpoint, Head head) {
    int side = network.entry().input().width();
    byte[] rgb = pixels(side);
    FloatBuffer planes =
        ByteBuffer.allocateDirect(rgb.length * Float.BYTES)
            .order(ByteOrder.nativeOrder())
            .asFloatBuffer();
    for (int c = 0; c < 3; c++) {
      for (int i = 0; i < side * side; i++) {
        planes.put(rgb[i * 3 + c] & 0xff);
      }
    }
    try (OnnxModel model =
        OnnxModel.load(OnnxFile.write(network.graph(checkpoint, head)), OnnxOptions.defaults())) {
      return model.run(planes.flip(), new long[] {1, 3, side, side}, ClassificationNetwork.OUTPUT);
    }
  }

  @Test
  void logitsOfFaceNetAreItsClassifierOnTheFeaturesBeforeTheyAreNormalised() {
    Map<String, Tensor> tensors =
        new LinkedHashMap<>(FormulaCheckpoints.inceptionResnetV1().tensors());
    int classes = 8631;
    // Class k is feature k, so that the logits are the features but for one factor.
    float[] weight = new float[classes * 512];
    for (int k = 0; k < 512; k++) {
      weight[k * 512 + k] = 1;
    }
    tensors.put("logits.weight", Tensor.of(new int[] {classes, 512}, weight));
    tensors.put("logits.bias", Tensor.of(new int[] {classes}, new float[classes]));
    Checkpoint checkpoint = Checkpoint.of(tensors);
    ClassificationNetwork network = ClassificationNetwork.named("facenet-vggface2");
    assertEquals(classes, network.outputSize(checkpoint, Head.LOGITS));
    assertEquals(512, network.outputSize(checkpoint, Head.FEATURES));

    float[] logits = run(network, checkpoint, Head.LOGITS);
    float[] features = run(network, checkpoint, Head.FEATURES);
    assertEquals(classes, logits.length);
    double norm = 0;
    for (int k = 0; k < 512; k++) {
      norm += (double) logits[k] * logits[k];
    }
    for (int k = 0; k < classes; k++) {
      double expected = k < 512 ? features[k] * Math.sqrt(norm) : 0;
      assertEquals(expected, logits[k], 1e-4 * Math.sqrt(norm));
    }

    MalformedModelException e =
        assertThrows(
            MalformedModelException.class,
            () -> network.graph(FormulaCheckpoints.inceptionResnetV1(), Head.LOGITS));
    assertTrue(e.getMessage().contains("logits"), e.getMessage());
  }

  @Test
  void alexNetsFeaturesMakeAnEmbedderWithACardOfTheCallers() {
    Checkpoint checkpoint = FormulaCheckpoints.alexNet();
    float[] features =
        run(ClassificationNetwork.named("alexnet-imagenet"), checkpoint, Head.FEATURES);
    assertEquals(4096, features.length);
    ModelCard card =
        ModelCard.builder("alexnet-features")
            .architecture("torchvision AlexNet")
            .embeddingSize(4096)
            .crop(CropSpec.margin(224, 20))
            .scaling(
                List.of(0.485f * 255, 0.456f * 255, 0.406f * 255),
                List.of(0.229f * 255, 0.224f * 255, 0.225f * 255))
            .build();
    try (FaceEmbedder embedder =
        OnnxFaceEmbedder.load(checkpoint, card, EmbedderOptions.defaults())) {
      Embedding embedding =
          embedder.embed(List.of(AlignedFace.of(FACE, card.crop(), pixels(224)))).get(0);
      assertEquals(1, embedding.similarity(Embedding.of(embedding.fingerprint(), features)), 1e-4);
    }
    for (ModelCard wrong :
        List.of(
            ModelCard.builder("x")
                .architecture("torchvision AlexNet")
                .embeddingSize(512)
                .crop(CropSpec.margin(224, 20))
                .build(),
            ModelCard.builder("x")
                .architecture("torchvision AlexNet")
                .embeddingSize(4096)
                .crop(CropSpec.arcFace(112))
                .build())) {
      assertThrows(
          MalformedModelException.class,
          () -> OnnxFaceEmbedder.load(checkpoint, wrong, EmbedderOptions.defaults()));
    }
    assertThrows(
        MalformedModelException.class,
        () -> ClassificationNetwork.named("resnet50-imagenet").graph(checkpoint, Head.LOGITS));
  }
}
