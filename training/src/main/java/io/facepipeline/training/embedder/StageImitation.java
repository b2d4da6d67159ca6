package io.facepipeline.training.embedder;

import io.facepipeline.FacePipelineException;
import io.facepipeline.training.run.Draws;
import io.facepipeline.training.student.Student;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import org.bytedeco.pytorch.NoGradGuard;
import org.bytedeco.pytorch.Scalar;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.global.torch.ScalarType;
import org.jspecify.annotations.Nullable;

/**
 * The teacher's stages: what each stage of the student gives is to be what the teacher's gives,
 * from what the teacher's stage before it gave. So every stage learns a small task from the first
 * step on, at every place of its images, instead of the whole network from one embedding a view
 * (FitNets, Romero et al. 2015; stage by stage, Li et al., "Blockwisely supervised neural
 * architecture search with knowledge distillation", 2020). Later a stage begins more and more often
 * from what the student's own stage gave, since in the end it has nothing else. Shows the mean
 * error, as a share of the variance.
 */
final class StageImitation implements Lesson {
  /** Until this share of the steps every stage begins from what the teacher's gave. */
  private static final double TAUGHT = 0.4;

  /** From this share on, from what the student's own gave. */
  private static final double ALONE = 0.9;

  /** The variance is taken from so many views. */
  private static final long VARIANCE_VIEWS = 8;

  private final Student teacher;
  private final int steps;
  private final long seed;
  private @Nullable Tensor loss;

  /**
   * Creates it.
   *
   * @param teacher is closed with it
   * @param steps of the whole training
   * @param seed decides which stages begin from the teacher's
   */
  StageImitation(Student teacher, int steps, long seed) {
    this.teacher = teacher;
    this.steps = steps;
    this.seed = seed;
  }

  /**
   * {@return the student's features of images}
   *
   * @throws FacePipelineException if the student does not have the teacher's stages
   */
  Tensor features(Student student, Tensor images, boolean training, int step) {
    Map<String, Tensor> taught = new LinkedHashMap<>();
    Tensor output = taught(images, taught);
    SplittableRandom random = Draws.of(seed + 1, step);
    double own = Math.max(0, Math.min(1, ((double) step / steps - TAUGHT) / (ALONE - TAUGHT)));
    List<Tensor> errors = new ArrayList<>();
    Tensor features =
        student.forward(
            images,
            training,
            (name, x) -> {
              Tensor wanted = taught.get(name);
              if (wanted == null) {
                return x;
              }
              errors.add(error(x, wanted));
              return random.nextDouble() < own ? x : wanted;
            });
    if (errors.size() != taught.size() || errors.isEmpty()) {
      throw new FacePipelineException(
          "the teacher has the stages "
              + taught.keySet()
              + ", and the student has "
              + errors.size()
              + " of them; choose a --student of the teacher's architecture");
    }
    errors.add(error(features, output));
    Tensor sum = errors.get(0);
    for (Tensor error : errors.subList(1, errors.size())) {
      sum = sum.add(error);
    }
    loss = sum.div(new Scalar((double) errors.size()));
    return features;
  }

  @SuppressWarnings("try") // the scope is used by closing it
  private Tensor taught(Tensor images, Map<String, Tensor> stages) {
    try (NoGradGuard guard = new NoGradGuard()) {
      return teacher.forward(
          images,
          false,
          (name, x) -> {
            stages.put(name, x);
            return x;
          });
    }
  }

  /** The mean square of what is missing, as a share of the variance of a channel. */
  private static Tensor error(Tensor x, Tensor wanted) {
    long[] all = wanted.dim() == 4 ? new long[] {0, 2, 3} : new long[] {0};
    Tensor some = wanted.narrow(0, 0, Math.min(VARIANCE_VIEWS, wanted.size(0)));
    Tensor variance = some.to(ScalarType.Float).var(all, false, false).mean();
    return x.to(ScalarType.Float)
        .sub(wanted.to(ScalarType.Float))
        .square()
        .mean()
        .div(variance.clamp_min(new Scalar(1e-12)));
  }

  @Override
  public String column() {
    return "stages";
  }

  @Override
  public Result of(Tensor images, Tensor features, int[] views, Tensor teacher, int step) {
    Tensor own = loss;
    loss = null;
    if (own == null) {
      throw new IllegalStateException("the features were not made here");
    }
    return new Result(own, own.detach());
  }

  @Override
  public void close() {
    teacher.close();
  }
}
