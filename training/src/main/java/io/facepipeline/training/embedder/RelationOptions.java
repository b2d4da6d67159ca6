package io.facepipeline.training.embedder;

import io.facepipeline.FacePipelineException;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;

/** The options that say what else is learned from the teacher than its embeddings. */
final class RelationOptions {
  @Option(
      names = "--hard-relations",
      paramLabel = "N",
      defaultValue = "0",
      description =
          "also learn how like the teacher finds the faces that the student takes for most alike,"
              + " among the last N views, such as 8192; default: ${DEFAULT-VALUE}, not")
  private int queue;

  @Option(
      names = "--hardest",
      paramLabel = "N",
      defaultValue = "32",
      description = "how many of them each view is compared with; default: ${DEFAULT-VALUE}")
  private int hardest;

  @Option(
      names = "--relation-weight",
      paramLabel = "X",
      defaultValue = "5",
      description = "the weight of this beside the teacher's embeddings; default: ${DEFAULT-VALUE}")
  private double weight;

  /** {@return whether relations are learned} */
  boolean any() {
    return queue != 0;
  }

  /**
   * {@return the choice, or null if no relations are learned}
   *
   * @param batch views a step
   * @param teacher whether there is one
   */
  HardRelations.@Nullable Choice choice(int batch, boolean teacher) {
    if (queue == 0) {
      return null;
    }
    if (!teacher) {
      throw new FacePipelineException(
          "--hard-relations " + queue + " needs a teacher; leave out --no-teacher");
    }
    if (queue < batch) {
      throw new FacePipelineException(
          "--hard-relations must be 0 or at least the " + batch + " of --batch, got " + queue);
    }
    if (hardest < 1 || hardest > queue) {
      throw new FacePipelineException(
          "--hardest must be from 1 to the " + queue + " of --hard-relations, got " + hardest);
    }
    if (!(weight > 0)) {
      throw new FacePipelineException("--relation-weight must be more than 0, got " + weight);
    }
    return new HardRelations.Choice(queue, hardest, weight);
  }
}
