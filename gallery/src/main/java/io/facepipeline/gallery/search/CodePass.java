package io.facepipeline.gallery.search;

import io.facepipeline.gallery.GalleryQuery;
import io.facepipeline.gallery.memory.EmbeddingBlocks;
import io.facepipeline.gallery.memory.FaceCodes;
import io.facepipeline.gallery.memory.Snapshot;
import java.util.concurrent.atomic.AtomicReferenceArray;

/**
 * The best few people of each probe, exactly, from a part of a snapshot. Codes give a bound of each
 * row's similarity; rows whose bound is below what the best few have reached are passed over, and
 * the others are read and compared as {@link BlockScan} does. Rows on the heap have no codes.
 *
 * <p>For one thread.
 */
final class CodePass {
  private static final int PANEL = EmbeddingBlocks.PANEL;

  /** So many panels are bounded before rows are read: the likeliest rows of all come first. */
  private static final int PANELS = 16;

  /** Rows whose bounds differ by less are read in the order of memory. */
  private static final float BAND = 0.02f;

  private final Snapshot snapshot;
  private final FaceCodes codes;
  private final Floors floors;
  private final BlockScan exact;
  private final CodeScan bounding;
  private final PersonScores.Few[] scores;
  private final int[][] bounds;
  private final float[] vector;
  private final int[] one = new int[1];
  private final float[] similarity = new float[1];

  /** What the best few of each probe have reached, whichever thread found them. */
  static final class Floors {
    private final AtomicReferenceArray<Float> reached;

    Floors(int probes) {
      reached = new AtomicReferenceArray<>(probes);
    }

    /** Notes what one thread's best few have reached, and gives the most that is known. */
    float raise(int probe, float least) {
      return reached.accumulateAndGet(
          probe, least, (old, now) -> old == null ? now : Math.max(old, now));
    }
  }

  CodePass(
      Snapshot snapshot,
      FaceCodes codes,
      int dimensions,
      float[][] probes,
      GalleryQuery query,
      Floors floors) {
    this.snapshot = snapshot;
    this.codes = codes;
    this.floors = floors;
    exact = new BlockScan(dimensions, probes);
    bounding = new CodeScan(dimensions, probes);
    scores = new PersonScores.Few[probes.length];
    for (int p = 0; p < scores.length; p++) {
      scores[p] = new PersonScores.Few(snapshot, query.count());
    }
    bounds = new int[probes.length][PANELS * PANEL];
    vector = new float[EmbeddingBlocks.padded(dimensions)];
  }

  /** Scores one of several equal parts of the rows. */
  PersonScores[] scan(int part, int parts) {
    exact.scanHeap(
        snapshot.vectors(),
        part,
        parts,
        (p, rows, first, count, similarities) -> scores[p].add(rows, first, count, similarities));
    int panels = FaceCodes.panels(codes.rows());
    int end = BlockScan.from(panels, part + 1, parts);
    for (int from = BlockScan.from(panels, part, parts); from < end; from += PANELS) {
      int count = Math.min(PANELS, end - from);
      for (int i = 0; i < count; i++) {
        bounding.bounds(codes, from + i, bounds, i * PANEL);
      }
      int rows = Math.min(count * PANEL, codes.rows() - from * PANEL);
      for (int p = 0; p < scores.length; p++) {
        read(p, from * PANEL, rows);
      }
    }
    return scores;
  }

  /** Reads the rows that may be among the best few, those with the highest bounds first. */
  private void read(int p, int first, int rows) {
    int[] some = bounds[p];
    int highest = Integer.MIN_VALUE;
    for (int r = 0; r < rows; r++) {
      highest = Math.max(highest, some[r]);
    }
    long band = bounding.bound(p, BAND);
    long above = Long.MAX_VALUE;
    long floor = floor(p);
    for (long top = highest; top >= floor; floor = floor(p)) {
      long from = Math.max(top - band, floor);
      for (int r = 0; r < rows; r++) {
        if (some[r] >= from && some[r] < above) {
          score(p, first + r);
        }
      }
      above = from;
      top = from - 1;
      band *= 2;
    }
  }

  private long floor(int p) {
    return Math.max(Integer.MIN_VALUE, bounding.bound(p, floors.raise(p, scores[p].least())));
  }

  private void score(int p, int row) {
    EmbeddingBlocks.View vectors = snapshot.vectors();
    if (vectors.placeInLog(row) >= 0) {
      vectors.copyRow(row, vector, 0);
      similarity[0] = exact.similarity(vector, p);
      one[0] = row;
      scores[p].add(one, 0, 1, similarity);
    }
  }
}
