package io.facepipeline.training.embedder;

import io.facepipeline.FacePipelineException;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * How views are made of crops and drawn for a step.
 *
 * @param passes views made of each crop
 * @param strength how often views are made worse or mixed, from 0 to 1
 * @param operations how many of RandAugment's operations a view goes through, from 0
 * @param magnitude of these operations, from 0 to 30
 * @param leastPhotos how many crops of a person there must be, or the person is left out
 * @param balanced whether every person is drawn as often as any other
 * @param whitened whether the network sees each view scaled by its own mean and deviation
 * @param cleanTeacher whether only the student sees a view made worse
 */
record ViewRecipe(
    int passes,
    double strength,
    int operations,
    int magnitude,
    int leastPhotos,
    boolean balanced,
    boolean whitened,
    boolean cleanTeacher) {

  ViewRecipe {
    if (passes < 1) {
      throw new FacePipelineException("--passes must be more than 0, got " + passes);
    }
    if (!(strength >= 0 && strength <= 1)) {
      throw new FacePipelineException("--strength must be from 0 to 1, got " + strength);
    }
    if (operations < 0) {
      throw new FacePipelineException("--rand-augment must be at least 0, got " + operations);
    }
    if (leastPhotos < 1) {
      throw new FacePipelineException("--min-photos must be at least 1, got " + leastPhotos);
    }
  }

  /** {@return passes at a strength, and nothing else} */
  static ViewRecipe of(int passes, double strength) {
    return new ViewRecipe(passes, strength, 0, 0, 1, false, false, false);
  }

  /** {@return what the weights hang on, by name; what is not used has no name} */
  Map<String, String> settings() {
    Map<String, String> settings = new LinkedHashMap<>();
    settings.put("passes", String.valueOf(passes));
    settings.put("strength", String.valueOf(strength));
    if (operations > 0) {
      settings.put("rand-augment", operations + " of magnitude " + magnitude);
    }
    if (leastPhotos > 1) {
      settings.put("min-photos", String.valueOf(leastPhotos));
    }
    if (balanced) {
      settings.put("balanced", "true");
    }
    if (whitened) {
      settings.put("whitened", "true");
    }
    if (cleanTeacher) {
      settings.put("clean teacher", "true");
    }
    return settings;
  }
}
