package io.facepipeline;

import java.time.Duration;
import org.jspecify.annotations.Nullable;

/**
 * Is told of each piece of work that a pipeline's stages did, for metrics and logs: see {@link
 * FacePipelineBuilder#listener}. Java Flight Recorder is told without a listener.
 *
 * <p>The stages: {@code read} (a source of a list or stream was loaded), {@code detect}, {@code
 * align} (faces were cut out), {@code embed}, {@code select} (which face of a photo is meant, to
 * enroll or verify), {@code classify}, and {@code attributes} (of {@link FacePipeline#analyze}).
 * More may come.
 *
 * <p>Called in the thread that did the work, by several at the same time, once for each photo and
 * stage; {@code embed} may take the faces of a few photos together. The work waits for it, and what
 * it throws reaches the pipeline's caller.
 */
@FunctionalInterface
public interface StageListener {
  /** A listener that does nothing. */
  StageListener NONE = (stage, faces, took, failure) -> {};

  /**
   * A stage has ended its work.
   *
   * @param stage the stage's name
   * @param faces the number of faces that it found, cut, embedded or named; 0 if it failed
   * @param took how long it took
   * @param failure what it threw; null if it succeeded
   */
  void ended(String stage, int faces, Duration took, @Nullable Throwable failure);
}
