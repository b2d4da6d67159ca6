package io.facepipeline.stages;

import io.facepipeline.Face;
import io.facepipeline.FaceAttribute;
import io.facepipeline.Identification;
import io.facepipeline.SpoofException;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/**
 * What a pipeline lets pass as a living face.
 *
 * @param model tells how probably a face is live
 * @param minimum the least probability
 */
public record LiveGate(FaceAttribute model, float minimum) {
  public LiveGate {
    if (!model.card().labels().contains(FaceAttribute.LIVE)) {
      throw new IllegalArgumentException(
          "the attribute model "
              + model.card().id()
              + " has the labels "
              + model.card().labels()
              + ", but live faces are required by the probability of the label \""
              + FaceAttribute.LIVE
              + "\"; use a model that has it");
    }
  }

  public static float accept(float minimum) {
    if (!(minimum > 0 && minimum <= 1)) {
      throw new IllegalArgumentException(
          "the least probability of a live face must be more than 0, at most 1, got " + minimum);
    }
    return minimum;
  }

  /** How probably each face is live, of what the model tells. */
  static List<Float> of(List<FaceAttribute.Scores> told) {
    return told.stream().map(scores -> scores.probability(FaceAttribute.LIVE)).toList();
  }

  /** Refuses a face. */
  void require(Face face, float score) {
    if (!passes(score)) {
      throw new SpoofException(
          String.format(
              Locale.ROOT,
              "the face at %s is taken for a picture of a face: live with probability %.3f, and"
                  + " %.3f is the least; take a new photo of the person before the camera",
              face.box(),
              score,
              minimum),
          face,
          score,
          minimum);
    }
  }

  private boolean passes(float score) {
    return score >= minimum; // not of a number that is none
  }

  /** Notes how live each face is, and takes the names of those that are not. */
  List<Identification> judge(List<Identification> people, List<Float> scores) {
    List<Identification> judged = new ArrayList<>(people.size());
    for (int i = 0; i < people.size(); i++) {
      Identification who = people.get(i);
      float score = scores.get(i);
      judged.add(
          passes(score)
              ? new Identification(
                  who.label(),
                  who.score(),
                  who.threshold(),
                  who.candidates(),
                  who.face(),
                  score,
                  false)
              : new Identification(
                  null, null, who.threshold(), List.of(), who.face(), score, true));
    }
    return List.copyOf(judged);
  }
}
