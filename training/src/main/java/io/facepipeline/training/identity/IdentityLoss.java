package io.facepipeline.training.identity;

import io.facepipeline.FacePipelineException;
import io.facepipeline.training.data.BalancedDraw;
import io.facepipeline.training.torch.Tensors;
import java.util.Arrays;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.random.RandomGenerator;
import java.util.stream.IntStream;
import org.bytedeco.pytorch.Scalar;
import org.bytedeco.pytorch.Tensor;

/**
 * The identity loss of an embedder's features. It owns the classifier that is trained with the
 * network and discarded afterwards, and the head's state. Rows of unknown people are ignored, so
 * faces with and without names can share a batch. Not thread-safe; PyTorch must be loaded.
 */
public final class IdentityLoss implements AutoCloseable {

  /** The label of a face of an unknown person. */
  public static final int UNKNOWN = BalancedDraw.UNKNOWN;

  private static final double CENTER_RATE = 0.5;

  private final Recipe recipe;
  private final int people;
  private final Map<String, Tensor> parameters = new LinkedHashMap<>();
  private final Map<String, Tensor> buffers = new LinkedHashMap<>();

  /**
   * The parts of the loss.
   *
   * @param objective the head
   * @param parameters the head's parameters that differ from its paper's; then all of them
   * @param loss what the head's logits are judged by
   * @param focus the focus of a focal loss; 0 for the cross entropy
   * @param centerWeight the weight of the center loss; 0 for none
   */
  public record Recipe(
      Objective objective,
      Map<String, Double> parameters,
      LogitLoss loss,
      double focus,
      double centerWeight) {

    /** Checks the numbers. */
    public Recipe {
      parameters = Collections.unmodifiableMap(objective.parameters(parameters));
      if (loss == LogitLoss.CROSS_ENTROPY ? focus != 0 : !(focus > 0)) {
        throw new FacePipelineException(
            "the focus is "
                + focus
                + ", but "
                + (loss == LogitLoss.CROSS_ENTROPY
                    ? "a cross entropy has none"
                    : "must be above 0"));
      }
      if (!(centerWeight >= 0)) {
        throw new FacePipelineException(
            "center weight is " + centerWeight + "; it must be at least 0");
      }
      if (objective == Objective.TRIPLET && loss != LogitLoss.CROSS_ENTROPY) {
        throw new FacePipelineException(
            "the triplet loss has no probabilities to focus on; leave out " + loss);
      }
      if (objective == Objective.SST_PROTOTYPE && centerWeight > 0) {
        throw new FacePipelineException(
            "semi-siamese training has no centers, but the center weight is "
                + centerWeight
                + "; leave it at 0");
      }
    }

    /** {@return a head with its paper's parameters and the cross entropy} */
    public static Recipe of(Objective objective) {
      return new Recipe(objective, Map.of(), LogitLoss.CROSS_ENTROPY, 0, 0);
    }

    /** {@return a parameter of the head} */
    public double parameter(String name) {
      Double value = parameters.get(name);
      if (value == null) {
        throw new IllegalStateException(objective + " has no parameter " + name);
      }
      return value;
    }

    Tensor logitLoss(Tensor logits, Tensor labels) {
      return loss.of(logits, labels, focus);
    }
  }

  /**
   * Creates a classifier with random weights.
   *
   * @param people the number of people, at least 2
   * @param dimensions the dimensions of a feature
   */
  public IdentityLoss(Recipe recipe, int people, int dimensions, RandomGenerator random) {
    several(people);
    if (recipe.objective() == Objective.ADACOS && people < 3) {
      throw new FacePipelineException(
          "AdaCos has no scale for two people; choose another head, or give more people");
    }
    this.recipe = recipe;
    this.people = people;
    recipe
        .objective()
        .states(people)
        .forEach(
            (name, value) ->
                buffers.put(
                    name, Tensors.floats(new float[] {value.floatValue()}, 1).retainReference()));
    if (recipe.objective().hasClassifier()) {
      float[] weights = new float[Math.multiplyExact(people, dimensions)];
      double deviation = Math.sqrt(1.0 / dimensions);
      for (int i = 0; i < weights.length; i++) {
        weights[i] = (float) random.nextGaussian(0, deviation);
      }
      parameters.put("head.weight", parameter(weights, people, dimensions));
    }
    if (recipe.objective() == Objective.SOFTMAX) {
      parameters.put("head.bias", parameter(new float[people], people));
    }
    if (recipe.centerWeight() > 0) {
      buffers.put(
          "centers",
          Tensors.floats(new float[people * dimensions], people, dimensions).retainReference());
    }
  }

  static int several(int people) {
    if (people < 2) {
      throw new FacePipelineException(
          "there are " + people + " people; training by identity needs at least two");
    }
    return people;
  }

  /** {@return the trainable parameters by name; not copies} */
  public Map<String, Tensor> parameters() {
    return parameters;
  }

  /** {@return the values computed from the features, and the head's state, by name; not copies} */
  public Map<String, Tensor> buffers() {
    return buffers;
  }

  /**
   * {@return the loss, a scalar; zero if no person is known} Moves the centers, if there are any.
   *
   * @param features [n, dimensions], not normalized
   * @param labels n people, from 0, or {@link #UNKNOWN}
   * @param step the step, from 0
   */
  public Tensor of(Tensor features, int[] labels, int step) {
    int[] known =
        IntStream.range(0, labels.length).filter(i -> checked(labels[i]) != UNKNOWN).toArray();
    if (known.length == 0) {
      return features.sum().mul(new Scalar(0.0));
    }
    Tensor rows = features.index_select(0, Tensors.indexes(known));
    int[] who = Arrays.stream(known).map(i -> labels[i]).toArray();
    Tensor target = Tensors.indexes(who);
    Tensor loss =
        recipe.objective() == Objective.TRIPLET
            ? new TripletLoss(recipe.parameter("margin")).of(rows, who)
            : classified(rows, target, step);
    Tensor centers = buffers.get("centers");
    if (centers != null) {
      CenterLoss pull = new CenterLoss(CENTER_RATE);
      loss = loss.add(pull.of(rows, centers, target).mul(new Scalar(recipe.centerWeight())));
      pull.move(rows, centers, target);
    }
    return loss;
  }

  private Tensor classified(Tensor rows, Tensor target, int step) {
    Tensor weight = parameters.get("head.weight");
    if (weight == null) {
      throw new IllegalStateException(recipe.objective() + " has no classifier");
    }
    Head head = recipe.objective().head(recipe.parameters(), step, buffers);
    Tensor logits = head.logits(rows, weight, target);
    Tensor bias = parameters.get("head.bias");
    Tensor loss = recipe.logitLoss(bias == null ? logits : logits.add(bias), target);
    return head.penalty(rows).map(loss::add).orElse(loss);
  }

  private int checked(int label) {
    if (label < UNKNOWN || label >= people) {
      throw new FacePipelineException(
          "person " + label + " is not among the " + people + " people of the training");
    }
    return label;
  }

  private static Tensor parameter(float[] values, long... shape) {
    return Tensors.floats(values, shape).set_requires_grad(true).retainReference();
  }

  @Override
  public void close() {
    parameters.values().forEach(Tensor::close);
    buffers.values().forEach(Tensor::close);
  }
}
