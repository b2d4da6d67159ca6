package io.facepipeline.training.detector;

import io.facepipeline.Box;
import io.facepipeline.detection.scan.ScanNetwork;
import io.facepipeline.training.faces.TrueFaces;
import io.facepipeline.training.faces.TrueFaces.TrueFace;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/**
 * Which cell is to find which face, decided by what the network says at the moment: the cells whose
 * boxes fit best, whose scores are not far off, and which are near the face's center, as many as
 * their boxes together cover the face (SimOTA of Ge et al., "YOLOX", 2021, with the soft costs of
 * Lyu et al., "RTMDet", 2022). A cell's score is to be the overlap of its box with the face, as in
 * Li et al., "Generalized Focal Loss", 2020.
 */
final class Assignment {
  /** So many of the best boxes tell how many cells find a face. */
  private static final int BEST = 10;

  private static final double OVERLAP_COST = 3;
  private static final double CENTER_BASE = 10;
  private static final double CENTER_FREE = 2.5;

  /** Cells whose center is nearer to the face's than this, in strides, may find it too. */
  private static final float NEAR = 1;

  /** The largest box a cell is asked for, as a logarithm of strides. */
  private static final float MOST = 6;

  /** Below this score a teacher's cell finds nothing. */
  private static final float HEARD = 0.02f;

  /** From this score on it finds a face if its box is one's. */
  private static final float FINDS = 0.3f;

  /** What a teacher's box and a face must share to be the same. */
  private static final float SAME_FACE = 0.5f;

  /** For each cell of each view the score it is to give. */
  final float[] scores;

  /** For each cell of each view 1, or 0 where nothing is known. */
  final float[] known;

  /** The cells that find a face, numbered through all views, with the face of each. */
  final List<Match> matches = new ArrayList<>();

  /**
   * A cell that finds a face.
   *
   * @param row its number in all views
   * @param cell its number in its view
   * @param face the face
   */
  record Match(int row, int cell, TrueFace face) {}

  /**
   * Without a teacher of cells.
   *
   * @param said the network's output for the views, [views, 15, cells]
   * @param truth what they show
   */
  Assignment(float[] said, List<TrueFaces> truth, Cells cells) {
    this(said, truth, List.of(), cells);
  }

  /**
   * @param said the network's output for the views, [views, 15, cells]
   * @param truth what they show
   * @param taught what a teacher says of each view's cells; empty without one
   */
  Assignment(float[] said, List<TrueFaces> truth, List<TeacherMaps.Said> taught, Cells cells) {
    int count = cells.count();
    scores = new float[truth.size() * count];
    known = new float[scores.length];
    Arrays.fill(known, 1);
    for (int view = 0; view < truth.size(); view++) {
      boolean[] found = new boolean[truth.get(view).faces().size()];
      if (!taught.isEmpty()) {
        listen(taught.get(view), view, truth.get(view), cells, found);
      }
      assign(said, view, truth.get(view), cells, found);
    }
  }

  /**
   * Takes the scores of a teacher where they do not contradict the truth: its cells with a face's
   * box find that face.
   *
   * @param found is set for faces that the teacher finds
   */
  private void listen(
      TeacherMaps.Said taught, int view, TrueFaces truth, Cells cells, boolean[] found) {
    for (int cell = 0; cell < cells.count(); cell++) {
      float score = taught.scores[cell];
      if (score < HEARD) {
        continue;
      }
      float[] b = taught.boxes;
      Box box = new Box(b[4 * cell], b[4 * cell + 1], b[4 * cell + 2], b[4 * cell + 3]);
      int face = best(box, truth.faces());
      int row = view * cells.count() + cell;
      if (face >= 0) {
        scores[row] = score;
        if (score >= FINDS) {
          found[face] = true;
          matches.add(new Match(row, cell, truth.faces().get(face)));
        }
      }
    }
  }

  /** The face that a box is of, or -1. */
  private static int best(Box box, List<TrueFace> faces) {
    int best = -1;
    float most = SAME_FACE;
    for (int i = 0; i < faces.size(); i++) {
      float overlap = faces.get(i).box().intersectionOverUnion(box);
      if (overlap > most) {
        most = overlap;
        best = i;
      }
    }
    return best;
  }

