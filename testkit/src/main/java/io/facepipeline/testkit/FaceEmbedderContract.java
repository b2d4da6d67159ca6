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
import java.util.Collections;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.Test;

/** What every {@link FaceEmbedder} must do. A test class extends this and says how to make one. */
public abstract class FaceEmbedderContract {
  private static final Face FACE =
      new Face(new Box(0, 0, 10, 10), Landmarks.of(3, 3, 7, 3, 5, 5, 3, 8, 7, 8), 1);

  /** {@return an embedder; the caller closes it} */
  protected abstract FaceEmbedder embedder();

  /**
   * {@return the same embedder with so many threads; empty if it has no such setting}
   *
   * @param threads how many
   */
  protected Optional<FaceEmbedder> embedder(int threads) {
    return Optional.empty();
  }

  @Test
  void makesUnitVectorsThatNameTheirModel() {
    try (FaceEmbedder embedder = embedder()) {
      for (Embedding e : embedder.embed(crops(embedder, 3))) {
        assertEquals(embedder.card().fingerprint(), e.fingerprint());
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

  /** A graph that scales by the batch's range, as dynamic quantization does, fails here. */
  @Test
  void aDarkCropDoesNotHangOnABrightOne() {
    try (FaceEmbedder embedder = embedder()) {
      List<AlignedFace> crops = new ArrayList<>();
      for (int[] range : new int[][] {{0, 12}, {0, 256}, {244, 256}, {100, 140}, {0, 1}}) {
        crops.add(crop(embedder, new Random(range[1]), range[0], range[1]));
      }
      List<Embedding> batch = embedder.embed(crops);
      List<AlignedFace> reversed = new ArrayList<>(crops);
      Collections.reverse(reversed);
      List<Embedding> backwards = embedder.embed(reversed);
      for (int i = 0; i < crops.size(); i++) {
        Embedding alone = embedder.embed(List.of(crops.get(i))).get(0);
        assertEquals(1, alone.similarity(batch.get(i)), 1e-5, "crop " + i);
        assertEquals(1, alone.similarity(backwards.get(crops.size() - 1 - i)), 1e-5, "crop " + i);
      }
    }
  }

  @Test
  void embedsTheSameWithAnyNumberOfThreads() {
    try (FaceEmbedder embedder = embedder()) {
      List<AlignedFace> crops = crops(embedder, 5);
      List<Embedding> expected = embedder.embed(crops);
      for (int threads : new int[] {1, 2, 5}) {
        Optional<FaceEmbedder> other = embedder(threads);
        Assumptions.assumeTrue(other.isPresent(), "this embedder has no number of threads");
        try (FaceEmbedder same = other.get()) {
          List<Embedding> found = same.embed(crops);
          for (int i = 0; i < crops.size(); i++) {
            assertEquals(1, expected.get(i).similarity(found.get(i)), 1e-5, threads + " threads");
          }
        }
      }
    }
  }

  @Test
  void severalThreadsMayShowDifferentCrops() {
    try (FaceEmbedder embedder = embedder()) {
      List<AlignedFace> crops = crops(embedder, 6);
      List<List<Embedding>> expected =
          crops.stream().map(crop -> embedder.embed(List.of(crop))).toList();
      IntStream.range(0, 24)
          .parallel()
          .forEach(
              i -> assertEquals(expected.get(i % 6), embedder.embed(List.of(crops.get(i % 6)))));
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
      crops.add(crop(embedder, random, 0, 256));
    }
    return crops;
  }

  private static AlignedFace crop(FaceEmbedder embedder, Random random, int from, int to) {
    byte[] rgb = new byte[embedder.crop().bytes()];
    for (int i = 0; i < rgb.length; i++) {
      rgb[i] = (byte) random.nextInt(from, to);
    }
    return AlignedFace.of(FACE, embedder.crop(), rgb);
  }
}
