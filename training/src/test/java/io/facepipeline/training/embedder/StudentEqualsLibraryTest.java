package io.facepipeline.training.embedder;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import io.facepipeline.AlignedFace;
import io.facepipeline.Embedding;
import io.facepipeline.FaceEmbedder;
import io.facepipeline.Image;
import io.facepipeline.ModelCard;
import io.facepipeline.embedding.EmbedderOptions;
import io.facepipeline.embedding.OnnxFaceEmbedder;
import io.facepipeline.onnx.MalformedModelException;
import io.facepipeline.onnx.catalog.CatalogEntry;
import io.facepipeline.onnx.checkpoint.Checkpoint;
import io.facepipeline.training.student.Student;
import io.facepipeline.training.torch.InputTensors;
import io.facepipeline.training.torch.Tensors;
import io.facepipeline.training.torch.TorchScope;
import java.nio.ByteBuffer;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.SplittableRandom;
import org.bytedeco.javacpp.PointerScope;
import org.bytedeco.pytorch.NoGradGuard;
import org.bytedeco.pytorch.Tensor;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** A network that is trained computes what the library makes of its weights. */
@SuppressWarnings("try") // scopes are used by closing them
@ExtendWith(TorchScope.class)
class StudentEqualsLibraryTest extends EmbedderFixture {
  @Test
  void theStudentIsTheNetworkThatTheLibraryRuns() {
    try (Student student = student(1)) {
      assertComputes(student.checkpoint(), student);
    }
  }

  @Test
  void aStudentOfWhitenedCropsIsTheNetworkThatTheLibraryRuns() {
    Image crop = picture(3);
    StudentNetwork whole = StudentNetwork.named(StudentNetwork.COMPACT).onWholeCrops();
    try (PointerScope scope = new PointerScope();
        NoGradGuard guard = new NoGradGuard();
        Student student = whole.student(DIMENSIONS, false, new SplittableRandom(1), null);
        FaceEmbedder embedder =
            OnnxFaceEmbedder.load(
                student.checkpoint(),
                cardBuilder().whitened().build(),
                EmbedderOptions.defaults())) {
      byte[] rgb = crop.unsafeRgb();
      float[] planes = new float[rgb.length];
      for (int i = 0; i < rgb.length; i++) {
        planes[i % 3 * (rgb.length / 3) + i / 3] = rgb[i] & 0xFF;
      }
      int side = CropStore.USUAL.width();
      Tensor images = Tensors.whitened(Tensors.floats(planes, 1, 3, side, side));
      float[] features = Tensors.values(student.forward(images, false));
      Embedding expected = Embedding.of(embedder.card().fingerprint(), features);
      assertEquals(1, embed(embedder, crop).similarity(expected), 1e-6);
    }
  }

  /** As a network that was trained with fewer blocks does, until the new ones have learned. */
  @Test
  void blocksThatACheckpointLacksDoNothingAtFirst() {
    try (Student student = student(1);
        Student larger = student(2)) {
      Map<String, io.facepipeline.onnx.checkpoint.Tensor> tensors =
          new LinkedHashMap<>(student.checkpoint().tensors());
      tensors.keySet().removeIf(name -> name.matches("stage2\\.[234]\\..*"));
      Checkpoint smaller = Checkpoint.of(tensors);
      larger.load(CompactGrowth.of(smaller, larger.checkpoint()));
      assertComputes(smaller, larger);

      tensors.remove("stage2.1.a.weight");
      Checkpoint torn = CompactGrowth.of(Checkpoint.of(tensors), larger.checkpoint());
      assertThrows(MalformedModelException.class, () -> larger.load(torn));
    }
  }

  /** Networks of other crops, in color, in the other order of colors and in grey. */
  @ParameterizedTest
  @ValueSource(strings = {"InceptionResnetV1", "LightCNN-v4", "LightCNN-9", "MobileFaceNet"})
  void everyNetworkIsFedAsTheLibraryFeedsIt(String architecture) {
    StudentNetwork network = StudentNetwork.named(architecture);
    CatalogEntry.Input input = network.input();
    byte[] rgb = new byte[input.crop().bytes()];
    new Random(8).nextBytes(rgb);
    try (PointerScope scope = new PointerScope();
        NoGradGuard guard = new NoGradGuard();
        Student student = network.student(256, false, new SplittableRandom(6), null)) {
      Tensor images = new InputTensors(input).of(ByteBuffer.wrap(rgb));
      float[] features = Tensors.values(student.forward(images, false));
      ModelCard card =
          ModelCard.builder("random")
              .architecture(architecture)
              .embeddingSize(features.length)
              .crop(input.crop())
              .colorOrder(input.colorOrder())
              .scaling(input.mean(), input.deviation())
              .license("none")
              .origin("random")
              .sourceSha256("0".repeat(64))
              .build();
      try (FaceEmbedder embedder =
          OnnxFaceEmbedder.load(student.checkpoint(), card, EmbedderOptions.defaults())) {
        Embedding expected = Embedding.of(embedder.card().fingerprint(), features);
        Embedding found = embedder.embed(List.of(AlignedFace.of(FACE, input.crop(), rgb))).get(0);
        assertEquals(1, found.similarity(expected), 1e-5);
      }
    }
  }

  private static void assertComputes(Checkpoint checkpoint, Student student) {
    Image crop = picture(3);
    try (PointerScope scope = new PointerScope();
        NoGradGuard guard = new NoGradGuard();
        FaceEmbedder embedder =
            OnnxFaceEmbedder.load(checkpoint, card(), EmbedderOptions.defaults())) {
      byte[] view = AreaShrink.shrink(crop.unsafeRgb());
      float[] planes = new float[view.length];
      int pixels = AreaShrink.SIDE * AreaShrink.SIDE;
      for (int i = 0; i < view.length; i++) {
        planes[i % 3 * pixels + i / 3] = ((view[i] & 0xFF) - 127.5f) / 128;
      }
      Tensor images = Tensors.floats(planes, 1, 3, AreaShrink.SIDE, AreaShrink.SIDE);
      float[] features = Tensors.values(student.forward(images, false));
      Embedding expected = Embedding.of(embedder.card().fingerprint(), features);
      // The view's pixels are rounded, those inside the graph are not.
      assertEquals(1, embed(embedder, crop).similarity(expected), 1e-4);
    }
  }
}
