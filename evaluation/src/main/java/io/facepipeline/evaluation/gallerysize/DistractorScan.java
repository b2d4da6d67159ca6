package io.facepipeline.evaluation.gallerysize;

import io.facepipeline.FacePipelineException;
import io.facepipeline.ProgressListener;
import io.facepipeline.internal.Workers;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Compares probes with more and more distractors. */
final class DistractorScan {
  /** So many probes share each pass over a distractor; their sums stay in the nearest cache. */
  private static final int BLOCK = 256;

  /** So many distractors are compared between two reports of progress. */
  private static final int CHUNK = 4096;

  private final List<Block> blocks = new ArrayList<>();
  private final int probes;

  /**
   * What the first so many distractors are to each probe.
   *
   * @param best the highest similarity; negative infinity without distractors. It means nothing for
   *     a probe without a face
   * @param above how many distractors are at least as alike as the right person
   */
  @SuppressWarnings("ArrayRecordComponent") // read once, where it was asked for
  record Nearest(float[] best, int[] above) {}

  /** Some probes, turned so that the numbers of one dimension lie together. */
  private static final class Block {
    final int start;
    final int width;
    final float[] vectors;
    final double[] own;
    final float[] best;
    final int[] above;
    final float[] sums;

    Block(int start, List<float @Nullable []> probes, double[] own, int dimensions) {
      this.start = start;
      width = probes.size();
      this.own = own;
      vectors = new float[dimensions * width];
      for (int p = 0; p < width; p++) {
        float[] probe = probes.get(p);
        for (int k = 0; probe != null && k < dimensions; k++) {
          vectors[k * width + p] = probe[k];
        }
      }
      best = new float[width];
      Arrays.fill(best, Float.NEGATIVE_INFINITY);
      above = new int[width];
      sums = new float[width];
    }

    void compare(float[] distractor) {
      Arrays.fill(sums, 0);
      int k = 0;
      // Four dimensions a pass, since each pass loads and stores the sums.
      for (; k + 3 < distractor.length; k += 4) {
        float a = distractor[k];
        float b = distractor[k + 1];
        float c = distractor[k + 2];
        float d = distractor[k + 3];
        int at = k * width;
        for (int p = 0; p < width; p++) {
          sums[p] +=
              a * vectors[at + p]
                  + b * vectors[at + width + p]
                  + c * vectors[at + 2 * width + p]
                  + d * vectors[at + 3 * width + p];
        }
      }
      for (; k < distractor.length; k++) {
        for (int p = 0; p < width; p++) {
          sums[p] += distractor[k] * vectors[k * width + p];
        }
      }
      for (int p = 0; p < width; p++) {
        best[p] = Math.max(best[p], sums[p]);
        if (sums[p] >= own[p]) {
          above[p]++;
        }
      }
    }
  }

  /**
   * Takes probes.
   *
   * @param probes their vectors; null for one without a face
   * @param own the similarity of each to the right person; positive infinity if there is none
   * @param dimensions the number of dimensions
   */
  DistractorScan(List<float @Nullable []> probes, double[] own, int dimensions) {
    this.probes = probes.size();
    for (int start = 0; start < probes.size(); start += BLOCK) {
      int end = Math.min(probes.size(), start + BLOCK);
      blocks.add(
          new Block(
              start, probes.subList(start, end), Arrays.copyOfRange(own, start, end), dimensions));
    }
  }

  /**
   * Compares the probes with distractors; once.
   *
   * @param counts how many distractors there are at the moments that are asked for, ascending
   * @return what they are to the probes at each of these moments
   */
  List<Nearest> compare(
      Distractors distractors, List<Integer> counts, int threads, ProgressListener listener) {
    List<Nearest> results = new ArrayList<>();
    int total = counts.get(counts.size() - 1);
    int done = 0;
    try (Workers workers = new Workers(threads)) {
      for (int count : counts) {
        while (done < count) {
          if (Thread.interrupted()) {
            throw new FacePipelineException(
                "interrupted after " + done + " of " + total + " distractors");
          }
          int first = done;
          float[][] chunk = new float[Math.min(CHUNK, count - done)][];
          workers.forEach(chunk.length, i -> chunk[i] = distractors.vector(first + i));
          workers.forEach(
              blocks.size(),
              b -> {
                for (float[] distractor : chunk) {
                  blocks.get(b).compare(distractor);
                }
              });
          done += chunk.length;
          listener.progress(done, total, "");
        }
        results.add(nearest());
      }
    }
    return results;
  }

  private Nearest nearest() {
    Nearest all = new Nearest(new float[probes], new int[probes]);
    for (Block block : blocks) {
      System.arraycopy(block.best, 0, all.best, block.start, block.width);
      System.arraycopy(block.above, 0, all.above, block.start, block.width);
    }
    return all;
  }
}