  /** Assigns the faces that no teacher found, and marks what is not known. */
  private void assign(float[] said, int view, TrueFaces truth, Cells cells, boolean[] found) {
    int count = cells.count();
    int base = view * ScanNetwork.NUMBERS * count;
    int[] owner = new int[count];
    double[] cost = new double[count];
    float[] overlap = new float[count];
    Arrays.fill(owner, -1);
    Arrays.fill(cost, Double.MAX_VALUE);
    List<TrueFace> faces = truth.faces();
    for (int f = 0; f < faces.size(); f++) {
      if (found[f]) {
        continue;
      }
      Box box = faces.get(f).box();
      List<Candidate> candidates = candidates(said, base, box, cells);
      for (Candidate chosen : chosen(candidates)) {
        if (chosen.cost() < cost[chosen.cell()]) {
          cost[chosen.cell()] = chosen.cost();
          owner[chosen.cell()] = f;
          overlap[chosen.cell()] = chosen.overlap();
        }
      }
    }
    for (int cell = 0; cell < count; cell++) {
      int row = view * count + cell;
      if (scores[row] >= FINDS) {
        continue;
      }
      if (owner[cell] >= 0) {
        scores[row] = overlap[cell];
        matches.add(new Match(row, cell, faces.get(owner[cell])));
      } else if (scores[row] == 0 && isIgnored(truth, cells, cell)) {
        known[row] = 0;
      }
    }
  }

  private static boolean isIgnored(TrueFaces truth, Cells cells, int cell) {
    float x = cells.x[cell] + cells.stride[cell] / 2;
    float y = cells.y[cell] + cells.stride[cell] / 2;
    for (Box box : truth.ignored()) {
      if (x >= box.x1() && x <= box.x2() && y >= box.y1() && y <= box.y2()) {
        return true;
      }
    }
    return false;
  }

  private record Candidate(int cell, float overlap, double cost) {}

  private static List<Candidate> candidates(float[] said, int base, Box box, Cells cells) {
    List<Candidate> candidates = new ArrayList<>();
    float centerX = (box.x1() + box.x2()) / 2;
    float centerY = (box.y1() + box.y2()) / 2;
    int count = cells.count();
    for (int cell = 0; cell < count; cell++) {
      float s = cells.stride[cell];
      float x = cells.x[cell] + s / 2;
      float y = cells.y[cell] + s / 2;
      boolean inside = x > box.x1() && x < box.x2() && y > box.y1() && y < box.y2();
      double distance = Math.hypot(x - centerX, y - centerY) / s;
      if (inside || distance < NEAR) {
        float overlap = box.intersectionOverUnion(box(said, base, cells, cell));
        double score = 1 / (1 + Math.exp(-said[base + cell]));
        double off = Math.abs(overlap - score);
        double class_ = crossEntropy(said[base + cell], overlap) * off * off;
        double cost =
            class_
                - OVERLAP_COST * Math.log(overlap + 1e-7)
                + Math.pow(CENTER_BASE, distance - CENTER_FREE);
        candidates.add(new Candidate(cell, overlap, cost));
      }
    }
    return candidates;
  }

  private static double crossEntropy(double logit, double target) {
    return Math.max(logit, 0) - logit * target + Math.log1p(Math.exp(-Math.abs(logit)));
  }

  private static Box box(float[] said, int base, Cells cells, int cell) {
    int count = cells.count();
    int at = base + ScanNetwork.BOX * count + cell;
    float s = cells.stride[cell];
    float x = cells.x[cell] + said[at] * s;
    float y = cells.y[cell] + said[at + count] * s;
    float width = (float) Math.exp(Math.min(MOST, said[at + 2 * count])) * s;
    float height = (float) Math.exp(Math.min(MOST, said[at + 3 * count])) * s;
    return new Box(x - width / 2, y - height / 2, x + width / 2, y + height / 2);
  }

  private static List<Candidate> chosen(List<Candidate> candidates) {
    double covered =
        candidates.stream()
            .map(Candidate::overlap)
            .sorted((a, b) -> Float.compare(b, a))
            .limit(BEST)
            .mapToDouble(overlap -> overlap)
            .sum();
    int many = (int) Math.max(1, covered);
    return candidates.stream()
        .sorted((a, b) -> Double.compare(a.cost(), b.cost()))
        .limit(many)
        .toList();
  }
}
