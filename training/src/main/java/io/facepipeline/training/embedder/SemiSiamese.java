package io.facepipeline.training.embedder;

import io.facepipeline.training.identity.SiameseLoss;
import io.facepipeline.training.student.Student;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.function.Supplier;
import java.util.random.RandomGenerator;
import org.bytedeco.pytorch.NoGradGuard;
import org.bytedeco.pytorch.Scalar;
import org.bytedeco.pytorch.Tensor;

/**
 * Who is on pairs of views, told from a queue of the features that a slower copy of the student,
 * the gallery network, made of earlier views. Shows the loss before it is weighed. Owns the copy
 * and the queue.
 */
final class SemiSiamese implements Lesson {
  private final ViewPlan plan;
  private final double weight;
  private final double momentum;
  private final Map<String, Tensor> student;
  private final Student gallery;
  private final SiameseLoss loss;

  /**
   * Creates it.
   *
   * @param student the parameters of the network that is trained
   * @param gallery makes a network of the same kind, whatever its weights
   */
  SemiSiamese(
      ViewPlan plan,
      IdentityLesson.Choice choice,
      Map<String, Tensor> student,
      Supplier<Student> gallery,
      int dimensions,
      RandomGenerator random) {
    this.plan = plan;
    this.student = student;
    weight = choice.weight();
    momentum = choice.recipe().parameter("momentum");
    loss = new SiameseLoss(choice.recipe(), plan.people(), dimensions, random);
    this.gallery = gallery.get();
    // It follows the student, never a slope.
    this.gallery.parameters().values().forEach(parameter -> parameter.set_requires_grad(false));
  }

  @Override
  public String column() {
    return "identity";
  }

  @Override
  @SuppressWarnings("try") // the guard is used by closing it
  public Result of(Tensor images, Tensor features, int[] views, Tensor teacher, int step) {
    Tensor galleries;
    try (NoGradGuard guard = new NoGradGuard()) {
      follow(step == 0 ? 0 : momentum);
      // As the authors do, with the batch's own means and deviations.
      galleries = gallery.forward(images, true);
    }
    int[] labels = Arrays.stream(views).map(plan::person).toArray();
    Tensor value = loss.of(features, galleries, labels, step);
    return new Result(value.mul(new Scalar(weight)), value);
  }

  /** What the last step made of the student; the first time, all of it. */
  private void follow(double kept) {
    gallery
        .parameters()
        .forEach(
            (name, slow) -> {
              Tensor fast = student.get(name);
              if (fast == null) {
                throw new IllegalStateException("the student has no parameter " + name);
              }
              slow.lerp_(fast.detach(), new Scalar(1 - kept));
            });
  }

  @Override
  public Map<String, Tensor> buffers() {
    Map<String, Tensor> all = new LinkedHashMap<>(loss.buffers());
    gallery.parameters().forEach((name, tensor) -> all.put("gallery." + name, tensor));
    gallery.buffers().forEach((name, tensor) -> all.put("gallery." + name, tensor));
    return all;
  }

  @Override
  public void close() {
    gallery.close();
    loss.close();
  }
}
