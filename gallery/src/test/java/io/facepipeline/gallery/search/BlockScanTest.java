package io.facepipeline.gallery.search;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;

import io.facepipeline.Match.Candidate;
import io.facepipeline.gallery.GalleryQuery;
import io.facepipeline.gallery.GalleryQuery.Aggregation;
import io.facepipeline.gallery.memory.FaceTable;
import io.facepipeline.gallery.memory.GalleryChange;
import io.facepipeline.gallery.memory.Snapshot;
import io.facepipeline.internal.Workers;
import java.nio.FloatBuffer;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Similarities to the last bit, against a plain loop. */
final class BlockScanTest {
  /** Rows on the heap are more than a panel, fewer, or beside others in the log. */
  @ParameterizedTest
  @CsvSource({"1, 0, 300", "7, 5, 0", "33, 0, 63", "61, 400, 300", "128, 0, 1000", "512, 300, 700"})
  void similaritiesHaveTheBitsOfAPlainSum(int dimensions, int inLog, int onHeap) {
    Random random = new Random(dimensions);
    float[][] rows = new float[inLog + onHeap][];
    for (int r = 0; r < rows.length; r++) {
      rows[r] = vector(random, dimensions, rows, r);
    }
    Snapshot snapshot = snapshot(dimensions, rows, inLog);
    for (int count : new int[] {1, 2, 16}) {
      float[][] probes = new float[count][];
      for (int p = 0; p < count; p++) {
        probes[p] = vector(random, dimensions, rows, rows.length);
      }
      int[][] found = new int[count][rows.length];
      for (int[] some : found) {
        Arrays.fill(some, -1);
      }
      BlockScan scan = new BlockScan(dimensions, probes);
      int pieces = 3;
      for (int piece = 0; piece < pieces; piece++) {
        scan.scan(
            snapshot.vectors(),
            rows.length,
            piece,
            pieces,
            (p, of, first, length, similarities) -> {
              for (int i = 0; i < length; i++) {
                assertEquals(-1, found[p][of[first + i]], "visited twice");
                found[p][of[first + i]] = Float.floatToIntBits(similarities[i]);
              }
            });
      }
      for (int p = 0; p < count; p++) {
        float[] probe = probes[p];
        int[] expected =
            Arrays.stream(rows)
                .mapToInt(row -> Float.floatToIntBits(similarity(row, probe)))
                .toArray();
        assertArrayEquals(expected, found[p]);
      }
    }
  }

  /** Who takes which rows depends on the threads; what comes out does not. */
  @Test
  void answersDoNotDependOnTheThreads() {
    int dimensions = 128;
    Random random = new Random(5);
    float[][] rows = new float[4000][];
    for (int r = 0; r < rows.length; r++) {
      rows[r] = r % 3 == 1 ? rows[r - 1] : vector(random, dimensions, rows, 0);
    }
    Snapshot snapshot = snapshot(dimensions, rows, 1000);
    List<float[]> probes = new ArrayList<>(List.of(rows[0], rows[7]));
    for (int p = 0; p < 19; p++) {
      probes.add(vector(random, dimensions, rows, 0));
    }
    try (Workers one = new Workers(1);
        Workers four = new Workers(4)) {
      for (int count : new int[] {1, 5, 300}) {
        GalleryQuery query = GalleryQuery.top(count);
        List<List<Candidate>> alone =
            new GallerySearch(dimensions, one).search(snapshot, probes, query);
        GallerySearch shared = new GallerySearch(dimensions, four);
        GalleryQuery mean = query.withAggregation(Aggregation.MEAN);
        List<List<Candidate>> means = shared.search(snapshot, probes, mean);
        for (int round = 0; round < 5; round++) {
          assertEquals(alone, shared.search(snapshot, probes, query));
          assertEquals(means, shared.search(snapshot, probes, mean));
        }
      }
    }
  }

  /** Eight neighbors as a tree, and the eights one after the other. */
  private static float similarity(float[] row, float[] probe) {
    float[] m = new float[(row.length + 7) / 8 * 8];
    for (int d = 0; d < row.length; d++) {
      m[d] = row[d] * probe[d];
    }
    float sum = 0;
    for (int d = 0; d < m.length; d += 8) {
      float left = (m[d] + m[d + 1]) + (m[d + 2] + m[d + 3]);
      float right = (m[d + 4] + m[d + 5]) + (m[d + 6] + m[d + 7]);
      sum += left + right;
    }
    return sum;
  }

  /** Gaussian, nearly or exactly another's, its opposite, mostly zeros, tiny, or very uneven. */
  private static float[] vector(Random random, int dimensions, float[][] rows, int known) {
    float[] v = new float[dimensions];
    int kind = random.nextInt(7);
    float[] other = known == 0 ? v : rows[random.nextInt(known)];
    for (int d = 0; d < dimensions; d++) {
      float gaussian = (float) (random.nextGaussian() / Math.sqrt(dimensions));
      v[d] =
          switch (known == 0 ? 6 : kind) {
            case 0 -> other[d];
            case 1 -> -other[d];
            case 2 -> random.nextInt(8) == 0 ? gaussian : random.nextBoolean() ? 0f : -0f;
            case 3 -> Math.nextUp(other[d]);
            case 4 -> Float.MIN_VALUE * random.nextInt(9);
            case 5 -> gaussian * (float) Math.pow(2, random.nextInt(60) - 30);
            default -> gaussian;
          };
    }
    return v;
  }

  /** Three faces a person; the first rows stand in a log. */
  private static Snapshot snapshot(int dimensions, float[][] rows, int inLog) {
    float[] all = new float[rows.length * dimensions];
    for (int r = 0; r < rows.length; r++) {
      System.arraycopy(rows[r], 0, all, r * dimensions, dimensions);
    }
    FaceTable table = new FaceTable(dimensions, rows.length);
    table.share(new FloatBuffer[] {FloatBuffer.wrap(all)});
    List<GalleryChange> changes = new ArrayList<>();
    for (int r = 0; r < rows.length; r++) {
      long position = r < inLog ? (long) r * dimensions * Float.BYTES : -1;
      changes.add(
          new GalleryChange.Enroll(
              "p" + r / 3, false, Map.of(), new long[] {r}, rows[r], position));
    }
    table.apply(changes);
    return table.read(s -> s);
  }
}
