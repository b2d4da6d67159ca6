package io.facepipeline.training.faces;

import io.facepipeline.Box;
import io.facepipeline.Face;
import io.facepipeline.training.faces.TrueFaces.TrueFace;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * Brings the labels of several sources and what a teacher finds together. Sources draw their boxes
 * by different rules, to the chin or to the neck, so a face that the teacher finds too gets the
 * teacher's box, and one that it does not find gets its label's box moved as those of the same
 * source were moved on average. Marked landmarks win over the teacher's. Without a teacher the
 * labels are the truth.
 */
public final class TruthMaker {
  /** What a label and a detection must share to be the same face. */
  private static final float SAME_FACE = 0.4f;

  /** MTCNN's least score of a sure face. */
  public static final float SURE = 0.95f;

  /**
   * A face with a shorter side than this, in pixels, is neither taught nor taken for background.
   */
  private static final float SMALLEST = 9;

  /** From so many matches on their average is a rule. */
  private static final int MATCHES_FOR_RULE = 20;

  private TruthMaker() {}

  /**
   * {@return the truth of each photo}
   *
   * @param photos the photos
   * @param detected what the teacher finds in each; empty without a teacher
   * @param sure a detection that nobody marked is a face from this score on, where not all faces
   *     were marked
   */
  public static List<TrueFaces> combine(
      List<LabelledPhoto> photos, List<List<Face>> detected, float sure) {
    boolean taught = !detected.isEmpty();
    Map<String, Rule> rules = new HashMap<>();
    List<int[]> matches = new ArrayList<>();
    for (int i = 0; i < photos.size(); i++) {
      List<LabelledFace> labels = photos.get(i).faces();
      List<Face> found = taught ? detected.get(i) : List.of();
      int[] matched = match(labels, found);
      matches.add(matched);
      Rule rule = rules.computeIfAbsent(photos.get(i).source(), s -> new Rule());
      for (int k = 0; k < labels.size(); k++) {
        if (matched[k] >= 0) {
          rule.add(labels.get(k).box(), found.get(matched[k]).box());
        }
      }
    }
    List<TrueFaces> truth = new ArrayList<>();
    for (int i = 0; i < photos.size(); i++) {
      LabelledPhoto photo = photos.get(i);
      List<Face> found = taught ? detected.get(i) : List.of();
      Rule rule = rules.getOrDefault(photo.source(), new Rule());
      truth.add(truth(photo, found, matches.get(i), rule, sure));
    }
    return truth;
  }

  private static TrueFaces truth(
      LabelledPhoto photo, List<Face> found, int[] matched, Rule rule, float sure) {
    List<TrueFace> faces = new ArrayList<>();
    List<Box> ignored = new ArrayList<>();
    boolean[] known = new boolean[found.size()];
    for (int k = 0; k < matched.length; k++) {
      LabelledFace label = photo.faces().get(k);
      Face face = null;
      if (matched[k] >= 0) {
        face = found.get(matched[k]);
        known[matched[k]] = true;
      }
      Box box = face != null ? face.box() : rule.move(label.box());
      if (label.ignored() || Math.min(box.width(), box.height()) < SMALLEST) {
        ignored.add(box);
      } else {
        faces.add(
            new TrueFace(
                box,
                label.landmarks() != null || face == null ? label.landmarks() : face.landmarks()));
      }
    }
    for (int i = 0; i < known.length; i++) {
      Face face = found.get(i);
      if (!known[i]) {
        if (!photo.complete() && face.score() >= sure) {
          faces.add(new TrueFace(face.box(), face.landmarks()));
        } else {
          ignored.add(face.box());
        }
      }
    }
    return new TrueFaces(faces, ignored);
  }

  /** For each label the index of its detection or -1: the pairs that share most come first. */
  private static int[] match(List<LabelledFace> labels, List<Face> found) {
    int[] matched = new int[labels.size()];
    Arrays.fill(matched, -1);
    boolean[] taken = new boolean[found.size()];
    while (true) {
      int label = -1;
      int detection = -1;
      float most = SAME_FACE;
      for (int k = 0; k < matched.length; k++) {
        for (int i = 0; matched[k] < 0 && i < taken.length; i++) {
          float overlap = labels.get(k).box().intersectionOverUnion(found.get(i).box());
          if (!taken[i] && overlap > most) {
            most = overlap;
            label = k;
            detection = i;
          }
        }
      }
      if (label < 0) {
        return matched;
      }
      matched[label] = detection;
      taken[detection] = true;
    }
  }

  /** How the teacher's boxes lie in those of a source, on average. */
  private static final class Rule {
    private final double[] sums = new double[4];
    private int count;

    void add(Box label, Box found) {
      sums[0] += (found.x1() - label.x1()) / (double) label.width();
      sums[1] += (found.y1() - label.y1()) / (double) label.height();
      sums[2] += (found.x2() - label.x2()) / (double) label.width();
      sums[3] += (found.y2() - label.y2()) / (double) label.height();
      count++;
    }

    Box move(Box label) {
      if (count < MATCHES_FOR_RULE) {
        return label;
      }
      float x1 = (float) (label.x1() + sums[0] / count * label.width());
      float y1 = (float) (label.y1() + sums[1] / count * label.height());
      return new Box(
          x1,
          y1,
          Math.max(x1, (float) (label.x2() + sums[2] / count * label.width())),
          Math.max(y1, (float) (label.y2() + sums[3] / count * label.height())));
    }
  }
}
