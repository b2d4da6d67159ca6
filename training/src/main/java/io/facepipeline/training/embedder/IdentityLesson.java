package io.facepipeline.training.embedder;

import io.facepipeline.training.identity.IdentityLoss;
import java.util.Arrays;
import java.util.Map;
import java.util.random.RandomGenerator;
import org.bytedeco.pytorch.Scalar;
import org.bytedeco.pytorch.Tensor;

/**
 * Who is on the views whose person has a name. Shows the loss before it is weighed. Owns the
 * classifier that it trains.
 */
final class IdentityLesson implements Lesson {
  private final ViewPlan plan;
  private final double weight;
  private final IdentityLoss loss;

  /**
   * What a user decides.
   *
   * @param recipe of the loss
   * @param weight how much it counts
   */
  record Choice(IdentityLoss.Recipe recipe, double weight) {}

  IdentityLesson(ViewPlan plan, Choice choice, int dimensions, RandomGenerator random) {
    this.plan = plan;
    weight = choice.weight();
    loss = new IdentityLoss(choice.recipe(), plan.people(), dimensions, random);
  }

  @Override
  public String column() {
    return "identity";
  }

  @Override
  public Result of(Tensor images, Tensor features, int[] views, Tensor teacher, int step) {
    int[] labels = Arrays.stream(views).map(plan::person).toArray();
    Tensor value = loss.of(features, labels, step);
    return new Result(value.mul(new Scalar(weight)), value);
  }

  @Override
  public Map<String, Tensor> parameters() {
    return loss.parameters();
  }

  @Override
  public Map<String, Tensor> buffers() {
    return loss.buffers();
  }

  @Override
  public void close() {
    loss.close();
  }
}
