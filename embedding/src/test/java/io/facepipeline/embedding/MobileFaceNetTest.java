package io.facepipeline.embedding;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.google.gson.JsonArray;
import com.google.gson.JsonObject;
import io.facepipeline.AlignedFace;
import io.facepipeline.CropSpec;
import io.facepipeline.Embedding;
import io.facepipeline.FaceEmbedder;
import io.facepipeline.embedding.internal.EmbeddingGraphs;
import io.facepipeline.internal.Workers;
import io.facepipeline.onnx.MalformedModelException;
import io.facepipeline.onnx.OnnxModel;
import io.facepipeline.onnx.OnnxOptions;
import io.facepipeline.onnx.checkpoint.Checkpoint;
import io.facepipeline.onnx.checkpoint.Tensor;
import io.facepipeline.testkit.FaceEmbedderContract;
import io.facepipeline.testkit.FormulaWeights;
import io.facepipeline.testkit.SharedData;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.FloatBuffer;
import java.nio.channels.Channels;
import java.nio.channels.WritableByteChannel;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;

/** face.evoLVe's MobileFaceNet with formula weights: no checkpoint is needed. */
class MobileFaceNetTest extends FaceEmbedderContract {
  private static final double RELATIVE = 1e-4;

  @Override
  protected FaceEmbedder embedder() {
    return embedder(EmbedderOptions.defaults());
  }

  @Override
  protected Optional<FaceEmbedder> embedder(int threads) {
    return Optional.of(embedder(EmbedderOptions.defaults().withThreads(threads)));
  }

  private static FaceEmbedder embedder(EmbedderOptions options) {
    Checkpoint checkpoint = FormulaCheckpoints.mobileFaceNet();
    return OnnxFaceEmbedder.ofModel(Backbone.MOBILEFACENET.convert(checkpoint), "formula", options);
  }

  @Test
  void equalsTheReference() {
    JsonObject golden =
        SharedData.json("golden/backbones.json")
            .getAsJsonObject()
            .getAsJsonObject("evolve/MobileFaceNet");
    Checkpoint checkpoint = FormulaCheckpoints.mobileFaceNet();
    assertEquals(
        golden.get("parameters").getAsLong(),
        checkpoint.tensors().values().stream().mapToLong(Tensor::size).sum());
    float[] formula = FormulaWeights.values("input", FormulaWeights.Kind.INPUT, 2, 3, 112, 112);
    FloatBuffer rgb =
        ByteBuffer.allocateDirect(formula.length * Float.BYTES)
            .order(ByteOrder.nativeOrder())
            .asFloatBuffer();
    for (float value : formula) {
      rgb.put(value * 128 + 127.5f);
    }
    byte[] model = Backbone.MOBILEFACENET.convert(checkpoint);
    try (OnnxModel network = OnnxModel.load(model, OnnxOptions.defaults())) {
      float[] features =
          network.run(rgb.flip(), new long[] {2, 3, 112, 112}, EmbeddingGraphs.FEATURES);
      JsonArray expected = golden.getAsJsonArray("values");
      double l2 = golden.get("l2").getAsDouble();
      assertEquals(expected.size(), features.length);
      for (int i = 0; i < features.length; i++) {
        assertEquals(expected.get(i).getAsDouble(), features[i], RELATIVE * l2, "value " + i);
      }
    }
  }

  @Test
  void partsOfABatchRunBesideEachOther() throws IOException {
    ByteArrayOutputStream fast = new ByteArrayOutputStream();
    try (WritableByteChannel out = Channels.newChannel(fast)) {
      Backbone.MOBILEFACENET.convert(FormulaCheckpoints.mobileFaceNet(), true, out);
    }
    EmbedderOptions options = EmbedderOptions.defaults().withMirrored(true).withThreads(3);
    try (Workers workers = new Workers(3);
        OnnxFaceEmbedder embedder =
            OnnxFaceEmbedder.ofModel(fast.toByteArray(), "formula", options)) {
      assertEquals(1, embedder.threadsOfARun());
      List<AlignedFace> crops = crops(embedder, 5);
      List<Embedding> together = workers.call(() -> embedder.embed(crops));
      for (int i = 0; i < crops.size(); i++) {
        Embedding alone = embedder.embed(List.of(crops.get(i))).get(0);
        assertEquals(1, alone.similarity(together.get(i)), 1e-6, "crop " + i);
      }
    }
    try (OnnxFaceEmbedder plain =
        OnnxFaceEmbedder.ofModel(
            Backbone.MOBILEFACENET.convert(FormulaCheckpoints.mobileFaceNet()),
            "formula",
            options)) {
      assertEquals(3, plain.threadsOfARun());
    }
  }

  @Test
  void carriesItsCard() {
    try (FaceEmbedder embedder = embedder()) {
      // Weights that nobody published are called by their file.
      assertEquals("memory", embedder.card().id());
      assertEquals("unknown", embedder.card().license());
      assertEquals("unknown", embedder.card().origin());
      assertEquals("MobileFaceNet", embedder.card().architecture());
      assertEquals(512, embedder.card().embeddingSize());
      assertEquals(CropSpec.arcFace(112), embedder.crop());
      assertTrue(embedder.card().measured().isEmpty());
    }
  }

  @Test
  void refusesCheckpointsOfAnotherArchitecture() {
    Map<String, Tensor> tensors = new LinkedHashMap<>(FormulaCheckpoints.mobileFaceNet().tensors());
    tensors.put("extra.weight", Tensor.of(new int[] {1}, 1f));
    MalformedModelException extra =
        assertThrows(
            MalformedModelException.class,
            () -> Backbone.MOBILEFACENET.convert(Checkpoint.of(tensors)));
    assertTrue(extra.getMessage().contains("extra.weight"), extra.getMessage());
    tensors.remove("extra.weight");
    tensors.remove("conv_4.model.3.project.bn.running_var");
    MalformedModelException missing =
        assertThrows(
            MalformedModelException.class,
            () -> Backbone.MOBILEFACENET.convert(Checkpoint.of(tensors)));
    assertTrue(
        missing.getMessage().contains("conv_4.model.3.project.bn.running_var"),
        missing.getMessage());
    assertThrows(
        MalformedModelException.class,
        () -> Backbone.MOBILEFACENET_FOAMLIU.convert(FormulaCheckpoints.mobileFaceNet()));
  }
}
