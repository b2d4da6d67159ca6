package io.facepipeline.gallery.search;

import static org.junit.jupiter.api.Assertions.assertTrue;

import io.facepipeline.gallery.memory.EmbeddingBlocks;
import io.facepipeline.gallery.memory.FaceCodes;
import io.facepipeline.gallery.memory.FaceTable;
import io.facepipeline.gallery.memory.GalleryChange;
import io.facepipeline.gallery.memory.Snapshot;
import java.nio.FloatBuffer;
import java.nio.IntBuffer;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.stream.LongStream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The bounds of similarities against the similarities themselves. */
final class CodeScanTest {
  private static final int ROWS = 600;

  @ParameterizedTest
  @ValueSource(ints = {1, 2, 7, 32, 33, 128, 512, 4096})
  void noSimilarityIsAboveItsBoundAndMostAreNotFarBelow(int dimensions) {
    Random random = new Random(dimensions);
    float[][] rows = new float[ROWS][];
    for (int r = 0; r < ROWS; r++) {
      rows[r] = vector(random, dimensions, rows, r);
    }
    float[][] probes = {
      rows[0],
      rows[10],
      vector(random, dimensions, rows, ROWS),
      vector(random, dimensions, rows, ROWS),
      axis(dimensions, 0, -1)
    };
    Snapshot snapshot = snapshot(dimensions, rows);
    IntBuffer[] panels = new IntBuffer[FaceCodes.panels(ROWS)];
    for (int i = 0; i < panels.length; i++) {
      int[] panel = new int[FaceCodes.panelInts(dimensions)];
      assertTrue(FaceCodes.encode(snapshot.vectors(), dimensions, i, ROWS, panel));
      panels[i] = IntBuffer.wrap(panel);
    }
    FaceCodes codes = new FaceCodes(dimensions, panels, ROWS);
    CodeScan scan = new CodeScan(dimensions, probes);
    BlockScan exact = new BlockScan(dimensions, probes);
    int[][] bounds = new int[probes.length][FaceCodes.PANEL];
    double over = 0;
    for (int panel = 0; panel < panels.length; panel++) {
      scan.bounds(codes, panel, bounds, 0);
      for (int r = panel * FaceCodes.PANEL;
          r < Math.min(ROWS, (panel + 1) * FaceCodes.PANEL);
          r++) {
        for (int p = 0; p < probes.length; p++) {
          float[] row = new float[EmbeddingBlocks.padded(dimensions)];
          snapshot.vectors().copyRow(r, row, 0);
          float similarity = exact.similarity(row, p);
          long bound = bounds[p][r % FaceCodes.PANEL];
          assertTrue(
              bound >= scan.bound(p, similarity),
              "row " + r + ", probe " + p + ": " + similarity + " is above its bound " + bound);
          over += bound >= scan.bound(p, similarity + 0.2f) ? 1 : 0;
        }
      }
    }
    double share = over / ROWS / probes.length;
    assertTrue(
        share < (dimensions < 7 ? 1 : 0.25),
        "of the bounds are far above what they bound: " + share);
  }

  /** Gaussian, along one dimension, nearly another's, or with a few large numbers. */
  private static float[] vector(Random random, int dimensions, float[][] rows, int known) {
    float[] v = new float[dimensions];
    int kind = known == 0 ? 9 : random.nextInt(10);
    if (kind == 0) {
      return axis(dimensions, random.nextInt(dimensions), random.nextBoolean() ? 1 : -1);
    }
    for (int d = 0; d < dimensions; d++) {
      v[d] = (float) random.nextGaussian();
      if (kind == 1) {
        v[d] = v[d] * 0.02f + rows[0][d];
      } else if (kind == 2) {
        v[d] *= random.nextInt(16) == 0 ? 5 : 1;
      }
    }
    return unit(v);
  }

  private static float[] axis(int dimensions, int along, float value) {
    float[] v = new float[dimensions];
    v[along] = value;
    return v;
  }

  private static float[] unit(float[] v) {
    double square = 0;
    for (float f : v) {
      square += (double) f * f;
    }
    for (int d = 0; d < v.length; d++) {
      v[d] /= (float) Math.sqrt(square);
    }
    return v;
  }

  private static Snapshot snapshot(int dimensions, float[][] rows) {
    FaceTable table = new FaceTable(dimensions, rows.length);
    float[] all = new float[rows.length * dimensions];
    for (int r = 0; r < rows.length; r++) {
      System.arraycopy(rows[r], 0, all, r * dimensions, dimensions);
    }
    long[] ids = LongStream.range(0, rows.length).toArray();
    table.share(new FloatBuffer[0]);
    table.apply(List.of(new GalleryChange.Enroll("ada", false, Map.of(), ids, all, -1)));
    return table.read(s -> s);
  }
}
