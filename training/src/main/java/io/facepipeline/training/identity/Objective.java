package io.facepipeline.training.identity;

/** The identity losses, with the constants of their papers. */
public enum Objective {
  /** The cross entropy of a linear classifier with a bias. */
  SOFTMAX,

  /** Deng et al. 2019: scale 64, margin 0.5. */
  ARCFACE,

  /** Wang et al., CosFace, 2018: scale 64, margin 0.35. */
  COSFACE,

  /** Wang et al., Additive Margin Softmax, 2018: CosFace with scale 30. */
  AM_SOFTMAX,

  /** Liu et al. 2017: margin 4, annealed from the plain softmax. */
  SPHEREFACE,

  /** Schroff et al. 2015: margin 0.2, no classifier; batches need several views of a person. */
  TRIPLET;

  Head head(int step) {
    return switch (this) {
      case SOFTMAX -> new Softmax();
      case ARCFACE -> new ArcFace(64, 0.5);
      case COSFACE -> new CosFace(64, 0.35);
      case AM_SOFTMAX -> new CosFace(30, 0.35);
      case SPHEREFACE -> new SphereFace(4, SphereFace.lambda(step));
      case TRIPLET -> throw new IllegalStateException("the triplet loss has no head");
    };
  }
}
