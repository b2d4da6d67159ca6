package io.facepipeline.detection.mtcnn.cascade;

import java.util.ArrayList;
import java.util.Collections;
import java.util.Comparator;
import java.util.List;

/** Keeps the most probable of the candidates that overlap too much. */
final class NonMaximumSuppression {
  private NonMaximumSuppression() {}

  /** How the overlap of two boxes is measured. */
  enum Overlap {
    /** Intersection over union. */
    UNION {
      @Override
      float of(Candidate a, Candidate b) {
        float w = Math.min(a.x2, b.x2) - Math.max(a.x1, b.x1);
        float h = Math.min(a.y2, b.y2) - Math.max(a.y1, b.y1);
        float intersection = Math.max(0, w) * Math.max(0, h);
        float areaA = (a.x2 - a.x1) * (a.y2 - a.y1);
        float areaB = (b.x2 - b.x1) * (b.y2 - b.y1);
        return intersection / (areaA + areaB - intersection);
      }
    },
    /**
     * Intersection over the smaller box; coordinates are those of pixels, so lengths count one
     * more.
     */
    SMALLER {
      @Override
      float of(Candidate a, Candidate b) {
        float w = Math.min(a.x2, b.x2) - Math.max(a.x1, b.x1) + 1;
        float h = Math.min(a.y2, b.y2) - Math.max(a.y1, b.y1) + 1;
        float intersection = Math.max(0, w) * Math.max(0, h);
        float areaA = (a.x2 - a.x1 + 1) * (a.y2 - a.y1 + 1);
        float areaB = (b.x2 - b.x1 + 1) * (b.y2 - b.y1 + 1);
        return intersection / Math.min(areaA, areaB);
      }
    };

    abstract float of(Candidate a, Candidate b);
  }

  /**
   * The candidates that remain, most probable first; of equally probable ones the first for the
   * union, the last for the smaller, as the reference sorts them.
   */
  static List<Candidate> keep(List<Candidate> candidates, float threshold, Overlap overlap) {
    List<Candidate> order = new ArrayList<>(candidates);
    if (overlap == Overlap.SMALLER) {
      Collections.reverse(order);
    }
    order.sort(Comparator.comparingDouble((Candidate c) -> c.score).reversed());
    List<Candidate> kept = new ArrayList<>();
    for (Candidate candidate : order) {
      boolean free = true;
      for (Candidate k : kept) {
        if (overlap.of(k, candidate) > threshold) {
          free = false;
          break;
        }
      }
      if (free) {
        kept.add(candidate);
      }
    }
    return kept;
  }
}
