package io.facepipeline.training.identity;

import com.google.common.collect.ImmutableMap;
import io.facepipeline.FacePipelineException;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Set;
import java.util.function.ToDoubleFunction;
import org.bytedeco.pytorch.Tensor;

/** The identity losses, with the parameters of their papers. */
public enum Objective {
  /** The cross entropy of a linear classifier with a bias. */
  SOFTMAX("a linear classifier with a bias", ImmutableMap.of()),

  /** Deng et al. 2019. */
  ARCFACE(
      "a margin added to the angle (Deng et al. 2019)",
      ImmutableMap.of("scale", 64.0, "margin", 0.5)),

  /** Wang et al., CosFace, 2018. */
  COSFACE(
      "a margin taken from the cosine (Wang et al. 2018)",
      ImmutableMap.of("scale", 64.0, "margin", 0.35)),

  /** Wang et al., Additive Margin Softmax, 2018: CosFace with another scale. */
  AM_SOFTMAX(
      "the same with another scale (Wang et al. 2018)",
      ImmutableMap.of("scale", 30.0, "margin", 0.35)),

  /** Liu et al. 2017, annealed from the plain softmax. */
  SPHEREFACE(
      "the angle multiplied, less so at first (Liu et al. 2017)", ImmutableMap.of("margin", 4.0)),

  /** Zhang et al. 2019: the scale is a state. */
  ADACOS("a scale that follows the training (Zhang et al. 2019)", ImmutableMap.of()),

  /** Liu et al. 2019. */
  ARCNEGFACE(
      "ArcFace with weighted negatives (Liu et al. 2019)",
      ImmutableMap.of("scale", 64.0, "margin", 0.5, "alpha", 1.2, "sigma", 2.0)),

  /** Sun et al. 2020, with one weight vector per person. */
  CIRCLE_LOSS(
      "cosines weighed by how far they have to go (Sun et al. 2020)",
      ImmutableMap.of("scale", 256.0, "margin", 0.25)),

  /** Huang et al. 2020: t is a state. */
  CURRICULARFACE(
      "ArcFace that turns to hard negatives (Huang et al. 2020)",
      ImmutableMap.of("scale", 64.0, "margin", 0.5, "momentum", 0.99)),

  /** Meng et al. 2021. */
  MAGFACE(
      "the margin grows with the feature's length (Meng et al. 2021)",
      ImmutableMap.<String, Double>builder()
          .put("scale", 64.0)
          .put("shortest", 10.0)
          .put("longest", 110.0)
          .put("least-margin", 0.45)
          .put("most-margin", 0.8)
          .put("lambda", 35.0)
          .buildOrThrow()),

  /** Wang et al. 2020: MV-AM-Softmax-a. */
  MV_SOFTMAX(
      "CosFace with mistakes weighed (Wang et al. 2020)",
      ImmutableMap.of("scale", 32.0, "margin", 0.35, "t", 1.2)),

  /** Zeng et al. 2020. */
  NPCFACE(
      "the margin grows with hard negatives (Zeng et al. 2020)",
      ImmutableMap.<String, Double>builder()
          .put("scale", 64.0)
          .put("margin", 0.5)
          .put("m0", 0.4)
          .put("m1", 0.2)
          .put("t", 1.1)
          .put("a", 0.2)
          .buildOrThrow()),

  /** Du et al. 2020: no classifier; batches need two views of each person. */
  SST_PROTOTYPE(
      "a queue of faces, for a few photos each (Du et al. 2020)",
      ImmutableMap.of("scale", 30.0, "margin", 0.35, "queue", 16384.0, "momentum", 0.999)),

  /** Schroff et al. 2015: no classifier; batches need several views of a person. */
  TRIPLET("distances within a batch (Schroff et al. 2015)", ImmutableMap.of("margin", 0.2));

  private static final Set<String> ABOVE_ZERO = Set.of("scale", "sigma", "queue");
  private static final Set<String> WHOLE = Set.of("SPHEREFACE margin", "SST_PROTOTYPE queue");

  private final String summary;
  private final ImmutableMap<String, Double> defaults;

  Objective(String summary, ImmutableMap<String, Double> defaults) {
    this.summary = summary;
    this.defaults = defaults;
  }

  /** {@return what it is, and its paper} */
  public String summary() {
    return summary;
  }

  /** {@return its parameters and what the paper takes for them, in order} */
  public Map<String, Double> defaults() {
    return defaults;
  }

