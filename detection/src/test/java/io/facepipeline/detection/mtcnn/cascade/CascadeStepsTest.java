package io.facepipeline.detection.mtcnn.cascade;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.facepipeline.Image;
import io.facepipeline.detection.mtcnn.cascade.NonMaximumSuppression.Overlap;
import io.facepipeline.detection.work.Proposals;
import io.facepipeline.detection.work.Suppression;
import java.nio.FloatBuffer;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;

/** The steps of the cascade that need no weights. */
class CascadeStepsTest {
  @Test
  void thePyramidEndsWhereTheShortSideIsTooSmall() {
    assertEquals(List.of(0.6, 0.3, 0.15), Pyramid.scales(100, 90, 20, 0.5).subList(0, 3));
    assertEquals(3, Pyramid.scales(100, 90, 20, 0.5).size());
    assertEquals(List.of(), Pyramid.scales(19, 500, 20, 0.709));
    assertEquals(List.of(0.6), Pyramid.scales(20, 20, 20, 0.709));
  }

  @Test
  void allWorkersHaveAChunkOfTheCandidatesThatIsWorthARun() {
    assertEquals(0, TaskSizes.chunks(0, 32, 2));
    assertEquals(1, TaskSizes.chunks(1, 8, 16));
    assertEquals(1, TaskSizes.chunks(32, 32, 1));
    assertEquals(2, TaskSizes.chunks(33, 32, 1));
    assertEquals(2, TaskSizes.chunks(25, 32, 2));
    assertEquals(3, TaskSizes.chunks(25, 32, 16));
    assertEquals(4, TaskSizes.chunks(100, 32, 2));
    assertEquals(6, TaskSizes.chunks(34, 8, 2));
    assertEquals(5, TaskSizes.chunks(5, 1, 2));
  }

  @Test
  void resamplingAveragesTheSourcePixelsOfEachCell() {
    Random random = new Random(1);
    byte[] rgb = new byte[37 * 23 * 3];
    random.nextBytes(rgb);
    Image image = Image.ofRgb(37, 23, rgb);
    for (int[] r :
        new int[][] {{0, 0, 37, 23, 11, 7}, {3, 2, 20, 23, 24, 24}, {5, 5, 6, 6, 3, 2}}) {
      int width = r[4];
      int height = r[5];
      FloatBuffer out = FloatBuffer.allocate(3 * width * height);
      PlainAreaResampler.resample(image, r[0], r[1], r[2], r[3], width, height, out);
      assertEquals(0, out.remaining());
      for (int c = 0; c < 3; c++) {
        for (int y = 0; y < height; y++) {
          for (int x = 0; x < width; x++) {
            double expected = mean(image, r, x, y, c);
            assertEquals(expected, out.get((c * height + y) * width + x), 1e-4);
          }
        }
      }
    }
  }

  private static double mean(Image image, int[] r, int x, int y, int channel) {
    double w = r[2] - r[0];
    double h = r[3] - r[1];
    int x0 = (int) Math.floor(x * w / r[4]);
    int x1 = (int) Math.ceil((x + 1) * w / r[4]);
    int y0 = (int) Math.floor(y * h / r[5]);
    int y1 = (int) Math.ceil((y + 1) * h / r[5]);
    double sum = 0;
    for (int sy = y0; sy < y1; sy++) {
      for (int sx = x0; sx < x1; sx++) {
        sum += image.rgbAt(r[0] + sx, r[1] + sy) >> (16 - 8 * channel) & 0xff;
      }
    }
    return sum / ((x1 - x0) * (y1 - y0));
  }

  @Test
  void suppressionKeepsTheMostProbableOfOverlappingBoxes() {
    Candidate best = candidate(0, 0, 10, 10, 0.9f);
    Candidate near = candidate(1, 0, 11, 10, 0.8f);
    Candidate far = candidate(20, 20, 30, 30, 0.7f);
    Candidate inside = candidate(2, 2, 6, 6, 0.95f);
    assertEquals(
        List.of(best, far),
        NonMaximumSuppression.keep(List.of(far, near, best), 0.5f, Overlap.UNION));
    assertEquals(
        List.of(inside, best),
        NonMaximumSuppression.keep(List.of(best, inside), 0.5f, Overlap.UNION));
    assertEquals(
        List.of(inside), NonMaximumSuppression.keep(List.of(best, inside), 0.5f, Overlap.SMALLER));
    assertTrue(NonMaximumSuppression.keep(List.of(), 0.5f, Overlap.UNION).isEmpty());
  }

