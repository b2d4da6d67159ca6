package io.facepipeline;

/**
 * A face was judged a presentation attack, such as a printed photo or a screen, by a pipeline that
 * {@linkplain FacePipelineBuilder#requireLive requires live faces}.
 */
public final class SpoofException extends FacePipelineException {
  private final transient Face face;
  private final float liveness;
  private final float minimum;

  /**
   * Creates the exception.
   *
   * @param message what was wrong and what to do
   * @param face the refused face
   * @param liveness the probability that it is live, 0 to 1
   * @param minimum the least probability that is accepted
   */
  public SpoofException(String message, Face face, float liveness, float minimum) {
    super(message);
    this.face = face;
    this.liveness = liveness;
    this.minimum = minimum;
  }

  /** {@return the refused face} */
  public Face face() {
    return face;
  }

  /** {@return the probability that the face is live, 0 to 1} */
  public float liveness() {
    return liveness;
  }

  /** {@return the least probability that the pipeline accepts} */
  public float minimum() {
    return minimum;
  }
}
