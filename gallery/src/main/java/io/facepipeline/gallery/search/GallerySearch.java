package io.facepipeline.gallery.search;

import io.facepipeline.Match.Candidate;
import io.facepipeline.gallery.GalleryQuery;
import io.facepipeline.gallery.memory.FaceCodes;
import io.facepipeline.gallery.memory.Snapshot;
import io.facepipeline.internal.Workers;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * Exact search: every probe is compared with every row of a snapshot. Where there are codes, and
 * the query is for the best few, they rule out most rows first.
 */
public final class GallerySearch {
  /** More probes in one pass would no longer fit the cache beside the rows. */
  private static final int MAX_PROBES = 16;

  /** Work below this, in products, is not worth waking another thread for. */
  private static final long MIN_WORK = 2_000_000;

  /**
   * Threads take so many pieces each, if all are as fast: one that wakes late leaves its pieces to
   * the others. A mean is added up in the same order each time, and gets one part a thread.
   */
  private static final int PIECES = 4;

  /** Scores of so many people are kept at once where a query needs a score for each. */
  private static final long MAX_SCORES = 8_000_000;

  private final int dimensions;
  private final Workers workers;

  public GallerySearch(int dimensions, Workers workers) {
    this.dimensions = dimensions;
    this.workers = workers;
  }

  /** The people most like each probe, where the query leaves nobody out. */
  public List<List<Candidate>> search(Snapshot snapshot, List<float[]> probes, GalleryQuery query) {
    int atOnce = atOnce(snapshot);
    List<List<Candidate>> results = new ArrayList<>(probes.size());
    for (int p = 0; p < probes.size(); p += atOnce) {
      List<float[]> some = probes.subList(p, Math.min(probes.size(), p + atOnce));
      for (PersonScores scores : pass(snapshot, some, query)) {
        results.add(scores.top(query.count(), person -> true));
      }
    }
    return results;
  }

  /** How many probes may share a pass. */
  public int atOnce(Snapshot snapshot) {
    return (int) Math.max(1, Math.min(MAX_PROBES, MAX_SCORES / Math.max(1, snapshot.peopleEnd())));
  }

  /** The scores of each probe. What they say of people stays true when the gallery changes. */
  public List<PersonScores> pass(Snapshot snapshot, List<float[]> probes, GalleryQuery query) {
    long work = (long) snapshot.rows() * dimensions * probes.size();
    int parts = work < MIN_WORK ? 1 : workers.parallelism();
    float[][] vectors = probes.toArray(new float[0][]);
    FaceCodes there = PersonScores.isFew(query) ? snapshot.codes() : null;
    FaceCodes codes = there == null || there.isLost() ? null : there;
    CodePass.Floors floors = new CodePass.Floors(vectors.length);
    PersonScores[][] scores = new PersonScores[parts][];
    AtomicInteger piece = new AtomicInteger();
    workers.forEach(
        parts,
        part ->
            scores[part] =
                codes != null
                    ? new CodePass(snapshot, codes, dimensions, vectors, query, floors)
                        .scan(part, parts)
                    : scan(snapshot, vectors, query, part, parts, piece));
    for (int p = 0; p < probes.size(); p++) {
      for (int part = 1; part < parts; part++) {
        scores[0][p].merge(scores[part][p]);
      }
    }
    return List.of(scores[0]);
  }

  private PersonScores[] scan(
      Snapshot snapshot,
      float[][] probes,
      GalleryQuery query,
      int part,
      int parts,
      AtomicInteger piece) {
    PersonScores[] own = new PersonScores[probes.length];
    for (int p = 0; p < own.length; p++) {
      own[p] = PersonScores.of(snapshot, query);
    }
    BlockScan scan = new BlockScan(dimensions, probes);
    BlockScan.TileVisitor visitor =
        (p, rows, first, count, similarities) -> own[p].add(rows, first, count, similarities);
    if (parts == 1 || query.aggregation() == GalleryQuery.Aggregation.MEAN) {
      scan.scan(snapshot.vectors(), snapshot.rows(), part, parts, visitor);
      return own;
    }
    int pieces = parts * PIECES;
    for (int i = piece.getAndIncrement(); i < pieces; i = piece.getAndIncrement()) {
      scan.scan(snapshot.vectors(), snapshot.rows(), i, pieces, visitor);
    }
    return own;
  }
}