  private static Candidate candidate(float x1, float y1, float x2, float y2, float score) {
    return new Candidate(x1, y1, x2, y2, score, null);
  }

  @Test
  void suppressionThroughTheGridKeepsTheSame() {
    Random random = new Random(4);
    Suppression suppression = new Suppression();
    int suppressed = 0;
    for (int round = 0; round < 40; round++) {
      // Of one size, as on a level of the pyramid, or of very different ones; near and far.
      float largest = round % 2 == 0 ? 20 : 20 + random.nextInt(600);
      float field = 50 + random.nextInt(2000);
      int count = 100 + random.nextInt(900);
      Proposals proposals = new Proposals();
      List<Candidate> candidates = new ArrayList<>();
      for (int i = 0; i < count; i++) {
        float x = Math.round(random.nextFloat() * field) - 40;
        float y = Math.round(random.nextFloat() * field) - 40;
        float w = 20 + (largest - 20) * random.nextFloat();
        float h = w * (0.5f + random.nextFloat());
        float score = 0.6f + random.nextInt(400) / 1000f;
        proposals.add(x, y, x + w, y + h, score);
        candidates.add(candidate(x, y, x + w, y + h, score));
      }
      for (float threshold : new float[] {0.3f, 0.4f, 0.5f, 0.7f}) {
        Proposals kept = new Proposals();
        suppression.byUnion(proposals, kept, threshold);
        List<Candidate> expected = NonMaximumSuppression.keep(candidates, threshold, Overlap.UNION);
        assertEquals(expected.size(), kept.size());
        suppressed += count - kept.size();
        for (int i = 0; i < kept.size(); i++) {
          assertEquals(expected.get(i).x1, kept.get(i, 0));
          assertEquals(expected.get(i).y2, kept.get(i, 3));
          assertEquals(expected.get(i).score, kept.get(i, Proposals.SCORE));
        }
      }
    }
    assertTrue(suppressed > 1000, "suppressed " + suppressed);
  }

  @Test
  void theLogitsThresholdPassesAllThatTheProbabilityDoes() {
    for (float threshold : new float[] {1e-6f, 0.1f, 0.6f, 0.999f, 1}) {
      float least = FaceLogit.of(threshold).least();
      for (float logit = -20; logit < 20; logit += 0.01f) {
        if (FaceLogit.probability(logit) >= threshold) {
          assertTrue(logit >= least, threshold + " " + logit);
        }
      }
      assertTrue(FaceLogit.probability(least - 1) < threshold);
    }
    assertEquals(1, FaceLogit.probability(20));
  }

  /** What PyTorch 1.13 gives for softmax([0, logit]), on a processor with AVX-512. */
  @Test
  void probabilitiesNearOneAreTheReferencesFloats() {
    float[] logits = {9, 12.5f, 14.15f, 14.2f, 15.7f, 16, 17};
    float[] expected = {0.9998766f, 0.9999963f, 0.9999993f, 0.9999993f, 0.9999999f, 0.9999999f, 1};
    for (int i = 0; i < logits.length; i++) {
      assertEquals(expected[i], FaceLogit.probability(logits[i]), "logit " + logits[i]);
    }
    assertEquals(0.02931223f, FaceLogit.probability(-3.5f), 1e-8f);
    assertEquals(0.43782353f, FaceLogit.probability(-0.25f), 1e-7f);
  }

  @Test
  void ofEquallyProbableBoxesTheReferencesOneStays() {
    Proposals equal = new Proposals();
    List<Candidate> candidates = new ArrayList<>();
    for (int i = 0; i < 3; i++) {
      equal.add(i, 0, 100 + i, 100, 1);
      candidates.add(candidate(i, 0, 100 + i, 100, 1));
    }
    Proposals kept = new Proposals();
    Suppression suppression = new Suppression();

    suppression.byUnion(equal, kept, 0.7f);
    assertEquals(1, kept.size());
    assertEquals(0, kept.get(0, 0));
    assertEquals(
        candidates.subList(0, 1), NonMaximumSuppression.keep(candidates, 0.7f, Overlap.UNION));

    suppression.bySmaller(equal, kept, 0.7f);
    assertEquals(1, kept.size());
    assertEquals(2, kept.get(0, 0));
    assertEquals(
        candidates.subList(2, 3), NonMaximumSuppression.keep(candidates, 0.7f, Overlap.SMALLER));
  }
}