  /** {@return whether its logits come from one weight vector per person} */
  public boolean hasClassifier() {
    return this != TRIPLET && this != SST_PROTOTYPE;
  }

  /**
   * {@return how many views of a person a batch must hold, 1 if any batch will do}
   *
   * @param wanted how many are wanted where any number above one will do
   */
  public int viewsOfAPerson(int wanted) {
    return switch (this) {
      case TRIPLET -> wanted;
      case SST_PROTOTYPE -> SiameseLoss.VIEWS;
      default -> 1;
    };
  }

  /**
   * {@return all parameters}
   *
   * @param given the ones that differ from the paper's
   * @throws FacePipelineException if there is no such parameter, or it is negative or not a number
   */
  Map<String, Double> parameters(Map<String, Double> given) {
    Map<String, Double> all = new LinkedHashMap<>(defaults);
    given.forEach(
        (name, value) -> {
          if (!all.containsKey(name)) {
            throw new FacePipelineException(
                this
                    + " has no parameter "
                    + name
                    + (defaults.isEmpty() ? ", and no other" : "; it has " + defaults.keySet()));
          }
          boolean aboveZero = ABOVE_ZERO.contains(name);
          if (!(aboveZero ? value > 0 : value >= 0) || !Double.isFinite(value)) {
            throw new FacePipelineException(
                name
                    + " of "
                    + this
                    + " is "
                    + value
                    + "; it must be "
                    + (aboveZero ? "above 0" : "at least 0"));
          }
          if (WHOLE.contains(this + " " + name) && value != Math.rint(value)) {
            throw new FacePipelineException(
                name + " of " + this + " is " + value + "; it must be a whole number");
          }
          all.put(name, value);
        });
    if (this == MAGFACE) {
      magFace(all::get);
    }
    return all;
  }

  /** {@return the states to begin with, by name} */
  Map<String, Double> states(int people) {
    return switch (this) {
      case ADACOS -> ImmutableMap.of("head.scale", AdaCos.firstScale(people));
      case CURRICULARFACE -> ImmutableMap.of("head.t", 0.0);
      default -> ImmutableMap.of();
    };
  }

  /**
   * {@return the head}
   *
   * @param parameters all of its parameters
   * @param step counted from 0
   * @param states by name
   */
  Head head(Map<String, Double> parameters, int step, Map<String, Tensor> states) {
    ToDoubleFunction<String> p = parameters::get;
    double scale = parameters.getOrDefault("scale", 1.0);
    double margin = parameters.getOrDefault("margin", 0.0);
    return switch (this) {
      case SOFTMAX -> new Softmax();
      case ARCFACE -> new ArcFace(scale, margin);
      case COSFACE, AM_SOFTMAX -> new CosFace(scale, margin);
      case SPHEREFACE -> new SphereFace((int) margin, SphereFace.lambda(step));
      case ADACOS -> new AdaCos(state(states, "head.scale"));
      case ARCNEGFACE ->
          new ArcNegFace(scale, margin, p.applyAsDouble("alpha"), p.applyAsDouble("sigma"));
      case CIRCLE_LOSS -> new CircleLoss(scale, margin);
      case CURRICULARFACE ->
          new CurricularFace(scale, margin, p.applyAsDouble("momentum"), state(states, "head.t"));
      case MAGFACE -> magFace(p);
      case MV_SOFTMAX -> new MvSoftmax(scale, margin, p.applyAsDouble("t"));
      case NPCFACE ->
          new NpcFace(
              scale,
              margin,
              p.applyAsDouble("m0"),
              p.applyAsDouble("m1"),
              p.applyAsDouble("t"),
              p.applyAsDouble("a"));
      case SST_PROTOTYPE, TRIPLET -> throw new IllegalStateException(this + " has no classifier");
    };
  }

  private static MagFace magFace(ToDoubleFunction<String> p) {
    return new MagFace(
        p.applyAsDouble("scale"),
        p.applyAsDouble("shortest"),
        p.applyAsDouble("longest"),
        p.applyAsDouble("least-margin"),
        p.applyAsDouble("most-margin"),
        p.applyAsDouble("lambda"));
  }

  private static Tensor state(Map<String, Tensor> states, String name) {
    Tensor state = states.get(name);
    if (state == null) {
      throw new IllegalStateException("there is no state " + name + " among " + states.keySet());
    }
    return state;
  }
}
