package io.facepipeline.testkit;

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
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.junit.jupiter.api.Test;

/** What every {@link FaceEmbedder} must do. A test class extends this and says how to make one. */
public abstract class FaceEmbedderContract {
  private static final Face FACE =
      new Face(new Box(0, 0, 10, 10), Landmarks.of(3, 3, 7, 3, 5, 5, 3, 8, 7, 8), 1);

  /** {@return an embedder; the caller closes it} */
  protected abstract FaceEmbedder embedder();

  @Test
  void makesUnitVectorsThatNameTheirModel() {
    try (FaceEmbedder embedder = embedder()) {
      for (Embedding e : embedder.embed(crops(embedder, 3))) {
        assertEquals(embedder.card().fingerprint(), e.model());
        assertEquals(embedder.card().embeddingSize(), e.size());
        double norm = 0;
        for (float v : e.toArray()) {
          norm += (double) v * v;
        }
        assertEquals(1, norm, 1e-5);
      }
    }
  }

  @Test
  void aBatchEqualsItsCropsOneByOne() {
    try (FaceEmbedder embedder = embedder()) {
      for (int size : new int[] {2, 5, 19}) {
        List<AlignedFace> crops = crops(embedder, size);
        List<Embedding> batch = embedder.embed(crops);
        for (int i = 0; i < size; i++) {
          Embedding alone = embedder.embed(List.of(crops.get(i))).get(0);
          assertEquals(1, alone.similarity(batch.get(i)), 1e-5, "crop " + i + " of " + size);
        }
      }
      assertEquals(List.of(), embedder.embed(List.of()));
    }
  }

  @Test
  void refusesCropsMadeForAnotherModel() {
    try (FaceEmbedder embedder = embedder()) {
      CropSpec foreign = CropSpec.margin(61, 3);
      AlignedFace crop = AlignedFace.of(FACE, foreign, new byte[foreign.bytes()]);
      IllegalArgumentException e =
          assertThrows(IllegalArgumentException.class, () -> embedder.embed(List.of(crop)));
      assertTrue(e.getMessage().contains(foreign.toString()), e.getMessage());
      assertTrue(e.getMessage().contains(embedder.crop().toString()), e.getMessage());
    }
  }

  @Test
  void answersManyThreadsAlike() throws Exception {
    try (FaceEmbedder embedder = embedder()) {
      List<AlignedFace> crops = crops(embedder, 3);
      List<Embedding> expected = embedder.embed(crops);
      ExecutorService threads = Executors.newFixedThreadPool(4);
      List<Future<List<Embedding>>> answers = new ArrayList<>();
      for (int i = 0; i < 16; i++) {
        answers.add(threads.submit(() -> embedder.embed(crops)));
      }
      for (Future<List<Embedding>> answer : answers) {
        assertEquals(expected, answer.get());
      }
      threads.shutdown();
    }
  }

  @Test
  void refusesWorkAfterClose() {
    FaceEmbedder embedder = embedder();
    List<AlignedFace> crops = crops(embedder, 1);
    embedder.close();
    embedder.close();
    assertThrows(IllegalStateException.class, () -> embedder.embed(crops));
  }

  /** {@return crops of noise, cut as the embedder wants them} */
  protected static List<AlignedFace> crops(FaceEmbedder embedder, int count) {
    Random random = new Random(42);
    List<AlignedFace> crops = new ArrayList<>();
    for (int i = 0; i < count; i++) {
      byte[] rgb = new byte[embedder.crop().bytes()];
      random.nextBytes(rgb);
      crops.add(AlignedFace.of(FACE, embedder.crop(), rgb));
    }
    return crops;
  }
}
